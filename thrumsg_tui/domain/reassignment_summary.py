"""What a bulk reassignment will do, and what stays where it is and why, in sentences (`docs/rules.md 4.5`, `4.7`)."""

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
"""How many destinations a sentence names; the preview has all of them."""


def matching(assignment: Assignment, status: StatusFilter) -> int:
    """How many conversations of an assignment a status takes, from its kept counts (`docs/rules.md 4.1`)."""
    match status:
        case StatusFilter.ANY:
            return assignment.assigned
        case StatusFilter.NEEDS_REPLY:
            return assignment.needs_reply
        case StatusFilter.NOT_STARTED:
            return assignment.not_started


def receivers(request: Request, rows: Sequence[Assignment]) -> tuple[Assignment, ...]:
    """The destinations, in the order of `rows`, which are all active assignments of the campaign."""
    match request.destinations:
        case ToAllOthers():
            return tuple(each for each in rows if each.user and each.id not in request.named_sources)
        case ToAssignments(assignments):
            return tuple(each for each in rows if each.id in assignments)
        case _:
            assert_never(request.destinations)


def givers(request: Request, rows: Sequence[Assignment]) -> tuple[Assignment, ...]:
    """Those of `rows` who give: those asked for, without the destinations (`docs/rules.md 4.5`)."""
    receiving = {each.id for each in receivers(request, rows)}
    return tuple(each for each in rows if request.takes_from(each.id) and each.id not in receiving)


def of_whom(request: Request, rows: Sequence[Assignment], sources: str) -> str:
    """Say whose conversations are moved; `sources` names several: `2 marked senders`."""
    match request.sources:
        case FromEveryone():
            return "everyone's conversations"
        case FromAssignments((only,)):
            return f"{next((whose(each.name) for each in rows if each.id == only), whose(sources))} conversations"
        case FromAssignments():
            return f"conversations of {sources}"
        case FromConversations():
            return "chosen conversations"
        case _:
            assert_never(request.sources)


def will_move(planned: Plan, whose_conversations: str, destinations: Sequence[Assignment]) -> str:
    """Say what Enter will do: how many of whose go to whom, and how many each one gets, none included."""
    gets = Counter(move.destination for move in planned.moves)
    named = [f"{each.name}: {gets[each.id]}" for each in destinations]
    if len(named) > _MOST_NAMES:
        rest = destinations[_MOST_NAMES - 1 :]
        named[_MOST_NAMES - 1 :] = [f"{len(rest)} others: {sum(gets[each.id] for each in rest)}"]
    if len(named) == 1:
        named = [destinations[0].name]
    article = "" if "'s " in whose_conversations else "the "
    return f"Enter moves {len(planned.moves)} of {article}{whose_conversations} to {', '.join(named)}."


def what_stays(request: Request, rows: Sequence[Assignment]) -> str:
    """Say what stays because those who would give it receive, empty where nothing does (`docs/rules.md 4.5`)."""
    both = [each for each in receivers(request, rows) if request.takes_from(each.id) and matching(each, request.status)]
    held = sum(matching(each, request.status) for each in both)
    if not both:
        return ""
    stay = inflect(held, "stays", "stay")
    which = "" if request.status is StatusFilter.ANY else "matching "
    conversations = pluralize(held, f"{which}conversation")
    if request.from_all_to_all:
        free = sum(matching(each, request.status) for each in givers(request, rows))
        moving = (
            "Only unassigned ones move"
            if request.count
            else f"Only the {free} unassigned {inflect(free, 'moves', 'move')}"
        )
        return f"{moving}: all senders are destinations, so the {conversations} that they hold {stay}."
    names = listed([each.name for each in both])
    if len(both) > 1:
        return f"{names} are destinations, so the {conversations} that they hold {stay}."
    if both[0].user is None:
        unassigned = pluralize(held, "unassigned conversation")
        return f"{names} is a destination, so the {unassigned} {stay}."
    return f"{names} is a destination, so the {conversations} that {names} holds {stay}."
