"""The check whether a shell can continue the app after a stop."""

from __future__ import annotations

import os
import subprocess

_STOP_YOURSELF = ("/bin/sh", "-c", "kill -TSTP $$")


def can_be_continued() -> bool:
    """Return whether a shell can continue this process after a stop.

    A session leader has no shell to return to. Neither has an orphaned process group, which no other process of its
    session has started: POSIX lets no terminal stop it. Only the kernel knows which groups are orphaned, so a child
    process tries to stop itself.
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
