"""answer.py PROMPT ANSWER COMMAND…: runs it at a terminal of its own and types the answer, once,
when the prompt is there. Prints what the terminal shows; exits as the command does."""

import os
import pty
import sys

prompt, answer, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown, answered = b"", False
while True:
    try:
        text = os.read(terminal, 4096)
    except OSError:  # EIO: nobody has the terminal any more
        break
    if not text:
        break
    sys.stdout.buffer.write(text)
    shown += text
    if not answered and prompt.encode() in shown:
        os.write(terminal, answer.encode() + b"\n")
        answered = True
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
