"""The colours that widgets paint, the looks of texts made from them, and the themes: what terminals show for them.

Widgets and style sheets paint the colours of the dark theme and nothing else: near-black, one yellow, one green, one
grey. Each stands for a role: a kind of text, or a ground behind texts. A theme says what a terminal shows for each text
on each ground. It is applied when cells are written (`rendition.py`), so another theme repaints the screen, and nothing
has to be drawn or styled anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.theme import Theme

_BLACK, _WHITE, _YELLOW, _GREEN, _GREY = "#111315", "#d8dadd", "#f1c230", "#5fbf6a", "#8b9096"
_ORANGE, _LINE, _PANEL, _FIELD, _CURSOR = "#e7964a", "#3a3f45", "#1a1d20", "#343c47", "#3b4450"
_BLURRED, _OURS = "#2a3038", "#23303a"

BEHIND = "behind"
"""The kind of all texts behind a dialog."""

LINE_BEHIND = "line behind"
"""The kind of lines and scrollbars there: as faint as before it, or none where they would be as bright as text."""

TEXT_COLORS: Mapping[str, str] = {
    "text": _WHITE,
    "quiet": _GREY,
    "accent": _YELLOW,
    "good": _GREEN,
    "warning": _ORANGE,
    "line": _LINE,
    "dark": _BLACK,
}
"""The colour in which each kind of text is painted."""

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
"""The colour in which each ground is painted. On `bar` and `caret` all texts are dark."""

_BEHIND_TINT = 0.6
"""How much of the background lies over what a dialog covers, as in the style sheet (`$behind`)."""


def behind(color: ColorTriplet) -> ColorTriplet:
    """Return what Textual paints for a colour that stands behind a dialog."""
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

TEXTS = ("text", "quiet", "accent", "good", "warning", "line")
"""The kinds of text, in the order of the tables below."""


# Columns: ground, its colour; text, quiet, accent, good, warning, line.

_DARK = """\
background #111315 #d8dadd #8b9096 #f1c230 #5fbf6a #e7964a #3a3f45
panel #1a1d20 #d8dadd #8b9096 #f1c230 #5fbf6a #e7964a #3a3f45
field #343c47 #e6e8ea #b7bcc2 #f1c230 #86d690 #f0ad6e #5b6169
cursor #3b4450 #e6e8ea #b7bcc2 #f1c230 #86d690 #f0ad6e #5b6169
blurred #2a3038 #d8dadd #a3a8ae #f1c230 #6fcb7a #eda25b #5b6169
ours #23303a #d8dadd #a3a8ae #f1c230 #6fcb7a #eda25b #5b6169
bar #f1c230 #111315
caret #d8dadd #111315"""

_DARK_256 = """\
background 233 253 246 220 71 208 240
panel 235 253 247 220 71 208 239
field 238 255 250 220 114 215 243
cursor 238 255 250 220 114 215 243
blurred 236 253 248 220 77 208 241
ours 236 253 248 220 77 208 241
bar 220 233
caret 253 233"""

_LIGHT = """\
background #fbfbfa #22262a #5c636a #7a5a00 #1d7431 #a04600 #c9ced3
panel #eef0f2 #22262a #565d64 #735400 #1a6b2c #974200 #c0c6cc
field #d6e4f5 #1a1e22 #4a5158 #654a00 #145c24 #853a00 #9aa4ae
cursor #d3e2f4 #1a1e22 #4a5158 #654a00 #145c24 #853a00 #9aa4ae
blurred #e4e9ee #22262a #50575e #6d5000 #186528 #8f3f00 #b0b7be
ours #e2eef7 #22262a #50575e #6d5000 #186528 #8f3f00 #b0b7be
bar #f1c230 #111315
caret #22262a #fbfbfa"""

