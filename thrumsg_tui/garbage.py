"""When Python looks for garbage: not at the start, where nothing is garbage, and in the app while nobody types.

The look is 8 % of the processor time until the first screen, and later each full one would look through all that was
loaded. By itself Python looks fully once a quarter of all objects are new, and then within the handling of some key.
"""

from __future__ import annotations

import gc
import sys

MUCH = 3_000
"""Pieces of memory of which a part may be garbage, and for which it is worth to look: about a third of a megabyte.

A dialog leaves two to eight thousand, a messenger sixteen thousand. A look takes the app 13 ms.
"""


def collect_later() -> None:
    """Collect no garbage before `collect_from_now_on`."""
    gc.disable()


def collect_from_now_on() -> None:
    """Collect garbage, if that was put off, but not among what is there already."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


class Tidying:
    """Collects garbage when asked to, if there may be much of it."""

    def __init__(self) -> None:
        self._least = sys.maxsize
        """The fewest pieces of memory in use since the last look, or since this was first called."""

    def tidy(self) -> None:
        """Collect garbage if much more memory is in use than once since the last look; to ask takes 2 µs."""
        used = sys.getallocatedblocks()
        self._least = min(self._least, used)
        if gc.isenabled() and used > self._least + MUCH:
            gc.collect()
            self._least = sys.getallocatedblocks()
