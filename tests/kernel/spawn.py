"""Executing a file and telling linprov's refusal from everything else."""

import os


def outcome(path):
    """The exit code of the program; None when it was refused (EPERM, EACCES)."""
    nowhere = (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)
    try:
        pid = os.posix_spawn(path, [path], {}, file_actions=[nowhere])
    except PermissionError:
        return None
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
