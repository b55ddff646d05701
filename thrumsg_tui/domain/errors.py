"""Errors that are explained to the user."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thrumsg_tui.domain.redaction import PhoneDisplay


class Nothing(StrEnum):
    """Says what a failure left unchanged, after the reason."""

    CHANGED = "Nothing was changed."
    MOVED = "Nothing was moved."
    RESTORED = "Nothing was restored."
    WRITTEN = "Nothing was written."
    LEFT_BEHIND = "No file was left behind."


class ThrumsgError(Exception):
    """A failure that is explained to the user; `str` gives the whole explanation.

    Args:
        reason: What is wrong, in one or more sentences. `{name}` stands for the fact of that name.
        nothing: What was left unchanged, if that is worth saying.
        advice: What the user can do, in sentences.
        facts: By name, a `Phone`, a text in which phone numbers may have to be hidden, or a function that makes one.
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
        """How phone numbers are shown in the text; None, until it is set, shows them in full."""
        self._reason, self._advice, self._facts = reason, advice, facts

    def __str__(self) -> str:
        """Return the reason, what was left unchanged, and the advice."""
        return " ".join(filter(None, (self.reason, self.nothing, self.advice)))

    @property
    def explanation(self) -> str:
        """The reason and the advice, for a check before anything is done."""
        return " ".join(filter(None, (self.reason, self.advice)))

    @property
    def reason(self) -> str:
        """What is wrong, with the facts filled in."""
        shown = self._reason.format(**self._shown()) if self._facts else self._reason
        return self._redacted(shown)

    @property
    def advice(self) -> str:
        """What the user can do."""
        return self._redacted(self._advice)

    def rename(self, name: str, known_as: str) -> None:
        """Replace the name of a file that the user does not know."""
        self._reason = self._reason.replace(name, known_as)

    def _redacted(self, text: str) -> str:
        """Hide numbers; names of people and campaigns may contain them."""
        return self.phones.text(text) if self.phones else text

    def _shown(self) -> dict[str, str]:
        from thrumsg_tui.domain.redaction import IN_FULL

        phones = self.phones or IN_FULL
        return {name: fact(phones) if callable(fact) else phones.text(fact) for name, fact in self._facts.items()}


class Refused(ThrumsgError):
    """A rule forbids the change; nothing was changed."""


class MovedOn(Refused):
    """The thread has new messages that the author has not read; sending anyway needs their consent."""


class NotPermitted(Refused):
    """The user's role forbids it (`docs/rules.md 8.1`)."""


class NotFound(Refused):
    """The named campaign, user, conversation, question or event does not exist."""


class DatabaseUnusable(ThrumsgError):
    """The database file cannot be used; the text says why, and what to do."""


class DatabaseDamaged(DatabaseUnusable):
    """The file has content that no version of thrumsg writes; nothing was changed (`docs/rules.md 11.5`)."""


class DatabaseMoved(DatabaseUnusable):
    """The contents of the database are in another one, or not yet all in this one (`docs/rules.md 13.2`)."""


class DatabaseBusy(DatabaseUnusable):
    """Another process held the lock for longer than we wait; nothing was changed."""


class DatabaseUnreachable(DatabaseUnusable):
    """The connection to the server was lost, or cannot be made; nothing was changed."""


class OutcomeUnknown(DatabaseUnusable):
    """The connection to the server was lost while a change was committed, so it may have been stored.

    Args:
        reason: The sentence for the user.
        may_repeat: Whether the transaction has ended, and to make the change once more does no harm.
    """

    def __init__(self, reason: str, *, may_repeat: bool = False) -> None:
        super().__init__(reason)
        self.may_repeat = may_repeat
