"""Do what the words of an incoming message ask: opt its number out or in, or flag it (`docs/rules.md 5.3` to `5.5`)."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.consent import Wish, is_outdated
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import OptOutWord
from thrumsg_tui.domain.enums import OptOutKind
from thrumsg_tui.domain.reply_intent import ReplyIntent, classify_reply
from thrumsg_tui.store.changes.opt_outs import store_opt_in, store_opt_out, store_own_words
from thrumsg_tui.store.changes.stored_opt_outs import note_wish
from thrumsg_tui.store.database import Transaction


def heed_reply(
    tx: Transaction,
    phone: str,
    body: str,
    to: ConversationId | None,
    *,
    before: Wish | None,
    auto_opt_out: bool,
    stamp: datetime | None,
    opt_out: OptOutWord | None,
    confirmed: bool,
) -> bool:
    """Opt a number out or in as its message asks, or flag the conversation.

    Args:
        tx: The transaction, which holds the number.
        phone: The number (E.164).
        body: The message.
        to: The conversation to which it went.
        before: When the number was opted out; None if it is not.
        auto_opt_out: Whether words alone opt out (`docs/rules.md 5.3`).
        stamp: When the message was written; None if that is not known.
        opt_out: What the carrier took it for.
        confirmed: Whether the carrier confirms the opt-out itself.

    Returns:
        Whether it changed anything.
    """
    by_itself = auto_opt_out or opt_out is OptOutWord.STOP
    match _intent(body, opt_out, opted_out=before is not None):
        case ReplyIntent.OPT_OUT if before or by_itself:
            note_wish(tx, phone, stamp or tx.now)
            words = body.strip()[:200]
            if before:
                store_own_words(tx, phone, words, asked_in=to if by_itself else None, confirmed=confirmed)
            else:
                store_opt_out(tx, None, phone, OptOutKind.AUTOMATIC, words, asked_in=to, confirmed=confirmed)
        case ReplyIntent.OPT_OUT if to:
            _flag(tx, to)
        case ReplyIntent.OPT_IN if before and not is_outdated(stamp, before, tx.now):
            store_opt_in(tx, None, phone, done_in=to)
        case ReplyIntent.NEAR_MISS if to and not before:
            _flag(tx, to)
        case _:
            return False
    return True


def _flag(tx: Transaction, conversation_id: ConversationId) -> None:
    tx.conn.execute("UPDATE conversation SET flagged = 1 WHERE id = ?", (conversation_id,))


def _intent(body: str, opt_out: OptOutWord | None, *, opted_out: bool) -> ReplyIntent:
    """Classify a message by its words, and by what the carrier took it for; a wish to stop counts whoever reads it."""
    said = classify_reply(body, opted_out=opted_out)
    if opt_out is OptOutWord.STOP or said is ReplyIntent.OPT_OUT:
        return ReplyIntent.OPT_OUT
    return ReplyIntent.OPT_IN if opt_out is OptOutWord.START and opted_out else said
