"""How phone numbers are shown in this organization (`docs/rules.md 3.20`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.queries.settings import settings

if TYPE_CHECKING:
    from thrumsg_tui.domain.redaction import PhoneDisplay
    from thrumsg_tui.store.database import Database
    from thrumsg_tui.store.engines.connection import Connection


def phone_display(conn: Connection) -> PhoneDisplay:
    """Read how numbers are shown, with ASCII characters only."""
    return settings(conn).phone_display(ascii_only=True)


@contextmanager
def refusals_redacted(db: Database) -> Iterator[None]:
    """Redact numbers in the `Refused` errors of the body as everywhere else."""
    try:
        yield
    except Refused as refusal:
        with db.reading() as conn:
            refusal.phones = phone_display(conn)
        raise
