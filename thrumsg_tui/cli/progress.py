"""The progress of slow work, as a line at a terminal that is written over."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from thrumsg_tui.cli.output import may_write_over
from thrumsg_tui.store.progress import OnProgress

_BEGINS, _EVERY = 0.5, 0.2
"""After how many seconds the line appears, and how many pass before it changes."""


@contextmanager
def shown_progress(what: str, unit: str = "rows") -> Iterator[OnProgress]:
    """Yield a function that shows how far work is, to a person but not to a script; the line is removed at the end."""
    due = monotonic() + _BEGINS
    shown = False

    def show(done: int, total: int) -> None:
        nonlocal due, shown
        if monotonic() < due or not total:
            return
        due, shown = monotonic() + _EVERY, True
        _write(f"{what}: {100 * done // total} % of {total:,} {unit}")

    try:
        yield show if may_write_over(sys.stderr) else lambda _done, _total: None
    finally:
        if shown:
            _write("")


def _write(line: str) -> None:
    with suppress(OSError):
        print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)
