"""Numbers with their noun."""

from __future__ import annotations


def pluralize(number: int, noun: str) -> str:
    """Say how many of something: `1 user`, `2 users`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
