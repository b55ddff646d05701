"""What the web server has to say, each on one line of standard error: no traceback, and nothing of a request."""

from __future__ import annotations

import logging

from thrumsg_tui.cli.output import complain


class Complaints(logging.Handler):
    """Complains of what a library logs.

    Args:
        malformed: What it raises when somebody sends what is no proper HTTP.
    """

    def __init__(self, malformed: type[Exception]) -> None:
        super().__init__(logging.WARNING)
        self._malformed = malformed

    def emit(self, record: logging.LogRecord) -> None:
        """Complain of a record; its own words may quote a request."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, self._malformed):
            complain(f"Something that is no proper HTTP was sent here, and refused ({type(error).__name__}).")
        elif error is not None:
            from thrumsg_tui.crash_log import keep

            complain(keep(error))
        else:
            complain(f"The web server says: {record.msg}")
