"""What to move where, and what was moved (`docs/rules.md` 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.words import SenderSort, Status, StatusFilter


@dataclass(frozen=True, slots=True)
class Request:
    """A reassignment as asked for: from whom, which, to whom.

    Give either `conversations`, or `sources`, or `everyone`. Destinations are in displayed order; without any,
    `to_everyone` takes every other active sender. `sort` and `reverse` are the order in which senders are displayed:
    it decides who gives first and who gets what is left over (`docs/rules.md 4.4`, `4.5`).
    """

    campaign_id: CampaignId
    sources: tuple[AssignmentId, ...] = ()
    everyone: bool = False
    conversations: tuple[ConversationId, ...] = ()
    status: StatusFilter = StatusFilter.ANY
    count: int | None = None
    destinations: tuple[AssignmentId, ...] = ()
    to_everyone: bool = False
    level: bool = False
    sort: SenderSort = SenderSort.SENDER
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One conversation, from one assignment to another."""

    conversation_id: ConversationId
    source: AssignmentId
    destination: AssignmentId
    status: Status
    opted_out: bool


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reassignment, or its undo, did; `event` is None where nothing moved.

    While it is `under_way` nothing has moved yet: it is made in steps (`docs/rules.md 4.8`).
    """

    event: EventId | None
    moved: int
    skipped: tuple[ConversationId, ...]
    gains: Mapping[str, int]
    sentence: str
    under_way: bool = False


def net_gains(moves: tuple[Move, ...], logins: Mapping[AssignmentId, str | None]) -> dict[str, int]:
    """Sum what each sender gains, losses negative, by login or `unassigned`; no zero entries."""
    gains: Counter[str] = Counter()
    for move in moves:
        gains[logins[move.destination] or "unassigned"] += 1
        gains[logins[move.source] or "unassigned"] -= 1
    return {login: gain for login, gain in gains.items() if gain}


@dataclass(frozen=True, slots=True)
class Flow:
    """What one assignment gives another: how many, by status without opted-out ones, and how many are opted out."""

    source: AssignmentId
    destination: AssignmentId
    moved: int
    by_status: Mapping[Status, int]
    opted_out: int


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
