"""Whether there is a shell that takes the terminal over while the app is stopped."""

from __future__ import annotations

import os
import subprocess

_STOP_YOURSELF = ("/bin/sh", "-c", "kill -TSTP $$")


def can_be_continued() -> bool:
    """Whether whoever stops here can come back.

    The first process of a session has nobody to stop for, and neither has a group of processes that no other one of
    its session has started: POSIX calls it orphaned, and lets none of them be stopped from a terminal. Which it is
    only the kernel knows, so a process is started here that tries.
    """
    if os.getsid(0) == os.getpid():
        return False
    nowhere = subprocess.DEVNULL
    try:
        trial = subprocess.Popen(_STOP_YOURSELF, stdin=nowhere, stdout=nowhere, stderr=nowhere)  # noqa: S603
    except OSError:
        return False
    _, status = os.waitpid(trial.pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        trial.returncode = os.waitstatus_to_exitcode(status)
        return False
    trial.kill()
    trial.wait()
    return True
