"""Remove what people wrote and are called from an archived campaign (`docs/rules.md 10.11`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from thrumsg_tui.domain.campaign_facts import CampaignPurged
from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.conversations import REMOVED
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import DatabaseUnusable, Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.change import change
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import CampaignLock, ContactsLock
from thrumsg_tui.store.progress import OnProgress, no_progress
from thrumsg_tui.store.queries.campaigns import find_campaign, totals


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


def purge(
    db: Database,
    who: Identity,
    name: str | CampaignId,
    *,
    step: int = 2_000,
    on_progress: OnProgress = no_progress,
) -> Purged:
    """Remove the texts and media of all messages of an archived campaign, and its contacts' names and fields.

    Contacts who are in a campaign that was not purged keep theirs. Numbers, times, states, counts, answers, opt-outs
    and their journal stay; contacts' names in the journal of other changes go. It cannot be undone.

    It takes about 100 µs a message, in steps between which others write. If its process dies, what was removed is
    removed, and to purge again removes the rest: the journal has it at the end.

    Args:
        db: The database.
        who: The person.
        name: The campaign, by name or by id.
        step: How many conversations one transaction purges.
        on_progress: Called after each step with the number of conversations purged so far, and of all.

    Raises:
        NotFound: If there is no such campaign.
        Refused: If it is not archived, or while a message of it is on its way or in doubt.
    """
    who.require(Permission.PURGE)
    with db.reading() as conn:
        campaign = find_campaign(conn, name)
        if campaign.state is not CampaignState.ARCHIVED:  # which is final
            raise Refused(
                f"{campaign.name!r} is {campaign.state.said}: only an archived campaign is purged.", Nothing.CHANGED
            )
        _refuse_open(conn, campaign)
        pages = _pages(conn, campaign.id, step)
        total = totals(conn, campaign.id).total
    at_carrier: list[AtCarrier] = []
    messages = nameless = of_campaign = 0
    for page in pages:
        with _explained_in_steps(of_campaign):
            known_to_carrier, texts, everybody, purged = _purge_page(db, campaign, page)
        at_carrier += known_to_carrier
        messages += texts
        of_campaign += everybody
        nameless += purged
        on_progress(of_campaign, total)
    with _explained_in_steps(of_campaign):
        _end(db, who, campaign, messages, nameless)
    return Purged(campaign.name, messages, nameless, of_campaign - nameless, tuple(at_carrier))


@contextmanager
def _explained_in_steps(purged: int) -> Iterator[None]:
    """If a step fails, say how many conversations the steps before it have purged."""
    try:
        yield
    except DatabaseUnusable as error:
        if not purged:
            raise
        before = f"Before that, {pluralize(purged, 'conversation was', 'conversations were')} purged"
        raise type(error)(f"{error} {before}; to purge again removes the rest.") from error


@change
def _purge_page(db: Database, campaign: Campaign, page: _Page) -> tuple[list[AtCarrier], int, int, int]:
    """Purge some conversations; return what the carrier has, and how many messages, contacts and purged ones."""
    with db.writing() as tx:
        tx.hold(ContactsLock(), CampaignLock(campaign.id))
        at_carrier = _at_carrier(tx, page)
        _purge_journal(tx, page)
        messages = _purge_messages(tx, page)
        if messages:
            tx.shown_by(
                f"SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM message WHERE conversation_id IN {_OF_PAGE} AND {_TEXT})",
                {**page, "removed": REMOVED},
            )
        return (at_carrier, messages, *_purge_contacts(tx, page))


@change
def _end(db: Database, who: Identity, campaign: Campaign, messages: int, contacts: int) -> None:
    """Journal a purge."""
    with db.writing() as tx:
        tx.hold(CampaignLock(campaign.id))
        tx.conn.execute("UPDATE campaign SET purged_at = ? WHERE id = ?", (tx.now_ms, campaign.id))
        facts = CampaignPurged(campaign.name, messages=messages, contacts=contacts)
        record(tx, who, EventKind.CHANGE_CAMPAIGN, facts, campaign_id=campaign.id)


def _refuse_open(conn: Connection, campaign: Campaign) -> None:
    """Refuse what would remove the words by which the carrier is asked about a message (`docs/rules.md 10.2`)."""
    open_ = conn.execute(
        """
        SELECT COUNT(*) FROM message JOIN conversation ON conversation.id = message.conversation_id
        WHERE message.state IN ('sending', 'in_doubt') AND conversation.campaign_id = ?
        """,
        (campaign.id,),
    ).fetchone()[0]
    if open_:
        raise Refused(
            f"{pluralize(open_, 'message')} of {campaign.name!r} {'is' if open_ == 1 else 'are'} under way or in "
            "doubt, and the carrier is asked by the words.",
            Nothing.CHANGED,
            advice="`thrumsg deliver` settles what it can, and `thrumsg doubts` the rest.",
        )


_Page = Mapping[str, int]
"""A campaign and the first and last of some of its conversations, as parameters of a query."""

_OF_PAGE = "(SELECT id FROM conversation WHERE campaign_id + 0 = :campaign_id AND id BETWEEN :first AND :last)"
"""The sum keeps SQLite from reading all of the campaign by its index for each page."""

_TEXT = "(body <> :removed OR media IS NOT NULL)"
"""On `message`: whether it has what somebody wrote."""


def _pages(conn: Connection, campaign_id: CampaignId, step: int) -> list[_Page]:
    rows = conn.execute("SELECT id FROM conversation WHERE campaign_id = ? ORDER BY id", (campaign_id,)).fetchall()
    pages = [rows[begin : begin + step] for begin in range(0, len(rows), step)]
    return [{"campaign_id": campaign_id, "first": page[0]["id"], "last": page[-1]["id"]} for page in pages]


def _at_carrier(tx: Transaction, page: _Page) -> list[AtCarrier]:
    rows = tx.conn.execute(
        f"""
        SELECT gateway, provider_id FROM message
        WHERE conversation_id IN {_OF_PAGE} AND gateway IS NOT NULL AND provider_id IS NOT NULL ORDER BY id
        """,
        page,
    )
    return [AtCarrier(row["gateway"], row["provider_id"]) for row in rows]


def _purge_messages(tx: Transaction, page: _Page) -> int:
    """Remove texts, media and drafts; the segments stay as they were sent."""
    purged = tx.conn.execute(
        f"""
        UPDATE message SET body = :removed, media = NULL
        WHERE conversation_id IN {_OF_PAGE} AND {_TEXT}
        """,
        {**page, "removed": REMOVED},
    )
    tx.conn.execute(f"DELETE FROM draft WHERE conversation_id IN {_OF_PAGE}", page)
    return purged.rowcount


def _purge_contacts(tx: Transaction, page: _Page) -> tuple[int, int]:
    """Remove names and fields of those who are in archived campaigns only; return how many there are, and of them.

    Who is in another archived campaign that still has its texts keeps them for that one.
    """
    everybody = tx.conn.execute(f"SELECT COUNT(*) FROM {_OF_PAGE} AS page", page).fetchone()[0]
    purged = tx.conn.execute(
        f"""
        UPDATE contact SET first_name = '', last_name = '', fields = '{{}}'
        WHERE id IN (SELECT contact_id FROM conversation WHERE id IN {_OF_PAGE})
          AND NOT EXISTS (SELECT 1 FROM conversation AS other
                          WHERE other.contact_id = contact.id AND other.campaign_id <> :campaign_id
                            AND other.campaign_id NOT IN (SELECT id FROM campaign WHERE purged_at IS NOT NULL))
        """,
        page,
    )
    tx.conn.execute(
        f"""
        UPDATE conversation SET first_key = '', last_key = ''
        WHERE (first_key <> '' OR last_key <> '')
          AND contact_id IN (SELECT contact.id FROM contact
                             JOIN conversation AS own ON own.contact_id = contact.id
                             WHERE own.id IN {_OF_PAGE}
                               AND contact.first_name = '' AND contact.last_name = '')
        """,
        page,
    )
    return everybody, purged.rowcount


def _purge_journal(tx: Transaction, page: _Page) -> None:
    """Remove contacts' names from what the journal has of their conversations; numbers and opt-outs stay."""
    rows = tx.conn.execute(
        f"""
        SELECT event.id, event.action, event.summary, event.details, contact.first_name, contact.last_name
        FROM event
        LEFT JOIN conversation ON conversation.id = COALESCE(
            event.conversation_id,
            (SELECT MIN(conversation_id) FROM event_conversation
             WHERE event_id = event.id AND conversation_id IN {_OF_PAGE}))
        LEFT JOIN contact ON contact.id = conversation.contact_id
        WHERE event.action NOT IN ('opt_out', 'opt_in', 'change_opt_out')
          AND event.id IN (SELECT id FROM event WHERE conversation_id IN {_OF_PAGE}
                           UNION SELECT event_id FROM event_conversation WHERE conversation_id IN {_OF_PAGE})
        ORDER BY event.id
        """,
        page,
    ).fetchall()
    nameless = ((*_without_name(row), row["id"]) for row in rows)
    tx.conn.executemany("UPDATE event SET summary = ?, details = ? WHERE id = ?", nameless)


def _without_name(row: Row) -> tuple[str, str]:
    """Return summary and details of an event without its contact's name.

    A version that stored no facts wrote the name as it was on that day. The sentence of the thread says the same
    without it.
    """
    details = json.loads(row["details"])
    if isinstance(facts := details.get("facts"), dict):
        facts |= {key: REMOVED for key in ("to", "contact") if isinstance(facts.get(key), str)}
        return row["summary"], json.dumps(details)
    summary = _SENT_TO.sub(rf"\1{REMOVED}", row["summary"])
    if row["action"] in _NAMED_THEN and isinstance(details.get("thread"), str):
        summary = details["thread"]
    name = full_name(row["first_name"] or "", row["last_name"] or "")
    named = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") if name else None
    if named:
        if isinstance(details.get("thread"), str):
            details["thread"] = named.sub(REMOVED, details["thread"])
        summary = named.sub(REMOVED, summary)
    return summary, json.dumps(details)


_SENT_TO = re.compile(r"^(sent [a-z-]+ to ).+$", re.DOTALL)

_NAMED_THEN = {EventKind.ANSWER, EventKind.SKIP_FOLLOW_UP, EventKind.UNDO, EventKind.REDO}
"""The other kinds whose sentences named the contact."""
