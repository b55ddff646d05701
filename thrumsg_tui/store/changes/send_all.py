"""Send All: the initials or follow-ups of one assignment, in small transactions (`docs/rules.md 3.12`)."""

from __future__ import annotations

from datetime import datetime
from shlex import quote
from typing import NamedTuple

from thrumsg_tui.domain.campaigns import AssignmentId, Campaign
from thrumsg_tui.domain.closures import closure
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import CampaignState, MessageKind, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.send import send_in
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.locks import CampaignLock, ConversationLock
from thrumsg_tui.store.queries.assignments import get_assignment
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.drafts import draft
from thrumsg_tui.store.queries.thread import get_conversation_head

BATCH = 25
"""Messages per transaction: few enough that other writers do not wait long, many enough to be quick."""


_MAY_WANT_TO_BE_LEFT = "The contact may want to be left alone: opt them out, or open it and send it by itself."


class Unsendable(NamedTuple):
    """A conversation that Send All left out, and the reason as a sentence."""

    conversation_id: ConversationId
    reason: str


@dataclass(frozen=True, slots=True)
class SentBatch:
    """The result of one transaction of Send All. Pass `last` as `after` to continue; it is None if nothing is left."""

    sent: tuple[MessageId, ...]
    refused: tuple[Unsendable, ...]
    last: ConversationId | None


def sent_before(sent: int) -> str:
    """Return what to add to the reason why a run ended early: how much it had sent; empty if nothing."""
    if not sent:
        return ""
    return f" Before that, {pluralize(sent, 'message was', 'messages were')} sent; Send All again sends the rest."


@change
def send_batch(
    db: Database, who: Identity, assignment_id: AssignmentId, tab: Tab, after: ConversationId | None = None
) -> SentBatch:
    """Send the initials or follow-ups of the next `BATCH` conversations of a tab, in order of id.

    A conversation leaves its tab in the transaction that sends, so that nothing is sent twice. A conversation in which
    the person has a draft is left out, since only what the message box shows may be sent (`docs/rules.md 3.11`), and so
    is a flagged one (5.4). Each message is journalled by itself, and is undone only if its event is named.

    Args:
        db: The database.
        who: The person, who becomes the author.
        assignment_id: The assignment on view.
        tab: Initial Messages or Follow-ups.
        after: `last` of the batch before; None to begin.

    Raises:
        Refused: If the campaign has QuickSend off, for a tab of replies, and for somebody else's conversations if the
            role may work only its own.
    """
    who.require(Permission.WORK)
    if (kind := tab.send_all_kind) is None:
        raise Refused("Send All is for initials and follow-ups only, never for replies.")
    with db.writing() as tx:
        viewed = get_assignment(tx.conn, assignment_id, tx.now)
        tx.hold(CampaignLock(viewed.campaign_id, shared=True))
        own = viewed.user is not None and viewed.user.id == who.user.id
        if not own and not who.may(Permission.WORK_FOR_OTHERS):
            raise Refused("You can use Send All for your own conversations only.")
        campaign = get_campaign(tx.conn, viewed.campaign_id)
        if not campaign.quicksend:
            raise Refused(_without_quicksend(campaign, tx.now))
        condition = "tab = 'initial'" if kind is MessageKind.INITIAL else "in_follow_ups = 1"
        query = f"SELECT id FROM conversation WHERE assignment_id = ? AND {condition} AND id > ? ORDER BY id LIMIT ?"
        batch = [ConversationId(row["id"]) for row in tx.conn.execute(query, (assignment_id, after or 0, BATCH))]
        tx.hold(*map(ConversationLock, batch))
        left = {row["id"] for row in tx.conn.execute(query, (assignment_id, after or 0, BATCH))}
        sent: list[MessageId] = []
        refused: list[Unsendable] = []
        for conversation_id in (each for each in batch if each in left):  # others may have sent before it was held
            if draft(tx.conn, who.user.id, conversation_id) is not None:
                refused.append(Unsendable(conversation_id, "You have a draft in it: open it and send it by itself."))
                continue
            to = get_conversation_head(tx.conn, conversation_id)
            if to.flagged:
                refused.append(Unsendable(conversation_id, _MAY_WANT_TO_BE_LEFT))
                continue
            try:
                sent.append(send_in(tx, who, to, kind=kind, single=False).message_id)
            except Refused as reason:
                refused.append(Unsendable(conversation_id, str(reason)))
        last = batch[-1] if len(batch) == BATCH else None
        return SentBatch(tuple(sent), tuple(refused), last)


def _without_quicksend(campaign: Campaign, now: datetime) -> str:
    """Return why Send All is refused: the campaign is closed for sending, or it has QuickSend off."""
    if campaign.state is not CampaignState.ACTIVE and (closed := closure(campaign, now)):
        return closed.sentence
    switch = f"thrumsg campaign edit {quote(campaign.name)} --quicksend"
    who = needed_role(Permission.RUN_CAMPAIGN)
    return f"Send All needs QuickSend, and {campaign.name!r} has it off; {who} switches it on with: {switch}"
