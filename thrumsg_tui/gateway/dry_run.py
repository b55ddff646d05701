"""What would leave now, without sending it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.send_rules import handed_over_at
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.campaigns import campaign_for
from thrumsg_tui.store.queries.outbox import candidates
from thrumsg_tui.store.queries.thread import get_opt_out


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
    """How many would wait until their campaign opens."""
    opted_out: int


def what_would_leave(db: Database) -> Forecast:
    """Return the first message for each number that would leave now, by campaign and kind; nothing is changed."""
    messages: Counter[tuple[CampaignId, MessageKind]] = Counter()
    segments: Counter[tuple[CampaignId, MessageKind]] = Counter()
    names: dict[CampaignId, str] = {}
    closed = opted_out = 0
    with db.reading() as conn:
        now = db.clock()
        for each in candidates(conn, now):
            campaign = campaign_for(conn, each.campaign_id, each.phone)
            if each.kind is not MessageKind.OPT_OUT_CONFIRMATION and get_opt_out(conn, each.phone):
                opted_out += 1
            elif handed_over_at(campaign, each.kind, now):
                closed += 1
            else:
                names[campaign.id] = campaign.name
                messages[campaign.id, each.kind] += 1
                segments[campaign.id, each.kind] += each.segments
    return Forecast(
        tuple(Leaving(names[of], kind, count, segments[of, kind]) for (of, kind), count in messages.items()),
        closed,
        opted_out,
    )
