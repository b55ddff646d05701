"""How a terminal draws a cell in a theme, and the shortest escape sequences from one such rendition to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.tui.theme import BEHIND, GROUND_COLORS, LINE_BEHIND, TABLES, TEXT_COLORS, TEXTS, behind


class Rendition(NamedTuple):
    """The SGR parameters of each property of a cell, and the link behind it.

    The parameters of a property that is off are those that turn it off. An empty text is a property that does not show,
    such as the colour of a space, and may be anything.
    """

    color: str = "39"
    background: str = "49"
    weight: str = "22"
    italic: str = "23"
    underline: str = "24"
    blink: str = "25"
    reverse: str = "27"
    conceal: str = "28"
    strike: str = "29"
    frame: str = "54"
    overline: str = "55"
    link: str = ";"
    """The parameters and the address of OSC 8."""


PLAIN = Rendition()
"""The rendition after a reset."""


@lru_cache(maxsize=4096)
def rendition_of(style: Style) -> Rendition:
    """Return the rendition of a style, in exactly its colors."""
    return Rendition(
        color=_color(style.color, foreground=True) or "39",
        background=_color(style.bgcolor, foreground=False) or "49",
        weight=_on({"1": style.bold, "2": style.dim}) or "22",
        italic=_on({"3": style.italic}) or "23",
        underline=_on({"4": style.underline, "21": style.underline2}) or "24",
        blink=_on({"5": style.blink, "6": style.blink2}) or "25",
        reverse=_on({"7": style.reverse}) or "27",
        conceal=_on({"8": style.conceal}) or "28",
        strike=_on({"9": style.strike}) or "29",
        frame=_on({"51": style.frame, "52": style.encircle}) or "54",
        overline=_on({"53": style.overline}) or "55",
        link=f"id={style.link_id};{style.link}" if style.link else ";",
    )


@lru_cache(maxsize=4096)
def blank(rendition: Rendition) -> Rendition:
    """Return the rendition of a space: it looks the same in any colour, unless a line or reversal shows that."""
    lines = (rendition.underline, rendition.reverse, rendition.strike, rendition.frame, rendition.overline)
    if lines != (PLAIN.underline, PLAIN.reverse, PLAIN.strike, PLAIN.frame, PLAIN.overline):
        return rendition
    return rendition._replace(color="", weight="", italic="", blink="", conceal="")


@lru_cache(maxsize=4096)
def change(before: Rendition, wanted: Rendition) -> tuple[str, Rendition]:
    """Return the shortest escape sequences from one rendition to another, and the rendition after them."""
    sgr, after = min(_change_by_steps(before, wanted), _change_by_reset(wanted), key=lambda each: len(each[0]))
    return sgr if after.link == before.link else f"{sgr}\x1b]8;{after.link}\x1b\\", after


def _change_by_steps(before: Rendition, wanted: Rendition) -> tuple[str, Rendition]:
    """Set each property that is not as wanted."""
    after = Rendition._make(new or old for old, new in zip(before, wanted, strict=True))
    parameters = []
    for name, off, old, new in zip(Rendition._fields, PLAIN, before, after, strict=True):
        if new != old and name != "link":
            replaces = name in {"color", "background"} or off in {old, new}
            parameters.append(new if replaces else f"{off};{new}")
    return _sgr(parameters) if parameters else "", after


def _change_by_reset(wanted: Rendition) -> tuple[str, Rendition]:
    """Reset all properties, and set those that are wanted."""
    after = Rendition._make(new or off for off, new in zip(PLAIN, wanted, strict=True))
    parameters = [new for off, new in zip(PLAIN[:-1], after[:-1], strict=True) if new != off]
    return _sgr(["", *parameters]), after


def _sgr(parameters: Iterable[str]) -> str:
    return f"\x1b[{';'.join(parameters)}m"


def _color(color: Color | None, *, foreground: bool) -> str:
    return ";".join(color.get_ansi_codes(foreground)) if color else ""


def _on(properties: dict[str, bool | None]) -> str:
    return ";".join(parameter for parameter, is_on in properties.items() if is_on)


# What a theme makes of a style


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies behind texts, and the colour of each kind of text on it, as Rich names colours."""

    color: str
    texts: tuple[str, ...]
    """The colours of `TEXTS`; only one if all of them look the same."""
    attributes: Mapping[str, bool]
    """Attributes that all texts on it have, or do not have: `bold`, `reverse`, `underline`."""

    @property
    def lines_are_bright(self) -> bool:
        """Whether lines have the colour of texts: there are too few colours for a faint one."""
        return self.texts[0] == self.texts[-1]

    def text(self, kind: str) -> str:
        """Return the colour of a kind of text. What stands behind a dialog is quiet, what is on the bar is plain."""
        if kind == LINE_BEHIND:
            return self.color if self.lines_are_bright else self.texts[-1]
        if len(self.texts) == 1:
            return self.texts[0]
        return self.texts[TEXTS.index("quiet" if kind == BEHIND else kind if kind in TEXTS else "text")]


