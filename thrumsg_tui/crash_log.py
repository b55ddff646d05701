"""The log of unforeseen errors, for a developer: no messages, names or numbers (`docs/rules.md 11.2`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from traceback import TracebackException

from thrumsg_tui import __version__
from thrumsg_tui.folders import make_private


def keep(error: BaseException) -> str:
    """Append an unforeseen error to the log, which only its owner can read.

    Returns:
        A sentence for the person that says where the log is, or why it could not be written.
    """
    from platformdirs import user_log_path

    what = f"Something went wrong that should not have ({type(error).__name__})"
    log = user_log_path("thrumsg", appauthor=False) / "errors.log"
    try:
        make_private(log.parent)
        log.touch(mode=0o600)
        with log.open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{datetime.now(UTC).isoformat()} thrumsg {__version__}\n")
            file.writelines(f"{line}\n" for line in _told(TracebackException.from_exception(error)))
            file.write("\n")
    except OSError as unwritable:
        return f"{what}, and {log} could not be written: {unwritable.strerror}."
    return f"{what}. Please send {log} to whoever looks after thrumsg."


def _told(error: TracebackException) -> Iterator[str]:
    """Yield the lines of a traceback: the type of each exception, and the code that it passed through.

    The texts of the exceptions are left out, because they quote messages and numbers.
    """
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before:
        yield from _told(before)
        yield "which led to"
    for frame in error.stack:
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        yield f"    {frame.line}"
    yield str(getattr(error, "exc_type_str", None) or getattr(error.exc_type, "__qualname__", ""))
    for member in error.exceptions or ():
        yield from _told(member)
