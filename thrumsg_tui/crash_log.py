"""Keeping what went wrong in a file: a traceback can hold people's numbers, and the screen is not the place."""

from __future__ import annotations

from datetime import UTC, datetime
from traceback import format_exception

from thrumsg_tui import __version__


def keep(error: Exception) -> str:
    """Append an unforeseen error to the log, which is its owner's only; return a sentence that says where it is."""
    from platformdirs import user_log_path

    what = f"Something went wrong that should not have ({type(error).__name__})"
    log = user_log_path("thrumsg", appauthor=False) / "errors.log"
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.touch(mode=0o600)
        with log.open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{datetime.now(UTC).isoformat()} thrumsg {__version__}\n{''.join(format_exception(error))}\n")
    except OSError as unwritable:
        return f"{what}, and {log} could not be written: {unwritable.strerror}."
    return f"{what}. Please send {log} to whoever looks after thrumsg."
