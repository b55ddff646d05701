"""The command line as a process that dies (`kill -9`): `python -m tests.cli.mortal FUNCTION TIMES CALLS WORD...`.

It dies so many calls of Python functions after the function of that name was entered for the last of so many times,
which is the same place in the program whatever the speed of the machine.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from thrumsg_tui.cli.main import main


class Death:
    """Counts what is called, as Python's profiler."""

    def __init__(self, function: str, times: int, calls: int) -> None:
        self._function = function
        self._times = times
        self._calls = calls

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if event not in {"call", "c_call"}:
            return
        if self._times:
            self._times -= event == "call" and frame.f_code.co_name == self._function
            return
        self._calls -= 1
        if self._calls <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.setprofile(Death(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
    sys.exit(main(sys.argv[4:]))
