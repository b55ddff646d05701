"""The colors that widgets paint, near-black, one yellow, one green, one grey, and the looks of texts made from them.

Each color stands for a role. What a terminal shows for it says `terminal_theme.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.theme import Theme

_BLACK, _WHITE, _YELLOW, _GREEN, _GREY = "#111315", "#d8dadd", "#f1c230", "#5fbf6a", "#8b9096"
_ORANGE, _LINE, _PANEL, _FIELD, _CURSOR = "#e7964a", "#3a3f45", "#1a1d20", "#343c47", "#3b4450"
_BLURRED, _OURS = "#2a3038", "#23303a"

BEHIND = "behind"
"""The kind of all texts behind a dialog."""

TEXT_COLORS: Mapping[str, str] = {
    "text": _WHITE,
    "quiet": _GREY,
    "accent": _YELLOW,
    "good": _GREEN,
    "warning": _ORANGE,
    "line": _LINE,
    "dark": _BLACK,
}
"""The color in which each kind of text is painted."""

GROUND_COLORS: Mapping[str, str] = {
    "background": _BLACK,
    "panel": _PANEL,
    "field": _FIELD,
    "cursor": _CURSOR,
    "blurred": _BLURRED,
    "ours": _OURS,
    "bar": _YELLOW,
    "caret": _WHITE,
}
"""The color in which each ground is painted. On `bar` and `caret` all texts are dark."""

_BEHIND_TINT = 0.6
"""How much of the background lies over what a dialog covers, as in the style sheet (`$behind`)."""


def behind(color: ColorTriplet) -> ColorTriplet:
    """Return what Textual paints for a color that stands behind a dialog."""
    tint = (int(_BLACK[place : place + 2], 16) for place in (1, 3, 5))
    return ColorTriplet(*(int(own + (over - own) * _BEHIND_TINT) for own, over in zip(color, tint, strict=True)))


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
    panel=_PANEL,
    foreground=_WHITE,
    variables={
        "accent": _YELLOW,  # exactly: Textual computes its own from a theme's, and is one off
        "warning": _ORANGE,
        "quiet": _GREY,
        "line": _LINE,
        "behind": f"{_BLACK} {_BEHIND_TINT:.0%}",
        "field": _FIELD,
        "cursor": _CURSOR,
        "blurred": _BLURRED,
        "text-disabled": _GREY,
        "text-muted": _GREY,
        "input-selection-background": _BLURRED,
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
