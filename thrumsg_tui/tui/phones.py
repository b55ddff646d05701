"""Phone numbers as the screen shows them (`docs/rules.md 3.20`)."""

from __future__ import annotations

from thrumsg_tui.store.phones import redacted
from thrumsg_tui.store.queries.settings import Settings
from thrumsg_tui.tui.glyphs import ASCII, Glyphs


def shown_phone(national: str, settings: Settings, glyphs: Glyphs) -> str:
    """A number as it is written at home, or with only its last two digits where numbers are redacted."""
    return redacted(national, ascii_only=glyphs is ASCII) if settings.redact_phones else national
