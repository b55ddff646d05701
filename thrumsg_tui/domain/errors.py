"""What can go wrong, each with a sentence for the person at the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thrumsg_tui.domain.redaction import PhoneDisplay


class Nothing(StrEnum):
    """What a failure left as it was, in the sentence that follows the reason."""

    CHANGED = "Nothing was changed."
    MOVED = "Nothing was moved."
    RESTORED = "Nothing was restored."
    WRITTEN = "Nothing was written."
    LEFT_BEHIND = "No file was left behind."


class ThrumsgError(Exception):
    """Any failure that is explained to the user; as text it is the whole explanation.

    Args:
        reason: What is wrong, in a sentence or more. With `facts`, their names stand in it in braces.
        nothing: What was left as it was, where that is worth saying.
        advice: What to do about it, in sentences.
        facts: Texts in which phone numbers may have to be hidden, a number being a `Phone`; or what makes such a text.
    """

    def __init__(
        self,
        reason: str,
        nothing: Nothing | None = None,
        *,
        advice: str = "",
        **facts: str | Callable[[PhoneDisplay], str],
    ) -> None:
        super().__init__(reason)
        self.nothing = nothing
        self.phones: PhoneDisplay | None = None
        """How phone numbers are shown in it; None before anybody has said."""
        self._reason, self._advice, self._facts = reason, advice, facts

    def __str__(self) -> str:
        """Explain it in full."""
        return " ".join(filter(None, (self.reason, self.nothing, self._advice)))

    @property
    def explanation(self) -> str:
        """The reason and the advice, for where nothing was to be done yet."""
        return " ".join(filter(None, (self.reason, self._advice)))

    @property
    def reason(self) -> str:
        """What is wrong."""
        shown = self._reason.format(**self._shown()) if self._facts else self._reason
        return self.phones.text(shown) if self.phones else shown  # names in it may hold numbers, too

    def rename(self, name: str, known_as: str) -> None:
        """Say another name, of a file that the person does not know."""
        self._reason = self._reason.replace(name, known_as)

    def _shown(self) -> dict[str, str]:
        from thrumsg_tui.domain.redaction import IN_FULL

        phones = self.phones or IN_FULL
        return {name: fact(phones) if callable(fact) else phones.text(fact) for name, fact in self._facts.items()}


class Refused(ThrumsgError):
    """A rule does not allow it; nothing was changed."""


class MovedOn(Refused):
    """The thread has gone on since the author read it; sending anyway needs their word."""


class NotPermitted(Refused):
    """The person's role does not allow it (`docs/rules.md 8.1`)."""


class NotFound(Refused):
    """There is no such campaign, user, conversation, question or event."""


class DatabaseUnusable(ThrumsgError):
    """The database file cannot be used; the text says why and what to do."""


class DatabaseDamaged(DatabaseUnusable):
    """The file holds what no thrumsg has written; nothing was changed (`docs/rules.md 11.5`)."""


class DatabaseBusy(DatabaseUnusable):
    """Somebody else held the database for longer than we wait; nothing was changed."""
