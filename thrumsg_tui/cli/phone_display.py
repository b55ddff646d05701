"""Phone numbers as this organization lets them be shown (`docs/rules.md 3.20`)."""

from __future__ import annotations

import sqlite3

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.phones import PhoneDisplay, normalize
from thrumsg_tui.store.queries.settings import settings


def phone_display(conn: sqlite3.Connection) -> PhoneDisplay:
    """Read how numbers are shown here."""
    return PhoneDisplay(settings(conn).redact_phones, ascii_only=True)


def read_number(text: str, region: str) -> str:
    """Read a number in any spelling, as E.164; `Refused` for what is none (`docs/rules.md 9.2`)."""
    try:
        return normalize(text, region).e164
    except ValueError as error:
        raise Refused(str(error)) from error
