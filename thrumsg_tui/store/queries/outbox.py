"""The outbox: which messages may leave now, in which order, and which are in doubt (`docs/rules.md` 10)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.delivery_states import MOST_DOUBTS
from thrumsg_tui.domain.enums import CampaignState, MessageKind
from thrumsg_tui.domain.media import Media
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.queries.messages_ahead import scheduled_until
from thrumsg_tui.store.queries.settings import restored_ms
from thrumsg_tui.store.times import from_ms, to_ms

_FIRST_PAGE, _PAGE = 50, 200
"""How many candidates one query reads: what leaves now is among the first, as a rule."""

_OF_THE_NUMBER = """
    SELECT 1 FROM conversation AS other
    JOIN message AS earlier ON earlier.conversation_id = other.id
    JOIN campaign AS its_campaign ON its_campaign.id = other.campaign_id
    WHERE other.contact_id = conversation.contact_id AND earlier.id <> message.id
"""

_MAY_LEAVE = f"""
    (message.leaves_at IS NULL OR message.leaves_at <= :now)
    AND (message.next_try_at IS NULL OR message.next_try_at <= :now)
    AND (campaign.state = 'active' OR campaign.state = 'paused' AND message.kind = 'opt_out_confirmation')
    AND NOT EXISTS (SELECT 1 FROM gateway_number
                    WHERE gateway_number.number = conversation.our_number AND gateway_number.state <> 'ready')
    AND NOT EXISTS ({_OF_THE_NUMBER}
                    AND (earlier.state = 'sending'
                         OR earlier.state = 'in_doubt'
                            AND (message.kind <> 'opt_out_confirmation' OR earlier.kind = message.kind)
                         OR earlier.state = 'queued' AND earlier.id < message.id
                            AND message.kind <> 'opt_out_confirmation'
                            AND (other.id = conversation.id
                                 OR its_campaign.state = 'active'
                                    AND NOT EXISTS (SELECT 1 FROM gateway_number AS its_number
                                                    WHERE its_number.number = other.our_number
                                                      AND its_number.state <> 'ready'))))
"""
"""On `message`, `conversation` and `campaign`: whether a message may leave, but for what its claim checks.

A number gets one message at a time, in order (`docs/rules.md 10.3`); while one of them is in doubt, the others wait, so
that the carrier's list is clear. A confirmation, which has five minutes, waits for none but the one on its way.
Nothing leaves from a number of ours that is stopped or withdrawn (`docs/rules.md 10.8`). What waits for one, or in a
paused campaign, holds back nothing in others.
"""

READY = f"message.state = 'queued' AND {_MAY_LEAVE}"
"""The same of a message that is queued."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A queued message that may leave."""

    id: MessageId
    conversation_id: ConversationId
    campaign_id: CampaignId
    phone: str
    kind: MessageKind
    segments: int
    our_number: str | None
    """The number of ours that it would leave from: that which the conversation keeps, or one that it could get.

    None if we have no numbers, so that the gateway chooses.
    """


@dataclass(slots=True)
class NoRoom:
    """For what there is no room at this moment, so that a long queue is not read for nothing."""

    numbers: set[tuple[CampaignId, str]] = field(default_factory=set)
    """Numbers of ours in a campaign: its messages to conversations that keep them are passed over."""
    campaigns: set[CampaignId] = field(default_factory=set)
    """Campaigns in which no number is left for a conversation that keeps none yet."""
    held: set[CampaignId] = field(default_factory=set)
    """Campaigns that somebody else holds alone: nothing of them leaves before that is over."""


def candidates(conn: Connection, now: datetime, without: NoRoom | None = None) -> Iterator[Candidate]:
    """Yield the queued messages that may leave, the urgent kinds first, each oldest first (`docs/rules.md 10.3`).

    Before the first message of a conversation is claimed, it keeps no number (`docs/rules.md 10.8`). Candidates are
    read page by page, as far as the caller goes on. The queue of a paused campaign is not read, however long, but for
    its confirmations.

    Args:
        conn: The connection.
        now: The present.
        without: What is passed over. The caller may add to it as it goes on.
    """
    without = NoRoom() if without is None else without
    campaigns = conn.execute("SELECT id, state FROM campaign WHERE state IN ('active', 'paused') ORDER BY id")
    queues = [_queue(conn, now, row["id"], row["state"], without) for row in campaigns if row["id"] not in without.held]
    for row in merge(*queues, key=lambda row: (row["priority"], row["id"])):
        yield _candidate_of(row)


