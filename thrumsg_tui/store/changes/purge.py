"""Remove what people wrote and are called from an archived campaign (`docs/rules.md 10.11`)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from thrumsg_tui.domain.campaign_facts import CampaignPurged
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import REMOVED
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.base import Row
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.campaigns import find_campaign


@dataclass(frozen=True, slots=True)
class AtCarrier:
    """A message that a carrier has too, by the carrier's own id."""

    gateway: str
    provider_id: str


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed."""

    campaign: str
    messages: int
    contacts: int
    """How many contacts lost their names and fields."""
    kept: int
    """How many kept them, as they are in a campaign that was not purged."""
    at_carrier: tuple[AtCarrier, ...]
    """What carriers still have, unless they were told to keep nothing."""


def purge(db: Database, who: Identity, name: str | CampaignId) -> Purged:
    """Remove the texts and media of all messages of an archived campaign, and its contacts' names and fields.

    Contacts who are in a campaign that was not purged keep theirs. Numbers, times, states, counts, answers, opt-outs
    and their journal stay; contacts' names in the journal of other changes go. It cannot be undone. One transaction,
    about 30 µs a message; other writers wait meanwhile.

    Raises:
        NotFound: If there is no such campaign.
        Refused: If it is not archived.
    """
    who.require(Permission.PURGE)
    with db.writing() as tx:
        campaign = find_campaign(tx.conn, name)
        if campaign.state is not CampaignState.ARCHIVED:
            raise Refused(
                f"{campaign.name!r} is {campaign.state}: only an archived campaign is purged.", Nothing.CHANGED
            )
        at_carrier = _at_carrier(tx, campaign.id)
        _purge_journal(tx, campaign.id)
        messages = _purge_messages(tx, campaign.id)
        of_campaign, nameless = _purge_contacts(tx, campaign.id)
        tx.conn.execute("UPDATE campaign SET purged_at = ? WHERE id = ?", (tx.now_ms, campaign.id))
        facts = CampaignPurged(campaign.name, messages=messages, contacts=nameless)
        record(tx, who, EventKind.CHANGE_CAMPAIGN, facts, campaign_id=campaign.id)
        return Purged(campaign.name, messages, nameless, of_campaign - nameless, at_carrier)


_OF_CAMPAIGN = "(SELECT id FROM conversation WHERE campaign_id = :campaign_id)"


def _at_carrier(tx: Transaction, campaign_id: CampaignId) -> tuple[AtCarrier, ...]:
    rows = tx.conn.execute(
        f"""
        SELECT gateway, provider_id FROM message
        WHERE conversation_id IN {_OF_CAMPAIGN} AND gateway IS NOT NULL AND provider_id IS NOT NULL ORDER BY id
        """,
        {"campaign_id": campaign_id},
    )
    return tuple(AtCarrier(row["gateway"], row["provider_id"]) for row in rows)


def _purge_messages(tx: Transaction, campaign_id: CampaignId) -> int:
    """Remove texts, media and drafts; the segments stay as they were sent."""
    purged = tx.conn.execute(
        f"""
        UPDATE message SET body = :removed, media = NULL
        WHERE conversation_id IN {_OF_CAMPAIGN} AND (body <> :removed OR media IS NOT NULL)
        """,
        {"campaign_id": campaign_id, "removed": REMOVED},
    )
    tx.conn.execute(f"DELETE FROM draft WHERE conversation_id IN {_OF_CAMPAIGN}", {"campaign_id": campaign_id})
    return purged.rowcount


def _purge_contacts(tx: Transaction, campaign_id: CampaignId) -> tuple[int, int]:
    """Remove names and fields of those who are in archived campaigns only; return how many there are, and of them.

    Who is in another archived campaign that still has its texts keeps them for that one.
    """
    everybody = tx.conn.execute(
        "SELECT COUNT(*) FROM conversation WHERE campaign_id = :campaign_id", {"campaign_id": campaign_id}
    ).fetchone()[0]
    purged = tx.conn.execute(
        """
        UPDATE contact SET first_name = '', last_name = '', fields = '{}'
        WHERE id IN (SELECT contact_id FROM conversation WHERE campaign_id = :campaign_id)
          AND NOT EXISTS (SELECT 1 FROM conversation AS other
                          WHERE other.contact_id = contact.id AND other.campaign_id <> :campaign_id
                            AND other.campaign_id NOT IN (SELECT id FROM campaign WHERE purged_at IS NOT NULL))
        """,
        {"campaign_id": campaign_id},
    )
    tx.conn.execute(
        """
        UPDATE conversation SET first_key = '', last_key = ''
        WHERE (first_key <> '' OR last_key <> '')
          AND contact_id IN (SELECT contact.id FROM contact
                             JOIN conversation AS own ON own.contact_id = contact.id
                             WHERE own.campaign_id = :campaign_id
                               AND contact.first_name = '' AND contact.last_name = '')
        """,
        {"campaign_id": campaign_id},
    )
    return everybody, purged.rowcount


def _purge_journal(tx: Transaction, campaign_id: CampaignId) -> None:
    """Remove contacts' names from what the journal has of their conversations; numbers and opt-outs stay."""
    rows = tx.conn.execute(
        f"""
        SELECT event.id, event.summary, event.details, contact.first_name, contact.last_name
        FROM event
        LEFT JOIN conversation ON conversation.id = COALESCE(
            event.conversation_id,
            (SELECT MIN(conversation_id) FROM event_conversation
             WHERE event_id = event.id AND conversation_id IN {_OF_CAMPAIGN}))
        LEFT JOIN contact ON contact.id = conversation.contact_id
        WHERE event.action NOT IN ('opt_out', 'opt_in', 'change_opt_out')
          AND event.id IN (SELECT id FROM event WHERE conversation_id IN {_OF_CAMPAIGN}
                           UNION SELECT event_id FROM event_conversation WHERE conversation_id IN {_OF_CAMPAIGN})
        ORDER BY event.id
        """,
        {"campaign_id": campaign_id},
    ).fetchall()
    nameless = ((*_without_name(row), row["id"]) for row in rows)
    tx.conn.executemany("UPDATE event SET summary = ?, details = ? WHERE id = ?", nameless)


def _without_name(row: Row) -> tuple[str, str]:
    """Return summary and details of an event without its contact's name."""
    details = json.loads(row["details"])
    if isinstance(facts := details.get("facts"), dict):
        facts |= {key: REMOVED for key in ("to", "contact") if isinstance(facts.get(key), str)}
        return row["summary"], json.dumps(details)
    name = full_name(row["first_name"] or "", row["last_name"] or "")
    named = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") if name else None
    if named and isinstance(details.get("thread"), str):
        details["thread"] = named.sub(REMOVED, details["thread"])
    return (named.sub(REMOVED, row["summary"]) if named else row["summary"]), json.dumps(details)
