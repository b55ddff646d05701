"""What would leave now, without sending it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from enum import Enum, auto
from itertools import chain

from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.conversation_facts import WithdrawalReason
from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.departures import handed_over_at, shut_out
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.changes.delivery import why_withdrawn
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.campaigns import campaign_for
from thrumsg_tui.store.queries.gateway_numbers import NumberPool, our_numbers
from thrumsg_tui.store.queries.outbox import Candidate, candidates, due_scheduled, outgoing_row
from thrumsg_tui.store.times import from_ms_or_none


@dataclass(frozen=True, slots=True)
class Leaving:
    """The messages of one kind that would leave from a campaign."""

    campaign: str
    kind: MessageKind
    messages: int
    segments: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would leave, and how many queued messages would not."""

    leaving: tuple[Leaving, ...]
    closed: int
    """How many would wait until their campaign opens, or for one before them that does."""
    opted_out: int
    cancelled: int
    """How many would be cancelled for another reason: they are too late, or `old`."""
    without_number: int
    """How many would wait until a number of ours is ready."""


def what_would_leave(db: Database, old: Collection[MessageId] = ()) -> Forecast:
    """Return the first message for each number that would leave now, by campaign and kind; nothing is changed.

    Args:
        db: The database.
        old: Messages that would be cancelled first.
    """
    messages: Counter[tuple[CampaignId, MessageKind]] = Counter()
    segments: Counter[tuple[CampaignId, MessageKind]] = Counter()
    names: dict[CampaignId, str] = {}
    others: Counter[_Fate] = Counter({_Fate.CANCELLED: len(old)})
    leaving: set[str] = set()
    with db.reading() as conn:
        now, numbers = db.clock(), _numbers(conn)
        for each in chain(candidates(conn, now), due_scheduled(conn, now)):
            if each.id in old:
                continue
            campaign = campaign_for(conn, each.campaign_id, each.phone)
            if (fate := _fate(conn, now, campaign, each, numbers)) is not None:
                others[fate] += 1
            elif each.phone not in leaving:
                leaving.add(each.phone)
                names[campaign.id] = campaign.name
                messages[campaign.id, each.kind] += 1
                segments[campaign.id, each.kind] += each.segments
    return Forecast(
        tuple(Leaving(names[of], kind, count, segments[of, kind]) for (of, kind), count in messages.items()),
        closed=others[_Fate.CLOSED],
        opted_out=others[_Fate.OPTED_OUT],
        cancelled=others[_Fate.CANCELLED],
        without_number=others[_Fate.WITHOUT_NUMBER],
    )


class _Fate(Enum):
    """Why a message would not leave."""

    CLOSED = auto()
    OPTED_OUT = auto()
    CANCELLED = auto()
    WITHOUT_NUMBER = auto()


def _fate(
    conn: Connection, now: datetime, campaign: Campaign, each: Candidate, numbers: NumberPool | None
) -> _Fate | None:
    """Return why a message would not leave, by the rules of its claim; None if it would."""
    row = outgoing_row(conn, each.id)
    behind = from_ms_or_none(row["behind"])
    leaves_at = handed_over_at(campaign, each.kind, now, behind if behind and behind > now else None)
    if reason := why_withdrawn(conn, now, row, shut=shut_out(campaign, each.kind, leaves_at or now)):
        return _Fate.OPTED_OUT if reason is WithdrawalReason.OPTED_OUT else _Fate.CANCELLED
    if leaves_at:
        return _Fate.CLOSED
    if each.our_number is None and numbers and not list(numbers.preferred(campaign.id, each.phone)):
        return _Fate.WITHOUT_NUMBER
    return None


def _numbers(conn: Connection) -> NumberPool | None:
    """Return the numbers from which conversations begin; None while that depends on a configuration."""
    gateways = {each.gateway for each in our_numbers(conn)}
    return NumberPool(conn, gateways.pop()) if len(gateways) == 1 else None
