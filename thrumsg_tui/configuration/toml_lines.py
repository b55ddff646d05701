"""The lines of the keys in a TOML file, which `tomllib` does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

_HEADING = re.compile(r"\s*\[\[?(?P<key>[^\[\]]+)\]\]?\s*(#.*)?$")
_NAME = r"""(?:[A-Za-z0-9_\-]++|"(?:[^"\\]|\\.)*+"|'[^']*+')"""
_PAIR = re.compile(rf"\s*+(?P<key>{_NAME}(?:\s*+\.\s*+{_NAME})*+)\s*+=")  # possessive: a line may be long
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_LONG_TEXTS = re.compile(r'"{3}|\'{3}')


class TomlLines:
    """The lines of a document, by the path of a key: `("look", "theme")`.

    A name may be written in quotes, with dots, in a heading or before it: each is read by `tomllib` itself.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, ...], int] = {}
        for place, line in _places(text):
            for length in range(1, len(place) + 1):
                self._lines.setdefault(place[:length], line)

    def of(self, place: tuple[str, ...]) -> int:
        """Return the line of a key, else that of what it is in, counted from 1."""
        flat = ".".join(place)
        for length in range(len(place), 0, -1):
            if line := self._lines.get(place[:length]):
                return line
        return next((line for known, line in self._lines.items() if ".".join(known) == flat), 1)

    @staticmethod
    def of_error(text: str, error: tomllib.TOMLDecodeError) -> int:
        """Return the line of an error; one at the end of the document is that of its last line."""
        found = _AT_LINE.search(str(error))
        return int(found[1]) if found else max(1, text.rstrip("\n").count("\n") + 1)


def _places(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    heading: tuple[str, ...] = ()
    in_long_text = False
    for number, line in enumerate(text.split("\n"), 1):
        if not in_long_text:
            if found := _HEADING.match(line):
                heading = _path(found["key"])
                yield heading, number
            elif found := _PAIR.match(line):
                yield (*heading, *_path(found["key"])), number
        in_long_text ^= len(_LONG_TEXTS.findall(line)) % 2 == 1


def _path(key: str) -> tuple[str, ...]:
    """Return the names in a key such as `list.down` or `"list.down"`; a dot within quotes parts names, too."""
    try:
        below: Mapping[str, Any] | int = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while isinstance(below, Mapping):
        name, below = next(iter(below.items()))
        names += name.split(".")
    return tuple(names)
