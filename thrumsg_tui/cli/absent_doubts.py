"""Decide at once about what a restored backup put in doubt and the carrier does not have (`docs/rules.md 11.4`)."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.conversation_facts import DoubtAnswer
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.doubts import answer_doubt
from thrumsg_tui.store.queries.doubts import MessageInDoubt, messages_in_doubt


def is_absent(message: MessageInDoubt) -> bool:
    """Whether a restored backup put it in doubt, and the carrier was asked since and does not have it."""
    return message.of_a_backup and message.checked_at is not None


def decide_absent(session: Session, args: Namespace) -> Report:
    """Queue these messages again or cancel them, each as a decision of its own; what is refused stays in doubt."""
    session.who.require(Permission.SETTLE_DOUBTS)
    answer = DoubtAnswer.SEND_AGAIN if args.send_again else DoubtAnswer.DROP
    with session.db.reading() as conn:
        absent = [each.id for each in messages_in_doubt(conn) if is_absent(each)]
    decided, kept = [], []
    for message in absent:
        try:
            answer_doubt(session.db, session.who, message, answer)
        except Refused as refusal:  # somebody else decided, or its campaign is archived
            kept.append({"message": message, "reason": str(refusal)})
        else:
            decided.append(message)
    became = "queued again; opt-out, hours and window are checked when they leave" if args.send_again else "cancelled"
    lines = [f"{pluralize(len(decided), 'message')} that the carrier does not have: {became}."]
    lines += [f"Message {each['message']} stays as it is: {each['reason']}" for each in kept]
    return Report({"answer": answer, "decided": decided, "kept": kept}, lines)
