"""What to move where, and what was moved (`docs/rules.md` 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import SenderSort, Status, StatusFilter
from thrumsg_tui.domain.wording import pluralize


@dataclass(frozen=True, slots=True)
class FromAssignments:
    """Some assignments give what they hold."""

    assignments: tuple[AssignmentId, ...]


@dataclass(frozen=True, slots=True)
class FromEveryone:
    """Every active assignment gives what it holds, Unassigned included."""


@dataclass(frozen=True, slots=True)
class FromConversations:
    """Some conversations are given, whoever holds them."""

    conversations: tuple[ConversationId, ...]


@dataclass(frozen=True, slots=True)
class ToAssignments:
    """Some assignments receive; none do while nobody is chosen yet."""

    assignments: tuple[AssignmentId, ...]


@dataclass(frozen=True, slots=True)
class ToAllOthers:
    """Every active sender receives who does not give."""


Sources = FromAssignments | FromEveryone | FromConversations
"""Where the conversations of a reassignment come from (`docs/rules.md 4.1`)."""

Destinations = ToAssignments | ToAllOthers
"""Who receives them (`docs/rules.md 4.4`)."""


@dataclass(frozen=True, slots=True)
class Request:
    """A reassignment as asked for: from whom, to whom, which.

    `count` limits how many are moved in total; None moves all. `sort` and `reverse` are the order in which senders are
    displayed: it decides who gives first and who gets what is left over (`docs/rules.md 4.4`, `4.5`).
    """

    campaign_id: CampaignId
    sources: Sources
    destinations: Destinations
    status: StatusFilter = StatusFilter.ANY
    count: int | None = None
    level: bool = False
    sort: SenderSort = SenderSort.SENDER
    reverse: bool = False

    @property
    def named_sources(self) -> tuple[AssignmentId, ...]:
        """The assignments that give because they are named; empty where everyone gives or conversations are chosen."""
        return self.sources.assignments if isinstance(self.sources, FromAssignments) else ()

    @property
    def from_all_to_all(self) -> bool:
        """Whether everyone gives and every sender receives: then only what is unassigned moves."""
        return isinstance(self.sources, FromEveryone) and isinstance(self.destinations, ToAllOthers)

    def takes_from(self, assignment: AssignmentId) -> bool:
        """Whether an assignment is asked to give what it holds; none is where conversations are chosen."""
        match self.sources:
            case FromAssignments(assignments):
                return assignment in assignments
            case FromEveryone():
                return True
            case FromConversations():
                return False
            case _:
                assert_never(self.sources)


class Way(NamedTuple):
    """The way of one conversation from an assignment to another."""

    conversation_id: ConversationId
    source: AssignmentId
    destination: AssignmentId


@dataclass(frozen=True, slots=True)
class Move:
    """A conversation that is moved, as it is before."""

    conversation_id: ConversationId
    source: AssignmentId
    destination: AssignmentId
    status: Status
    opted_out: bool

    @property
    def way(self) -> Way:
        """From whom it goes to whom."""
        return Way(self.conversation_id, self.source, self.destination)


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what a reassignment will do (`docs/rules.md 4.7`).

    `as_of` is the newest event when it was made: whatever changed hands after it is skipped when it is applied.
    """

    campaign_id: CampaignId
    as_of: EventId
    moves: tuple[Move, ...]
    already_there: tuple[ConversationId, ...]
    names: Mapping[AssignmentId, str]
    logins: Mapping[AssignmentId, str | None]

    @property
    def gains(self) -> Mapping[str, int]:
        """Net gain by login, or `unassigned`; no zero entries."""
        return net_gains(self.moves, self.logins)

    @property
    def sides(self) -> tuple[list[str], list[str]]:
        """The names of those who give, and of those who get."""
        return sides(self.moves, self.names)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reassignment, or its undo, did; `event` is None where nothing moved.

    While it is `under_way`, in steps, `moved` is how many were dealt with so far (`docs/rules.md 4.8`).
    """

    event: EventId | None
    moved: int
    skipped: tuple[ConversationId, ...]
    gains: Mapping[str, int]
    sentence: str
    under_way: bool = False
    undoable: bool = True


def net_gains(moves: tuple[Move, ...], logins: Mapping[AssignmentId, str | None]) -> dict[str, int]:
    """Sum what each sender gains, losses negative, by login or `unassigned`; no zero entries."""
    gains: Counter[str] = Counter()
    for move in moves:
        gains[logins[move.destination] or "unassigned"] += 1
        gains[logins[move.source] or "unassigned"] -= 1
    return {login: gain for login, gain in gains.items() if gain}


def sides(moves: Sequence[Move], names: Mapping[AssignmentId, str]) -> tuple[list[str], list[str]]:
    """Name those who give and those who get, in the order of the moves."""
    sources = dict.fromkeys(names[each.source] for each in moves)
    return list(sources), list(dict.fromkeys(names[each.destination] for each in moves))


def moved_sentence(moved: int, sources: Sequence[str], destinations: Sequence[str], skipped: int) -> str:
    """Say how many were moved from whom to whom, and how many were skipped."""
    if not moved:
        sentence = "nothing was moved" if skipped else "nothing matched, nothing was moved"
    else:
        sentence = f"moved {pluralize(moved, 'conversation')} {from_to(sources, destinations)}"
    return f"{sentence}; {skipped} skipped" if skipped else sentence


def from_to(sources: Sequence[str], destinations: Sequence[str]) -> str:
    """Say from whom to whom."""
    return f"from {listed(sources)} to {listed(destinations)}"


def listed(names: Sequence[str]) -> str:
    """Name some in a sentence; of more than three the first two, and how many others."""
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


@dataclass(frozen=True, slots=True)
class Flow:
    """What one assignment gives another: how many, by status without opted-out ones, and how many are opted out."""

    source: AssignmentId
    destination: AssignmentId
    moved: int
    by_status: Mapping[Status, int]
    opted_out: int


def by_status(moves: Sequence[Move]) -> str:
    """Say how many of some moves have which status, and how many are opted out (`docs/rules.md 4.7`)."""
    counts = Counter("opted out" if move.opted_out else move.status.replace("_", " ") for move in moves)
    return ", ".join(f"{number} {words}" for words, number in counts.most_common())


def flows(moves: Sequence[Move]) -> tuple[Flow, ...]:
    """Sum moves by who gives to whom (`docs/rules.md 4.7`)."""
    grouped: dict[tuple[AssignmentId, AssignmentId], list[Move]] = {}
    for move in moves:
        grouped.setdefault((move.source, move.destination), []).append(move)
    return tuple(
        Flow(
            source,
            destination,
            len(given),
            Counter(move.status for move in given if not move.opted_out),
            sum(move.opted_out for move in given),
        )
        for (source, destination), given in grouped.items()
    )