_LIGHT_256 = """\
background 231 235 241 94 28 88 251
panel 255 235 240 94 22 88 250
field 189 234 238 58 22 88 245
cursor 189 234 238 58 22 88 245
blurred 254 235 239 58 22 88 249
ours 255 235 240 94 22 88 249
bar 220 233
caret 235 231"""

# Of 16 colours only the first eight, since terminals differ in the others, and some lack them. Bold may brighten them,
# which would make black text grey. Black is also written as a ground, since the terminal may have any.

_DARK_16 = """\
background 0 7 7 3 2 3 7
panel 0 7 7 3 2 3 7 underline
field 4 7 7 3 7 3 7
cursor 4 7 7 3 7 3 7
blurred 0 7 7 3 2 3 7 underline
ours 0 7 7 3 2 3 7
bar 3 0 -bold
caret 3 0 -bold"""

_LIGHT_16 = """\
background default default default 4 4 4 default
panel 7 0 -bold
field 4 7
cursor 4 7
blurred default default default 4 4 4 default underline
ours default default default 4 4 4 default
bar 3 0 -bold
caret 0 7"""

_MONOCHROME = """\
background default default
panel default default underline
field default default underline
cursor default default reverse
blurred default default underline
ours default default
bar default default reverse
caret default default reverse"""


TABLES: Mapping[str, str] = {
    "dark": _DARK,
    "dark-256": _DARK_256,
    "light": _LIGHT,
    "light-256": _LIGHT_256,
    "ansi-dark": _DARK_16,
    "ansi-light": _LIGHT_16,
    "monochrome": _MONOCHROME,
}
"""All themes by their names: for each ground a line with its name, its colour, the colours of `TEXTS` or one for all of
them, and attributes such as `reverse` or `-bold`. A colour is `#rrggbb`, a number of the palette, or `default`.
"""

_FORMS = {"standard": "ansi-{}", "windows": "ansi-{}", "256": "{}-256"}
"""The theme of a background for a terminal with few colours, by Rich's name of these."""


def theme_for(wanted: str, color_system: str | None, *, is_light: bool) -> str:
    """Return the name of the theme for a terminal.

    Args:
        wanted: `auto`, or the theme that the person has chosen.
        color_system: The colours of the terminal, as Rich names them; None if it has none or shall show none.
        is_light: Whether the background of the terminal is light.
    """
    if wanted == "auto":
        wanted = ("light" if is_light else "dark") if color_system else "monochrome"
    if wanted in {"dark", "light"} and color_system:
        wanted = _FORMS.get(color_system, "{}").format(wanted)
    return wanted


_TRUE_COLORS = r"alacritty|contour|foot|rio|wezterm|xterm-ghostty|.*-direct|.*-truecolor"
"""Values of TERM whose terminals show all colours; over SSH, COLORTERM does not come along."""

_NO_COLORS = r"vt\d+.*|.*-m(ono)?|unknown"
_MIDDLE = 0.18
"""The luminance that has the same contrast with black and with white."""

_LIGHT_BACKGROUNDS = {"7", *map(str, range(9, 16))}


def color_system_of(environment: Mapping[str, str], found: str | None) -> str | None:
    """Return the colours that the terminal shall show, as Rich names them, None for none.

    Args:
        environment: The environment of the app.
        found: What Rich has found there.
    """
    term = environment.get("TERM", "").lower()
    if environment.get("NO_COLOR") or re.fullmatch(_NO_COLORS, term):
        return None
    return "truecolor" if found == "standard" and re.fullmatch(_TRUE_COLORS, term.removesuffix("-256color")) else found


def tells_light(environment: Mapping[str, str]) -> bool:
    """Return whether a terminal such as rxvt and Konsole says in COLORFGBG that its background is light."""
    return environment.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_BACKGROUNDS


def is_light(red: float, green: float, blue: float) -> bool:
    """Return whether a background, in parts from 0 to 1, has less contrast with white than with black."""
    luminance: float = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return luminance > _MIDDLE
