"""Phone numbers as they are given on the command line."""

from __future__ import annotations

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.phones import normalize


def read_number(text: str, region: str) -> str:
    """Read a number in any spelling, as E.164; `Refused` for what is none (`docs/rules.md 9.2`)."""
    try:
        return normalize(text, region).e164
    except ValueError as error:
        raise Refused(str(error)) from error
