"""The special characters on screen, with ASCII forms for terminals that lack them."""

from __future__ import annotations

import locale

from thrumsg_tui.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of characters."""

    dot: str
    flag: str
    mark: str
    full: str
    empty: str
    line: str
    down: str
    up: str
    enter: str
    chosen: str
    unchosen: str
    delivered: str
    sent: str
    failed: str
    in_doubt: str
    ellipsis: str
    separator: str
    path: str
    bars: str
    """Bars of a sparkline, from empty to full."""

    @property
    def ascii_only(self) -> bool:
        """Whether this is the ASCII set."""
        return self == ASCII


UNICODE = Glyphs(
    dot="●",
    flag="⚑",
    mark="▐",
    full="▓",
    empty="░",
    line="─",
    down="▾",
    up="▴",
    enter="↵",
    chosen="(•)",
    unchosen="( )",
    delivered="✓✓",
    sent="✓",
    failed="✗",
    in_doubt="?",
    ellipsis="…",
    separator="·",
    path="▸",
    bars=" ▁▂▃▄▅▆▇█",
)

ASCII = Glyphs(
    dot="*",
    flag="!",
    mark="#",
    full="#",
    empty=".",
    line="-",
    down="v",
    up="^",
    enter="Enter",
    chosen="(x)",
    unchosen="( )",
    delivered="delivered",
    sent="sent",
    failed="failed",
    in_doubt="?",
    ellipsis="~",
    separator="-",
    path=">",
    bars=" .:-=+*#",
)


def glyphs_for_locale() -> Glyphs:
    """Return the set that the locale's encoding can show."""
    encoding = locale.getpreferredencoding(do_setlocale=False).lower().replace("-", "")
    return UNICODE if encoding in {"utf8", "utf"} else ASCII
