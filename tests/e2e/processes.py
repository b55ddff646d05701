"""What the system tells of processes, under Linux."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def state_of(stat: Path) -> tuple[str, int]:
    """Return the state of a process or thread, as proc(5) has it, and its session.

    Raises:
        OSError: It has ended.
    """
    _, _, rest = stat.read_text().rpartition(")")
    words = rest.split()
    return words[0], int(words[3])


def is_busy(process: int) -> bool:
    """Whether a thread of a process runs, would run if a processor were free, or waits for a disk."""
    busy = False
    with suppress(OSError):
        for thread in (_PROC / str(process) / "task").iterdir():
            with suppress(OSError):
                busy = busy or state_of(thread / "stat")[0] in {"R", "D"}
    return busy


def is_stopped(process: int) -> bool:
    """Whether a signal has stopped a process, and none has continued it."""
    return state_of(_PROC / str(process) / "stat")[0] == "T"


def processes_of(session: int) -> list[int]:
    """Return the processes of a session that have not ended."""
    found = []
    for entry in _PROC.iterdir() if (_PROC / "self" / "stat").exists() else ():
        with suppress(OSError, ValueError, IndexError):
            state, its = state_of(entry / "stat")
            if its == session and state != "Z":
                found.append(int(entry.name))
    return found
