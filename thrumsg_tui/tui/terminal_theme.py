"""The colours that a terminal shows for those that widgets paint.

Widgets and style sheets paint the colours of `theme.py` and nothing else. Each of these stands for a role: a kind of
text, or a ground behind texts. A `TerminalTheme` says what a terminal shows for each text on each ground. It is applied
when cells are written, so another theme repaints the screen, and nothing has to be drawn or styled anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.tui.rendition import Rendition, rendition_of
from thrumsg_tui.tui.theme import BEHIND, GROUND_COLORS, TEXT_COLORS, behind

TEXTS = ("text", "quiet", "accent", "good", "warning", "line")
"""The kinds of text, in the order of the tables below."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies behind texts, and the colour of each kind of text on it, as Rich names colours."""

    color: str
    texts: tuple[str, ...]
    """The colours of `TEXTS`; only one if all of them look the same."""
    attributes: Mapping[str, bool]
    """Attributes that all texts on it have, or do not have: `bold`, `reverse`, `underline`."""

    def text(self, kind: str) -> str:
        """Return the colour of a kind of text. What stands behind a dialog is quiet, what is on the bar is plain."""
        if len(self.texts) == 1:
            return self.texts[0]
        return self.texts[TEXTS.index("quiet" if kind == BEHIND else kind if kind in TEXTS else "text")]


class TerminalTheme:
    """What a terminal shows for each style that widgets paint.

    Args:
        name: Its name.
        table: A line for each ground: its name, its colour, those of `TEXTS` or one for all of them, and attributes
            such as `reverse` or `-bold`. A colour is `#rrggbb`, a number of the terminal's palette, or `default`.
    """

    def __init__(self, name: str, table: str) -> None:
        self.name = name
        lines = (line.partition(" ") for line in table.split("\n"))
        self.grounds = {ground: _ground(words) for ground, _, words in lines}
        self.rendition = lru_cache(maxsize=4096)(self._rendition)
        """Returns the rendition of a style."""

    def style(self, painted: Style) -> Style:
        """Return the style that the terminal shows for a painted one."""
        kind = _nearest_text(painted.color.get_truecolor()) if painted.color else "text"
        ground = self.grounds[_nearest_ground(painted.bgcolor.get_truecolor()) if painted.bgcolor else "background"]
        attributes = dict(ground.attributes)
        if attributes.get("reverse"):
            attributes["reverse"] = not painted.reverse
        if kind == BEHIND:
            attributes["bold"] = False
        return painted + Style(color=ground.text(kind), bgcolor=ground.color, **attributes)  # type: ignore[arg-type]

    def _rendition(self, painted: Style | None) -> Rendition:
        return rendition_of(self.style(painted or Style.null()))


def _ground(words: str) -> Ground:
    color, *rest = words.split()
    colors = [word for word in rest if word == "default" or word[0] == "#" or word.isdecimal()]
    attributes = {word.removeprefix("-"): word[0] != "-" for word in rest[len(colors) :]}
    return Ground(_color(color), tuple(map(_color, colors)), attributes)


def _color(word: str) -> str:
    return f"color({word})" if word.isdecimal() else word


@lru_cache(maxsize=256)
def _nearest_text(color: ColorTriplet) -> str:
    """Return the kind of text whose colour a widget has painted; Textual's own widgets paint shades of it."""
    known = {Color.parse(each).get_truecolor(): kind for kind, each in TEXT_COLORS.items()}
    return _nearest(color, {**{behind(each): BEHIND for each in known}, **known})


@lru_cache(maxsize=256)
def _nearest_ground(color: ColorTriplet) -> str:
    """Return the ground whose colour a widget has painted."""
    known = {Color.parse(each).get_truecolor(): name for name, each in GROUND_COLORS.items()}
    return _nearest(color, {**{behind(each): "background" for each in known}, **known})


def _nearest(color: ColorTriplet, names: Mapping[ColorTriplet, str]) -> str:
    return names[min(names, key=lambda each: sum((one - other) ** 2 for one, other in zip(each, color, strict=True)))]


# Themes. Columns: ground, its colour; text, quiet, accent, good, warning, line.

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
background 233 253 246 220 71 208 238
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
background 231 235 241 94 28 130 251
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
field 7 0 -bold
cursor 7 0 -bold
blurred 0 7 7 3 2 3 7 underline
ours 0 7 7 3 2 3 7
bar 3 0 -bold
caret 3 0 -bold"""

_LIGHT_16 = """\
background default default default 4 4 4 default
panel 7 0 -bold
field 4 7
cursor 4 7
blurred 7 0 -bold
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


_TABLES = {
    "dark": _DARK,
    "dark-256": _DARK_256,
    "light": _LIGHT,
    "light-256": _LIGHT_256,
    "ansi-dark": _DARK_16,
    "ansi-light": _LIGHT_16,
    "monochrome": _MONOCHROME,
}
THEMES = tuple(_TABLES)
"""The names of all themes."""

_FORMS = {"standard": "ansi-{}", "windows": "ansi-{}", "256": "{}-256"}
"""The theme of a background for a terminal with few colours, by Rich's name of these."""


@cache
def terminal_theme(name: str) -> TerminalTheme:
    """Return a theme of `THEMES`."""
    return TerminalTheme(name, _TABLES[name])


def theme_for(wanted: str, color_system: str | None, *, is_light: bool) -> TerminalTheme:
    """Return the theme for a terminal.

    Args:
        wanted: `auto`, or the theme that the person has chosen.
        color_system: The colours of the terminal, as Rich names them; None if it has none or shall show none.
        is_light: Whether the background of the terminal is light.
    """
    if wanted == "auto":
        wanted = ("light" if is_light else "dark") if color_system else "monochrome"
    if wanted in {"dark", "light"} and color_system:
        wanted = _FORMS.get(color_system, "{}").format(wanted)
    return terminal_theme(wanted)


_TRUE_COLORS = re.compile(r"alacritty|contour|foot|rio|wezterm|xterm-ghostty|.*-direct|.*-truecolor")
"""Values of TERM whose terminals show all colours; over SSH, COLORTERM does not come along."""

_NO_COLORS = re.compile(r"vt\d+.*|.*-m(ono)?|unknown")
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
    if environment.get("NO_COLOR") or _NO_COLORS.fullmatch(term):
        return None
    return "truecolor" if found == "standard" and _TRUE_COLORS.fullmatch(term.removesuffix("-256color")) else found


def tells_light(environment: Mapping[str, str]) -> bool:
    """Return whether a terminal such as rxvt and Konsole says in COLORFGBG that its background is light."""
    return environment.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_BACKGROUNDS


def is_light(red: float, green: float, blue: float) -> bool:
    """Return whether a background, in parts from 0 to 1, has less contrast with white than with black."""
    luminance: float = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return luminance > _MIDDLE
