"""The special characters on screen, with other forms for terminals that lack them."""

from __future__ import annotations

import locale
from collections.abc import Mapping
from functools import cache, lru_cache

from rich.cells import cell_len

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
    menu: str
    """Behind what a key lets one choose; empty where it would look like another key."""
    enter: str
    chosen: str
    unchosen: str
    delivered: str
    sent: str
    failed: str
    in_doubt: str
    fit: str
    """Before what a check has found to be right."""
    ellipsis: str
    separator: str
    path: str
    bars: str
    """Bars of a sparkline, from empty to full."""
    stand_ins: str = ""
    """Pairs: a character that frames, scrollbars and sentences have, and the one that the terminal shows for it."""

    @property
    def ascii_only(self) -> bool:
        """Whether this is the ASCII set."""
        return self == ASCII

    def written(self, text: str) -> str:
        """Return what is written for a text, with as many cells; what the encoding lacks becomes a question mark."""
        text = text.translate(_table(self.stand_ins)) if self.stand_ins else text
        encoding = terminal_encoding()
        if encoding in _UTF_8:
            return text
        return "".join(each if _has(encoding, each) else "?" * cell_len(each) for each in text)


UNICODE = Glyphs(
    dot="●",
    flag="⚑",
    mark="▐",
    full="▓",
    empty="░",
    line="─",
    down="▾",
    up="▴",
    menu=" ▾",
    enter="↵",
    chosen="(•)",
    unchosen="( )",
    delivered="✓✓",
    sent="✓",
    failed="✗",
    in_doubt="?",
    fit="✓",
    ellipsis="…",
    separator="·",
    path="▸",
    bars=" ▁▂▃▄▅▆▇█",
)

LINUX = Glyphs(
    dot="•",
    flag="!",
    mark="▐",
    full="▓",
    empty="░",
    line="─",
    down="▼",
    up="▲",
    menu=" ▼",
    enter="Enter",
    chosen="(•)",
    unchosen="( )",
    delivered="√√",
    sent="√",
    failed="x",
    in_doubt="?",
    fit="√",
    ellipsis="~",
    separator="·",
    path="►",
    bars=" .:-=+*#",
    stand_ins="…~╭┌╮┐╰└╯┘▁ ▂ ▃ ▅▄▆▄▇█▔ ▸►▾▼▴▲●•✓√✗x⚑!↵<–-—-‘'’'“\"”\"",
)
"""What the fonts of the console of Linux have: the characters of the first PCs."""

ASCII = Glyphs(
    dot="*",
    flag="!",
    mark="#",
    full="#",
    empty=".",
    line="-",
    down="v",
    up="^",
    menu="",
    enter="Enter",
    chosen="(x)",
    unchosen="( )",
    delivered="delivered",
    sent="sent",
    failed="failed",
    in_doubt="?",
    fit="+",
    ellipsis="~",
    separator="-",
    path=">",
    bars=" .:-=+*#",
    stand_ins="…~╭+╮+╰+╯+┌+┐+└+┘+├+┤+─-│|▁ ▂ ▃ ▄ ▅ ▆ ▇ █#▀ ▔ ▐#▌#░.▒:▓#▸>▾v▴^●*•*✓+✗x⚑!↵<·-→>←<↑^↓v–-—-‘'’'“\"”\"",
)


_UTF_8 = frozenset({"utf-8", "utf8", "utf"})


@cache
def terminal_encoding() -> str:
    """Return the encoding of what is written to the terminal, in lower letters."""
    return locale.getpreferredencoding(do_setlocale=False).lower()


def glyphs_for(ascii_only: str, environment: Mapping[str, str]) -> Glyphs:
    """Return the set that the terminal can show.

    Args:
        ascii_only: `on` for the ASCII set, `off` for all characters, `auto` to choose by the environment.
        environment: The environment of the app. Python writes UTF-8 in the locale C, whatever the terminal expects.
    """
    if ascii_only != "auto":
        return ASCII if ascii_only == "on" else UNICODE
    names = (environment.get(variable) for variable in ("LC_ALL", "LC_CTYPE", "LANG"))
    if terminal_encoding() not in _UTF_8 or next(filter(None, names), "") in {"C", "POSIX"}:
        return ASCII
    return LINUX if environment.get("TERM") == "linux" else UNICODE


@lru_cache(maxsize=2)
def _table(stand_ins: str) -> Mapping[int, int]:
    return str.maketrans(stand_ins[::2], stand_ins[1::2])


@lru_cache(maxsize=1024)
def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
