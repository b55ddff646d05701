"""How a cell is drawn, and the shortest escape sequences from one such rendition to another."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rich.color import Color
from rich.style import Style


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
