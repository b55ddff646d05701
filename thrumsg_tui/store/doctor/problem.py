"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be: what it concerns, and what is wrong with it."""

    subject: str
    sentence: str
    damage: bool = False
    """Whether no thrumsg ever writes this; else it is only worked out wrongly."""

    @property
    def said(self) -> str:
        """Both as the part of a sentence."""
        return f"{self.subject} {self.sentence.rstrip('.')}"
