"""Words that agree with a number, and sentences that begin with a capital."""

from __future__ import annotations


def inflect(number: float, singular: str, plural: str = "") -> str:
    """Return the form of a word that agrees with a number.

    Args:
        number: The number.
        singular: The form for exactly one.
        plural: The form for any other number; by default `singular` with an s.
    """
    return singular if number == 1 else plural or f"{singular}s"


def pluralize(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: `1 user`, `2 users`."""
    return f"{number} {inflect(number, singular, plural)}"


def with_code(words: str, code: object) -> str:
    """Return a sentence with the carrier's code in brackets, without a full stop before them or at the end."""
    return f"{words.rstrip('.')} (code {code})"


def capitalized(sentence: str) -> str:
    """Return a sentence with its first letter as a capital, and the rest unchanged."""
    return sentence[:1].upper() + sentence[1:]
