"""Values of configuration files: how they are read, and what is said about wrong ones.

A reader returns the value to use, or raises `ValueError` with what is expected, without the value: it may be a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def nearest(word: str, known: Iterable[str], cutoff: float = 0.5) -> str | None:
    """Return the known word that is nearest to another one, None if none is near."""
    from difflib import get_close_matches  # only where something is wrong

    lowered = {each.lower(): each for each in known}
    found = get_close_matches(word.lower(), lowered, n=1, cutoff=cutoff)
    return lowered[found[0]] if found else None


def unknown_key(key: str, section: str, known: Iterable[str]) -> str:
    """Return what is said about a key that a section, or with "" the file, does not have."""
    known = list(known)
    near = nearest(key, known)
    hint = f"did you mean {near}?" if near else f"its keys are {', '.join(known)}."
    return f"{full_name(section, key)} is no key of {f'[{section}]' if section else 'the file'}: {hint}"


def full_name(section: str, key: str) -> str:
    """Return the name of a key with its section; "" is none."""
    return f"[{section}] {key}" if section else key


def flag(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false is expected")  # noqa: TRY004 - the type of a value in a file
    return value


def one_of(*words: str) -> Callable[[Any], str]:
    """Return a reader of one of some words."""

    def read(value: Any) -> str:
        if value in words:
            return str(value)
        near = nearest(value, words) if isinstance(value, str) else None
        hint = f"; did you mean {near}?" if near else ""
        raise ValueError(f"one of {', '.join(words)} is expected{hint}")

    return read
