"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass

from thrumsg_tui.domain.redaction import Phone, PhoneDisplay


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be: what it concerns, and what is wrong with it."""

    subject: str
    sentence: str
    damage: bool = False
    """Whether no thrumsg ever writes this; else it is only worked out wrongly."""
    phone: Phone | None = None
    """The number with which the subject ends."""

    def named(self, phones: PhoneDisplay) -> str:
        """Say what it concerns."""
        return self.subject if self.phone is None else f"{self.subject} {phones.number(self.phone)}"

    @property
    def said(self) -> str:
        """Both as the part of a sentence."""
        return f"{self.subject} {self.sentence.rstrip('.')}"
