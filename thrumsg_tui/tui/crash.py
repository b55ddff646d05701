"""A crash prints one line; the traceback goes into a log file, without anybody's data."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_log_dir
from rich.text import Text


def crash_report() -> Text:
    """Write the exception being handled to the log, and return the line for the user."""
    folder = Path(user_log_dir("thrumsg"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = folder / "crash.log"
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n{traceback.format_exc()}\n")
    return Text(f"thrumsg stopped because of a mistake of its own. What was confirmed is stored. Details: {log}")
