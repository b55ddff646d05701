"""The colours, near-black, one yellow, one green, one grey, and the looks of texts made from them."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.theme import Theme

_BLACK, _YELLOW, _GREEN, _GREY = "#111315", "#f1c230", "#5fbf6a", "#8b9096"
_ORANGE, _LINE, _CURSOR, _BLURRED, _OURS = "#e7964a", "#3a3f45", "#3b4450", "#2a3038", "#23303a"

THRUMSG = Theme(
    name="thrumsg",
    dark=True,
    primary=_YELLOW,
    accent=_YELLOW,
    success=_GREEN,
    warning=_ORANGE,
    error=_ORANGE,
    background=_BLACK,
    surface=_BLACK,
    panel="#1a1d20",
    foreground="#d8dadd",
    variables={
        "accent": _YELLOW,  # exactly: Textual computes its own from a theme's, and is one off
        "warning": _ORANGE,
        "quiet": _GREY,
        "line": _LINE,
        "cursor": _CURSOR,
        "blurred": _BLURRED,
        "ours": _OURS,
        "on-accent": _BLACK,
        "scrollbar": _LINE,
        "scrollbar-background": _BLACK,
        "scrollbar-hover": _LINE,
        "scrollbar-background-hover": _BLACK,
        "scrollbar-active": _GREY,
        "scrollbar-background-active": _BLACK,
        "scrollbar-corner-color": _BLACK,
    },
)

LOOKS: Mapping[str, Style] = {
    "": Style.null(),
    "strong": Style(bold=True),
    "quiet": Style(color=_GREY),
    "accent": Style(color=_YELLOW, bold=True),
    "dot": Style(color=_GREEN, bold=True),
    "recorded": Style(color=_GREEN),
    "warning": Style(color=_ORANGE),
    "cursor": Style(bgcolor=_CURSOR),
    "blurred": Style(bgcolor=_BLURRED),
    "marked": Style(color=_YELLOW, bold=True),
    "ours": Style(bgcolor=_OURS),
    "event": Style(color=_GREY),
    "bar": Style(color=_BLACK, bgcolor=_YELLOW, bold=True),
}
"""The looks of the texts that widgets draw themselves, by name; "" is plain.

They are no component classes of a style sheet: Textual would find all of them anew for each widget that is mounted.
"""
