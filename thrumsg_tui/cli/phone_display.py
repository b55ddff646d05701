"""Phone numbers as this organization lets them be shown (`docs/rules.md 3.20`)."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.store.phones import normalize, redacted
from thrumsg_tui.store.queries.settings import settings

_NUMBER = re.compile(r"\+[0-9]{7,15}\b")


@dataclass(frozen=True, slots=True)
class PhoneDisplay:
    """Shows numbers, or hides all but their last digits."""

    redacts: bool

    def number(self, phone: str) -> str:
        """Show one number."""
        return redacted(phone, ascii_only=True) if self.redacts else phone

    def sentence(self, text: str) -> str:
        """Show a sentence in which numbers may occur."""
        return _NUMBER.sub(lambda found: self.number(found[0]), text)

    def name(self, first_name: str, last_name: str, phone: str) -> str:
        """Show a contact's name, or the number of somebody without one."""
        return full_name(first_name, last_name) or self.number(phone)


def phone_display(conn: sqlite3.Connection) -> PhoneDisplay:
    """Read how numbers are shown here."""
    return PhoneDisplay(settings(conn).redact_phones)


def read_number(text: str, region: str) -> str:
    """Read a number in any spelling, as E.164; `Refused` for what is none (`docs/rules.md 9.2`)."""
    try:
        return normalize(text, region).e164
    except ValueError as error:
        raise Refused(str(error)) from error
