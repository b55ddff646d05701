"""The colours of terminals' standard palettes, and the contrast between two of them (WCAG 2.2)."""

from __future__ import annotations

from collections.abc import Sequence

RGB = tuple[int, int, int]

XTERM = (
    *("000000", "cd0000", "00cd00", "cdcd00", "0000ee", "cd00cd", "00cdcd", "e5e5e5"),
    *("7f7f7f", "ff0000", "00ff00", "ffff00", "5c5cff", "ff00ff", "00ffff", "ffffff"),
)
"""What xterm shows for the 16 colours."""

LINUX = (
    *("000000", "aa0000", "00aa00", "aa5500", "0000aa", "aa00aa", "00aaaa", "aaaaaa"),
    *("555555", "ff5555", "55ff55", "ffff55", "5555ff", "ff55ff", "55ffff", "ffffff"),
)
"""What the console of Linux shows for the 16 colours."""

_LEVELS = (0, 95, 135, 175, 215, 255)


def rgb(hex_digits: str) -> RGB:
    """The colour that is written as six hexadecimal digits, with or without a `#`."""
    red, green, blue = bytes.fromhex(hex_digits.removeprefix("#"))
    return red, green, blue


def color_of_number(number: int, palette: Sequence[str] = XTERM) -> RGB:
    """The colour of a number of the palette of 256, whose first 16 differ between terminals."""
    if number < 16:
        return rgb(palette[number])
    if number < 232:
        red, rest = divmod(number - 16, 36)
        green, blue = divmod(rest, 6)
        return _LEVELS[red], _LEVELS[green], _LEVELS[blue]
    return (8 + 10 * (number - 232),) * 3


def contrast(one: RGB, other: RGB) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: RGB) -> float:
    red, green, blue = (_linear(part / 255) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