class TerminalTheme:
    """What a terminal shows for each style that widgets paint.

    Args:
        name: The name of a theme of `TABLES`.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        lines = (line.partition(" ") for line in TABLES[name].split("\n"))
        self.grounds = {ground: _ground(words) for ground, _, words in lines}
        self.rendition = lru_cache(maxsize=4096)(self._rendition)
        """Returns the rendition of a style."""

    def style(self, painted: Style) -> Style:
        """Return the style that the terminal shows for a painted one."""
        kind = _nearest_text(painted.color.get_truecolor()) if painted.color else "text"
        place = _nearest_ground(painted.bgcolor.get_truecolor()) if painted.bgcolor else "background"
        ground = self.grounds[place]
        if kind == "dark" and place == "background":
            kind = BEHIND  # of the bar, which a dialog covers
        attributes = dict(ground.attributes)
        if attributes.get("reverse"):
            attributes["reverse"] = not painted.reverse
        if kind == BEHIND:
            attributes["bold"] = False
        if kind == LINE_BEHIND and ground.lines_are_bright:
            attributes["reverse"] = False
        return painted + Style(color=ground.text(kind), bgcolor=ground.color, **attributes)  # type: ignore[arg-type]

    def _rendition(self, painted: Style | None) -> Rendition:
        return rendition_of(self.style(painted or Style.null()))


def _ground(words: str) -> Ground:
    color, *rest = words.split()
    colors = [word for word in rest if word == "default" or word[0] == "#" or word.isdecimal()]
    attributes = {word.removeprefix("-"): word[0] != "-" for word in rest[len(colors) :]}
    return Ground(_named(color), tuple(map(_named, colors)), attributes)


def _named(word: str) -> str:
    return f"color({word})" if word.isdecimal() else word


@lru_cache(maxsize=256)
def _nearest_text(color: ColorTriplet) -> str:
    """Return the kind of text whose colour a widget has painted; Textual's own widgets paint shades of it."""
    known = {Color.parse(each).get_truecolor(): kind for kind, each in TEXT_COLORS.items()}
    covered = {behind(each): LINE_BEHIND if kind == "line" else BEHIND for each, kind in known.items()}
    return _nearest(color, {**covered, **known})


@lru_cache(maxsize=256)
def _nearest_ground(color: ColorTriplet) -> str:
    """Return the ground whose colour a widget has painted."""
    known = {Color.parse(each).get_truecolor(): name for name, each in GROUND_COLORS.items()}
    return _nearest(color, {**{behind(each): "background" for each in known}, **known})


def _nearest(color: ColorTriplet, names: Mapping[ColorTriplet, str]) -> str:
    return names[min(names, key=lambda each: sum((one - other) ** 2 for one, other in zip(each, color, strict=True)))]


@cache
def terminal_theme(name: str) -> TerminalTheme:
    """Return a theme of `TABLES`."""
    return TerminalTheme(name)
