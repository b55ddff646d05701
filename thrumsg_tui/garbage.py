"""The garbage collector at the start: what is loaded stays, so there is nothing to collect, and looking takes time.

The look for garbage is 8 % of the processor time until the first screen, and later each full one would look through all
that was loaded.
"""

from __future__ import annotations

import gc


def collect_later() -> None:
    """Collect no garbage before `collect_from_now_on`."""
    gc.disable()


def collect_from_now_on() -> None:
    """Collect garbage, if that was put off, but not among what is there already."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
