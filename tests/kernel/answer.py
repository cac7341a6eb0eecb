"""answer.py PROMPT ANSWER [PROMPT ANSWER]… -- COMMAND…: runs it at a terminal of its own and types each
answer, in their order, when its prompt is there. Prints what the terminal shows; exits as the command
does."""

import os
import pty
import sys

words = sys.argv[1:sys.argv.index("--")]
command = sys.argv[len(words) + 2:]
questions = list(zip(words[::2], words[1::2]))
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown = b""
while True:
    try:
        text = os.read(terminal, 4096)
    except OSError:  # EIO: nobody has the terminal any more
        break
    if not text:
        break
    sys.stdout.buffer.write(text)
    shown += text
    if questions and questions[0][0].encode() in shown:
        os.write(terminal, questions.pop(0)[1].encode() + b"\n")
        shown = b""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
