"""Sentences that preview a bulk reassignment (`docs/rules.md 4.5`, `4.7`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import assert_never

from thrumsg_tui.domain.campaigns import Assignment, whose
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.domain.reassignment import (
    FromAssignments,
    FromConversations,
    FromEveryone,
    Plan,
    Request,
    ToAllOthers,
    ToAssignments,
    listed,
)
from thrumsg_tui.domain.wording import inflect, pluralize

_MOST_NAMES = 6
"""The most destinations that a sentence names; the preview has all."""


def matching(assignment: Assignment, status: StatusFilter) -> int:
    """Return how many conversations of an assignment match, from its stored counts (`docs/rules.md 4.1`)."""
    match status:
        case StatusFilter.ANY:
            return assignment.assigned
        case StatusFilter.NEEDS_REPLY:
            return assignment.needs_reply
        case StatusFilter.NOT_STARTED:
            return assignment.not_started


def receivers(request: Request, rows: Sequence[Assignment]) -> tuple[Assignment, ...]:
    """Return the destinations in the order of `rows`.

    Args:
        request: The reassignment.
        rows: All active assignments of the campaign.
    """
    match request.destinations:
        case ToAllOthers():
            return tuple(row for row in rows if row.user and row.id not in request.named_sources)
        case ToAssignments(assignments):
            return tuple(row for row in rows if row.id in assignments)
        case _:
            assert_never(request.destinations)


def givers(request: Request, rows: Sequence[Assignment]) -> tuple[Assignment, ...]:
    """Return the sources among `rows`, without those that are destinations too (`docs/rules.md 4.5`)."""
    receiving = {row.id for row in receivers(request, rows)}
    return tuple(row for row in rows if request.takes_from(row.id) and row.id not in receiving)


def of_whom(request: Request, rows: Sequence[Assignment], sources: str) -> str:
    """Return whose conversations are moved: "Kim Alvarez's conversations".

    Args:
        request: The reassignment.
        rows: All active assignments of the campaign.
        sources: The name for several sources, such as "2 marked senders".
    """
    match request.sources:
        case FromEveryone():
            return "everyone's conversations"
        case FromAssignments((only,)):
            return f"{next((whose(row.shown_name) for row in rows if row.id == only), whose(sources))} conversations"
        case FromAssignments():
            return f"conversations of {sources}"
        case FromConversations():
            return "chosen conversations"
        case _:
            assert_never(request.sources)


def will_move(planned: Plan, whose_conversations: str, destinations: Sequence[Assignment]) -> str:
    """Return what Enter will do: how many conversations it moves, and how many each destination gets.

    Args:
        planned: The plan.
        whose_conversations: The result of `of_whom`.
        destinations: All destinations, also those that get none.
    """
    gets = Counter(move.destination for move in planned.moves)
    named = [f"{destination.shown_name}: {gets[destination.id]}" for destination in destinations]
    if len(named) > _MOST_NAMES:
        rest = destinations[_MOST_NAMES - 1 :]
        named[_MOST_NAMES - 1 :] = [f"{len(rest)} others: {sum(gets[destination.id] for destination in rest)}"]
    if len(named) == 1:
        named = [destinations[0].shown_name]
    article = "" if "'s " in whose_conversations else "the "
    return f"Enter moves {len(planned.moves)} of {article}{whose_conversations} to {', '.join(named)}."


def what_stays(request: Request, rows: Sequence[Assignment]) -> str:
    """Say how many conversations stay because their holder is a destination; empty if none do (`docs/rules.md 4.5`)."""
    both = [row for row in receivers(request, rows) if request.takes_from(row.id) and matching(row, request.status)]
    held = sum(matching(row, request.status) for row in both)
    if not both:
        return ""
    stay = inflect(held, "stays", "stay")
    which = "" if request.status is StatusFilter.ANY else "matching "
    conversations = pluralize(held, f"{which}conversation")
    if request.from_all_to_all:
        free = sum(matching(row, request.status) for row in givers(request, rows))
        moving = (
            "Only unassigned ones move"
            if request.count
            else f"Only the {free} unassigned {inflect(free, 'moves', 'move')}"
        )
        return f"{moving}: all senders are destinations, so the {conversations} that they hold {stay}."
    names = listed([row.shown_name for row in both])
    if len(both) > 1:
        return f"{names} are destinations, so the {conversations} that they hold {stay}."
    if both[0].user is None:
        unassigned = pluralize(held, "unassigned conversation")
        return f"{names} is a destination, so the {unassigned} {stay}."
    return f"{names} is a destination, so the {conversations} that {names} holds {stay}."
