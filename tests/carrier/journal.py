"""The carrier's own log: one JSON object a line, only ever added to.

It is the judge of what was lost and of what was sent twice, so a line is with the operating system before the answer
that it is about leaves. Every line has `at` (seconds since 1970) and `what`:

* `request`: each request, with `method`, `path`, `params`, `status` (0: dropped) and `fault`, when it ends
* `accepted`: a message that the carrier took, with `sid`, `key` (`k` in its StatusCallback), `to`, `from`, `body`,
  `media`, `validity` and `callback`
* `received`: a message of a contact, with `sid`, `to`, `from`, `body`, `media`, `media_sids`, `stop`
* `replied`: the carrier's own answer to STOP, START or HELP
* `webhook`: one call of one of our addresses, with `kind` (`report` or `message`), `sid`, `status` (the code that we
  answered; 0: no connection or no answer), `state`, `try`
* `gave_up`: a webhook that will not be called again
* `control`: what a test told the carrier
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """The log of a running carrier."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, what: str, **facts: object) -> None:
        """Add one line."""
        line = {"at": time.time(), "what": what, **facts}
        os.write(self._file, json.dumps(line, ensure_ascii=False).encode() + b"\n")


def entries(path: Path, what: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the lines of a log, or those of one kind."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):  # a line that is being written is not there yet
                entry = json.loads(line)
                if what in {None, entry["what"]}:
                    yield entry
