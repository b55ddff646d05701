"""Pictures and other files that belong to a message (`docs/rules.md 10.7`)."""

from __future__ import annotations

import re

from thrumsg_tui.domain.lazy_dataclass import dataclass

_LINK = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_WORDS = {"image": "picture", "video": "video", "audio": "sound", "text": "text"}


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or another file that belongs to a message; it is shown as a link and never fetched by the app."""

    url: str
    type: str
    size: int | None = None
    """Its size in bytes, if the carrier says it."""

    @property
    def link(self) -> str | None:
        """Its address, if a terminal can be given it as a link; None if it has anything but plain characters."""
        return self.url if _LINK.fullmatch(self.url) else None

    @property
    def title(self) -> str:
        """What it is, in brackets: "[picture, image/jpeg, 34 KB]"."""
        what = _WORDS.get(self.type.partition("/")[0].lower(), "file")
        size = None if self.size is None else f"{max(1, round(self.size / 1000)):,} KB"
        return f"[{', '.join(filter(None, (what, self.type, size)))}]"
