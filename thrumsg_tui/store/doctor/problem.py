"""A problem that the doctor finds."""

from __future__ import annotations

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.redaction import Phone, PhoneDisplay


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: its subject, and what is wrong with it."""

    subject: str
    sentence: str
    damage: bool = False
    """Whether thrumsg never writes this; otherwise it is a wrong derived figure."""
    phone: Phone | None = None
    """The number that follows the subject."""

    def named(self, phones: PhoneDisplay) -> str:
        """Return the subject, with its number."""
        return self.subject if self.phone is None else f"{self.subject} {phones.number(self.phone)}"

    @property
    def said(self) -> str:
        """Subject and sentence, as part of another sentence."""
        return f"{self.subject} {self.sentence.rstrip('.')}"
