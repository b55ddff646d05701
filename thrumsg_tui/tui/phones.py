"""Phone numbers as the screen shows them (`docs/rules.md 3.20`)."""

from __future__ import annotations

from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.store.queries.settings import Settings
from thrumsg_tui.tui.glyphs import ASCII, Glyphs


def phone_display(settings: Settings, glyphs: Glyphs) -> PhoneDisplay:
    """How numbers are shown here: as they are written at home, or only their last two digits."""
    return PhoneDisplay(settings.redact_phones, ascii_only=glyphs is ASCII)
