/* The program whose start is measured: does nothing. */
int main(void)
{
	return 0;
}
