"""The search for a sender by name or login, in every picker (`docs/rules.md 4.3`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from thrumsg_tui.domain.campaigns import Assignment
from thrumsg_tui.domain.names import fold, search_rows


def search_senders(rows: Iterable[Assignment], search: str) -> list[Assignment]:
    """Return the assignments whose name or login has the text, in their order; all without a text."""
    return search_rows(rows, search, searched_text)


def searched_text(row: Assignment) -> str:
    """Return the text of an assignment in which a search looks."""
    return f"{row.shown_name} {row.login or ''}"


def best_match(found: Sequence[Assignment], search: str) -> int:
    """Return the index at which the cursor belongs after a search; 0 where nobody was found.

    It is the first sender whose name has the text, before those of whom only the login has it: who types a name means
    no login, which most lists do not show. Unassigned only if no sender was found.
    """
    senders = [index for index, row in enumerate(found) if row.user]
    named = (index for index in senders if fold(search) in fold(found[index].shown_name))
    return next(named, senders[0] if senders else 0)
