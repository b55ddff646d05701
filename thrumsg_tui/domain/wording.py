"""Nouns and verbs that agree with a number, and the first letter of a sentence."""

from __future__ import annotations


def inflect(number: int, singular: str, plural: str = "") -> str:
    """Return the form of a word that agrees with a number.

    Args:
        number: How many.
        singular: The form for exactly one.
        plural: The form for any other number, `singular` with an s if it is left out.
    """
    return singular if number == 1 else plural or f"{singular}s"


def pluralize(number: int, singular: str, plural: str = "") -> str:
    """Say how many of something: `1 user`, `2 users`."""
    return f"{number} {inflect(number, singular, plural)}"


def capitalized(sentence: str) -> str:
    """Begin with a capital letter, and leave all else as it is."""
    return sentence[:1].upper() + sentence[1:]