def due_scheduled(conn: Connection, now: datetime) -> list[Candidate]:
    """Return the scheduled messages that may leave as soon as they are queued, which is due, oldest first."""
    rows = conn.execute(
        f"{_CANDIDATE} WHERE message.state = 'unsent' AND message.leaves_at <= :now AND {_MAY_LEAVE}",
        {"now": to_ms(now)},
    ).fetchall()
    return [_candidate_of(row) for row in sorted(rows, key=lambda row: int(row["id"]))]


_CANDIDATE = """
    SELECT message.id, message.conversation_id, message.kind, message.segments, message.priority,
           conversation.campaign_id, contact.phone, conversation.our_number
    FROM message
    JOIN conversation ON conversation.id = message.conversation_id
    JOIN campaign ON campaign.id = conversation.campaign_id
    JOIN contact ON contact.id = conversation.contact_id
"""


def _queue(conn: Connection, now: datetime, campaign_id: CampaignId, state: str, without: NoRoom) -> Iterator[Row]:
    """Yield what may leave of one campaign, in order."""
    to_priority = 0 if state == CampaignState.PAUSED else 3
    priority, last, size = -1, 0, _FIRST_PAGE
    while rows := _page(conn, now, campaign_id, (priority, last, to_priority, size), without):
        for row in rows:
            number = row["our_number"]
            passed = campaign_id in without.campaigns if number is None else (campaign_id, number) in without.numbers
            if not passed:
                yield row
        priority, last, size = rows[-1]["priority"], rows[-1]["id"], _PAGE


def _page(
    conn: Connection, now: datetime, campaign_id: CampaignId, span: tuple[int, int, int, int], without: NoRoom
) -> list[Row]:
    priority, last, to_priority, size = span
    full = sorted(number for of, number in without.numbers if of == campaign_id)
    busy = {f"busy{place}": number for place, number in enumerate(full)}
    keeps = "conversation.our_number IS NOT NULL" if campaign_id in without.campaigns else "1 = 1"
    names = ", ".join(f":{name}" for name in busy)
    passed = f"(conversation.our_number IS NULL OR conversation.our_number NOT IN ({names}))" if busy else "1 = 1"
    return conn.execute(
        f"""
        {_CANDIDATE}
        WHERE message.campaign_id = :campaign_id AND message.priority <= :to_priority
          AND (message.priority, message.id) > (:priority, :last) AND {keeps} AND {passed} AND {READY}
        ORDER BY message.priority, message.id LIMIT {size}
        """,
        {
            "now": to_ms(now),
            "campaign_id": campaign_id,
            "priority": priority,
            "last": last,
            "to_priority": to_priority,
            **busy,
        },
    ).fetchall()


def _candidate_of(row: Row) -> Candidate:
    return Candidate(
        MessageId(row["id"]),
        ConversationId(row["conversation_id"]),
        CampaignId(row["campaign_id"]),
        row["phone"],
        MessageKind(row["kind"]),
        row["segments"],
        row["our_number"],
    )


def next_due(conn: Connection, now: datetime) -> datetime | None:
    """Return the next moment at which a queued or scheduled message's time comes; None if none waits for a time."""
    row = conn.execute(
        """
        SELECT MIN(at) FROM (
            SELECT MIN(leaves_at) AS at FROM message WHERE state = 'queued' AND leaves_at > :now
            UNION ALL SELECT MIN(next_try_at) FROM message WHERE state = 'queued' AND next_try_at > :now
            UNION ALL SELECT MIN(leaves_at) FROM message WHERE state = 'unsent' AND leaves_at > :now
        ) AS moments
        """,
        {"now": to_ms(now)},
    ).fetchone()
    return None if row[0] is None else from_ms(row[0])


