"""A carrier in a process of its own, as tests start it and talk to it."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.carrier.__main__ import ACCOUNT
from tests.carrier.journal import entries
from tests.forked import Forked

PATIENCE = 60
"""Seconds after which a carrier that does not come to rest has failed."""


class Carrier:
    """A running carrier."""

    account = ACCOUNT
    token = "token"

    def __init__(self, url: str, log: Path, process: Forked) -> None:
        self.url = url
        self.log = log
        self.process = process

    def entries(self, what: str | None = None) -> list[dict[str, Any]]:
        """Return the lines of its log, or those of one kind."""
        return list(entries(self.log, what))

    def accepted(self) -> list[dict[str, Any]]:
        """Return the messages that it took, in their order; `key` is ours."""
        return self.entries("accepted")

    def tell(self, order: str, **told: object) -> dict[str, Any]:
        """Tell it something under `/control/`, and return its answer."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            connection.request("POST", f"/control/{order}", json.dumps(told))
            answer = connection.getresponse()
            content: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        assert answer.status == 200, content
        return content

    def inbound(
        self, contact: str, number: str, body: str, media: Mapping[str, bytes] | None = None, *, ago: float = 0
    ) -> str | None:
        """Let a contact text one of our numbers; return the id, None if the number is not ours any more.

        Args:
            contact: The contact's number.
            number: Ours.
            body: The text.
            media: Files by their types.
            ago: How many seconds ago it came; older ones are told first.
        """
        files = [
            {"type": type_, "content": base64.b64encode(content).decode()} for type_, content in (media or {}).items()
        ]
        told = {"from": contact, "to": number, "body": body, "media": files, "ago": ago}
        sid: str | None = self.tell("inbound", **told)["sid"]
        return sid

    def await_rest(self) -> None:
        """Wait until no report and no webhook is on its way."""
        self.tell("rest")


@contextmanager
def running_carrier(log: Path, *options: str) -> Iterator[Carrier]:
    """Run a carrier with the options of `python -m tests.carrier`; it ends with the test."""
    process = Forked("tests.carrier.__main__", ["--log", log, "--until-eof", *options], listens=True)
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on "), f"the carrier did not start: {line}"
        yield Carrier(line.split()[-1], log, process)
    finally:
        process.kill()
        sys.stderr.write(process.communicate()[1])
