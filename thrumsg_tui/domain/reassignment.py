"""Reassignments: the request, its plan, and its outcome (`docs/rules.md` 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, assert_never

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import SenderSort, Status, StatusFilter
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.wording import pluralize


@dataclass(frozen=True, slots=True)
class FromAssignments:
    """The conversations of some assignments."""

    assignments: tuple[AssignmentId, ...]


@dataclass(frozen=True, slots=True)
class FromEveryone:
    """The conversations of every active assignment, Unassigned included."""


@dataclass(frozen=True, slots=True)
class FromConversations:
    """Some chosen conversations, whoever holds them."""

    conversations: tuple[ConversationId, ...]


@dataclass(frozen=True, slots=True)
class ToAssignments:
    """Some assignments; none until one is chosen."""

    assignments: tuple[AssignmentId, ...]


@dataclass(frozen=True, slots=True)
class ToAllOthers:
    """Every active sender who is not a named source."""


Sources = FromAssignments | FromEveryone | FromConversations
"""The source of the conversations (`docs/rules.md 4.1`)."""

Destinations = ToAssignments | ToAllOthers
"""The destinations of the conversations (`docs/rules.md 4.4`)."""


@dataclass(frozen=True, slots=True)
class Request:
    """A reassignment as it is asked for."""

    campaign_id: CampaignId
    sources: Sources
    destinations: Destinations
    status: StatusFilter = StatusFilter.ANY
    count: int | None = None
    """How many to move in total; None moves all."""
    level: bool = False
    """Whether to bring the totals of the destinations close, in place of equal shares."""
    sort: SenderSort = SenderSort.SENDER
    """The displayed order of senders: the first give first, and get what is left over (`docs/rules.md 4.4`, `4.5`)."""
    reverse: bool = False
    """Whether that order is reversed."""

    @property
    def named_sources(self) -> tuple[AssignmentId, ...]:
        """The assignments that are named as sources; empty for `FromEveryone` and `FromConversations`."""
        return self.sources.assignments if isinstance(self.sources, FromAssignments) else ()

    @property
    def from_all_to_all(self) -> bool:
        """Whether it goes from everyone to all senders, so that only unassigned conversations move."""
        return isinstance(self.sources, FromEveryone) and isinstance(self.destinations, ToAllOthers)

    def takes_from(self, assignment: AssignmentId) -> bool:
        """Return whether an assignment is a source; none is if conversations are chosen."""
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
    """A conversation, the assignment that it leaves, and the one that it goes to."""

    conversation_id: ConversationId
    source: AssignmentId
    destination: AssignmentId


class Move(NamedTuple):
    """The move of a conversation, with its status before the move."""

    conversation_id: ConversationId
    source: AssignmentId
    destination: AssignmentId
    status: Status
    opted_out: bool

    @property
    def way(self) -> Way:
        """The conversation with its source and destination."""
        return Way(self.conversation_id, self.source, self.destination)


@dataclass(frozen=True, slots=True)
class Plan:
    """The exact moves that a reassignment will make (`docs/rules.md 4.7`)."""

    campaign_id: CampaignId
    as_of: EventId
    """The newest event when the plan was made; conversations that are moved after it will be skipped."""
    moves: tuple[Move, ...]
    already_there: tuple[ConversationId, ...]
    """The chosen conversations that their destination holds already."""
    names: Mapping[AssignmentId, str]
    logins: Mapping[AssignmentId, str | None]

    @property
    def gains(self) -> Mapping[str, int]:
        """The net gain by login, or `unassigned`, without zeros."""
        return net_gains(self.moves, self.logins)

    @property
    def sides(self) -> tuple[list[str], list[str]]:
        """The names of the sources and of the destinations."""
        return sides(self.moves, self.names)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a reassignment or its undo."""

    event: EventId | None
    """None if nothing was moved."""
    moved: int
    skipped: tuple[ConversationId, ...]
    gains: Mapping[str, int]
    sentence: str
    under_way: bool = False
    """Whether a move in steps is not finished; `moved` then counts the conversations so far (`docs/rules.md 4.8`)."""
    undoable: bool = True


def net_gains(moves: tuple[Move, ...], logins: Mapping[AssignmentId, str | None]) -> dict[str, int]:
    """Return the net gain by login, or `unassigned`; losses are negative, and zeros are left out."""
    gains: Counter[str] = Counter()
    for (source, destination), moved in Counter((move.source, move.destination) for move in moves).items():
        gains[logins[destination] or "unassigned"] += moved
        gains[logins[source] or "unassigned"] -= moved
    return {login: gain for login, gain in gains.items() if gain}


def sides(moves: Sequence[Move], names: Mapping[AssignmentId, str]) -> tuple[list[str], list[str]]:
    """Return the distinct names of the sources and of the destinations, in the order of the moves."""
    sources = dict.fromkeys(names[move.source] for move in moves)
    return list(sources), list(dict.fromkeys(names[move.destination] for move in moves))


def moved_sentence(moved: int, sources: Sequence[str], destinations: Sequence[str], skipped: int) -> str:
    """Return the sentence for a finished move: how many conversations were moved, and how many skipped."""
    if not moved:
        sentence = "nothing was moved" if skipped else "nothing matched, nothing was moved"
    else:
        sentence = f"moved {pluralize(moved, 'conversation')} {from_to(sources, destinations)}"
    return f"{sentence}; {skipped} skipped" if skipped else sentence


def from_to(sources: Sequence[str], destinations: Sequence[str]) -> str:
    """Return "from A to B" with the names."""
    return f"from {listed(sources)} to {listed(destinations)}"


def listed(names: Sequence[str]) -> str:
    """Join names for a sentence; of more than three, only the first two and the number of others."""
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


@dataclass(frozen=True, slots=True)
class Flow:
    """The moves from one assignment to another; `by_status` leaves out opted-out conversations."""

    source: AssignmentId
    destination: AssignmentId
    moved: int
    by_status: Mapping[Status, int]
    opted_out: int


def by_status(moves: Sequence[Move]) -> str:
    """Return the number of moves of each status, and of opted-out ones, in words (`docs/rules.md 4.7`)."""
    counts = Counter("opted out" if move.opted_out else move.status.replace("_", " ") for move in moves)
    several = {"needs reply": "need a reply"}
    one = {"needs reply": "needs a reply"}
    return ", ".join(
        pluralize(number, one.get(words, words), several.get(words, words)) for words, number in counts.most_common()
    )


def flows(moves: Sequence[Move]) -> tuple[Flow, ...]:
    """Group moves by source and destination (`docs/rules.md 4.7`)."""
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