# Messages in doubt


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A message in doubt about which the carrier is to be asked (`docs/rules.md 10.2`)."""

    message: Outgoing
    by_a_person: bool
    """Whether only a person may have it sent again; what the carrier has of it is still taken."""


def doubts_due(conn: Connection, now: datetime, *, wait: timedelta, again: timedelta) -> list[Doubtful]:
    """Return the messages in doubt about which the carrier is to be asked now, oldest first.

    Of what is in doubt since a backup was restored, only a person has one sent again (`docs/rules.md 11.4`).

    Args:
        conn: The connection.
        now: The present.
        wait: The time from the last try to the first look into the carrier's list.
        again: The time from the first look, in which the message was absent, to the second.
    """
    rows = conn.execute(
        f"""
        {OUTGOING}
        WHERE message.state IN ('sending', 'in_doubt') AND message.state = 'in_doubt'  -- the first for `message_open`
          AND CASE WHEN message.checked_at IS NULL THEN COALESCE(message.tried_at, message.state_at) + :wait
                   ELSE message.checked_at + :again END <= :now
        ORDER BY message.tried_at, message.id
        """,
        {"now": to_ms(now), "wait": _ms(wait), "again": _ms(again)},
    ).fetchall()
    restored = restored_ms(conn)
    return [
        Doubtful(outgoing_of(row), by_a_person=row["doubts"] >= MOST_DOUBTS or row["state_at"] <= restored)
        for row in rows
    ]


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


# A message as a gateway gets it

OUTGOING = f"""
    SELECT message.id, message.send_key, message.conversation_id, message.body, message.kind, message.segments,
           message.tries, message.doubts, message.at, message.tried_at, message.state_at, message.expires_at,
           message.media, contact.phone, conversation.campaign_id,
           CASE WHEN EXISTS (SELECT 1 FROM opt_out WHERE opt_out.phone = contact.phone)
                THEN 1 ELSE 0 END AS opted_out,  -- itself: an import may have missed to mark it
           COALESCE(message.our_number, conversation.our_number) AS our_number,
           conversation.our_number AS kept_number,
           (SELECT COUNT(*) FROM message AS earlier
            WHERE earlier.conversation_id = message.conversation_id
              AND earlier.direction = 'outgoing' AND earlier.id <= message.id) AS nth,
           (SELECT {scheduled_until("earlier")} FROM message AS earlier
            WHERE earlier.conversation_id = message.conversation_id AND earlier.id < message.id) AS behind
    FROM message
    JOIN conversation ON conversation.id = message.conversation_id
    JOIN campaign ON campaign.id = conversation.campaign_id
    JOIN contact ON contact.id = conversation.contact_id
"""


def outgoing_row(conn: Connection, message_id: MessageId) -> Row:
    """Return the row of a message, by `OUTGOING`."""
    row: Row = conn.execute(f"{OUTGOING} WHERE message.id = :id", {"id": message_id}).fetchone()
    return row


def outgoing_of(row: Row, *, valid_for: timedelta = timedelta(0)) -> Outgoing:
    """Return a row of `OUTGOING` as a gateway gets it."""
    return Outgoing(
        id=MessageId(row["id"]),
        key=row["send_key"] or "",
        conversation_id=ConversationId(row["conversation_id"]),
        phone=row["phone"],
        our_number=row["our_number"],
        body=row["body"],
        kind=MessageKind(row["kind"]),
        segments=row["segments"],
        nth=row["nth"],
        tries=row["tries"],
        tried_at=from_ms(row["at"] if row["tried_at"] is None else row["tried_at"]),
        valid_for=valid_for,
        media=read_media(row["media"]),
    )


def read_media(stored: str | None) -> tuple[Media, ...]:
    """Return the media of a message from their column."""
    return tuple(Media(each["url"], each["type"], each.get("size")) for each in json.loads(stored or "[]"))


def under_way(conn: Connection, gateway: str, *, since: datetime) -> list[Outgoing]:
    """Return the messages that a gateway has and of which it may still tell something, oldest first.

    Args:
        conn: The connection.
        gateway: The name of the gateway.
        since: Messages that were tried since then are among them, even if they have arrived: they may be answered.
    """
    rows = conn.execute(
        f"""
        {OUTGOING}
        WHERE message.gateway = :gateway
          AND (message.state = 'sent' OR message.state = 'in_doubt' OR message.tried_at >= :since)
        ORDER BY message.tried_at, message.id
        """,
        {"gateway": gateway, "since": to_ms(since)},
    ).fetchall()
    return [outgoing_of(row) for row in rows]
