"""Give conversations another of our numbers than the one that they keep (`docs/rules.md 10.8`)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.organization_facts import ConversationRenumbered, NumberReplaced
from thrumsg_tui.domain.our_numbers import OurNumber
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.redaction import Ours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.require_not_archived import require_not_archived
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.locks import ConversationLock, OurNumbersLock
from thrumsg_tui.store.queries.gateway_numbers import NumberPool, find_our_number, our_number
from thrumsg_tui.store.queries.thread import get_conversation_head


@dataclass(frozen=True, slots=True)
class Renumbered:
    """How many conversations were given another number; `number` is None if each got the best for it."""

    conversations: int
    was: str
    number: str | None


@change
def renumber(db: Database, who: Identity, conversation_id: ConversationId, text: str | None = None) -> Renumbered:
    """Give a conversation another of our numbers, since the one that it keeps is stopped or withdrawn.

    Args:
        db: The database.
        who: The person.
        conversation_id: The conversation.
        text: The number; None for the best, as if the contact had never been texted.

    Raises:
        Refused: If its campaign is archived, if it keeps no number or one that is ready, or if there is no number that
            it could be given.
    """
    who.require(Permission.RENUMBER)
    with db.writing() as tx:
        tx.hold(OurNumbersLock(), ConversationLock(conversation_id))
        head = get_conversation_head(tx.conn, conversation_id)
        require_not_archived(tx, head.campaign_id)
        row = tx.conn.execute("SELECT our_number FROM conversation WHERE id = ?", (conversation_id,)).fetchone()
        if row["our_number"] is None:
            raise Refused("It has not been texted yet; it gets its number with its first message.", Nothing.CHANGED)
        was = _require_not_ready(tx, row["our_number"])
        pool = NumberPool(tx.conn, was.gateway)
        wanted = None if text is None else find_our_number(tx.conn, text).number
        now = _other(pool, was, head.campaign_id, head.phone, wanted)
        _give(tx, [(now, conversation_id)])
        facts = ConversationRenumbered(head.name, Ours(was.number), Ours(now))
        event_id = record(tx, who, EventKind.CHANGE_NUMBER, facts, conversation_id=conversation_id)
        touch(tx, event_id, [(conversation_id, None, None)])
        return Renumbered(1, was.number, now)


@change
def replace_number(db: Database, who: Identity, old: str, new: str | None = None) -> Renumbered:
    """Give all conversations of a number that is stopped or withdrawn another one, or the best one for each.

    Conversations of archived campaigns stay as they are. 20 µs a conversation; other writers wait meanwhile.

    Raises:
        Refused: If no conversation keeps it, if it is ready, or if there is none for one of them; then no
            conversation was changed.
    """
    who.require(Permission.RENUMBER)
    with db.writing() as tx:
        tx.hold(OurNumbersLock())
        was = _require_not_ready(tx, find_our_number(tx.conn, old).number)
        rows = tx.conn.execute(
            """
            SELECT conversation.id, conversation.campaign_id, contact.phone
            FROM conversation
            JOIN contact ON contact.id = conversation.contact_id
            JOIN campaign ON campaign.id = conversation.campaign_id
            WHERE conversation.our_number = ? AND campaign.state <> 'archived' ORDER BY conversation.id
            """,
            (was.number,),
        ).fetchall()
        if not rows:
            raise Refused(f"No conversation keeps {was.number}.", Nothing.CHANGED)
        tx.hold(*(ConversationLock(row["id"]) for row in rows))
        pool = NumberPool(tx.conn, was.gateway)
        now = None if new is None else find_our_number(tx.conn, new).number
        given = [
            (_other(pool, was, CampaignId(row["campaign_id"]), row["phone"], now), ConversationId(row["id"]))
            for row in rows
        ]
        _give(tx, given)
        facts = NumberReplaced(Ours(was.number), None if now is None else Ours(now), len(given))
        event_id = record(tx, who, EventKind.CHANGE_NUMBER, facts)
        touch(tx, event_id, ((conversation_id, None, None) for _, conversation_id in given))
        return Renumbered(len(given), was.number, now)


def _require_not_ready(tx: Transaction, number: str) -> OurNumber:
    found = our_number(tx.conn, number)
    if found is None or found.is_ready:
        raise Refused(
            f"{number} is ready: a conversation keeps its number as long as it is.",
            Nothing.CHANGED,
            advice="`thrumsg gateway numbers stop` stops one.",
        )
    return found


def _other(pool: NumberPool, was: OurNumber, campaign_id: CampaignId, phone: str, wanted: str | None) -> str:
    """Return the number that a conversation is given, and count it there; any that is best if none is `wanted`."""
    allowed = [number for number in pool.preferred(campaign_id, phone) if number is not None]
    if wanted is not None:
        if wanted not in allowed:
            raise Refused(f"{wanted} is not ready, or not among the numbers of the campaign.", Nothing.CHANGED)
        allowed = [wanted]
    if not allowed:
        raise Refused(
            f"There is no number in place of {was.number}: none of those of the campaign is ready.",
            Nothing.CHANGED,
            advice="`thrumsg campaign numbers` shows and sets them, `thrumsg gateway numbers list` shows all.",
        )
    pool.give(allowed[0])
    return allowed[0]


def _give(tx: Transaction, given: Sequence[tuple[str, ConversationId]]) -> None:
    tx.conn.executemany("UPDATE conversation SET our_number = ? WHERE id = ?", given)
