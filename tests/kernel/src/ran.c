/* The program scenarios download and run: prints "ran" and exits with 0. */
#include <unistd.h>

int main(void)
{
	return write(1, "ran\n", 4) == 4 ? 0 : 1;
}
