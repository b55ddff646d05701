"""Opt-outs that came after a backup and that its restore keeps (`docs/rules.md 11.4`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversation_facts import OptOutsKept
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.opt_out_lists import Batch
from thrumsg_tui.store.changes.stored_opt_outs import Described, enter_opt_out
from thrumsg_tui.store.database import Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.since_backup import PresentOptOuts


def keep_opt_outs(tx: Transaction, who: Identity | None, present: PresentOptOuts) -> int:
    """Opt out, as they were, the numbers that a copy of a backup does not have; return how many there are.

    No confirmation is sent again, and what has not left to these numbers is cancelled. It is one event, and cannot be
    undone as one: a number is opted in by hand.

    Args:
        tx: The transaction, in the copy of the backup.
        who: Who restores, if the backup knows them.
        present: The opt-outs of the database that the copy replaces.
    """
    opted_out = {row["phone"] for row in tx.conn.execute("SELECT phone FROM opt_out")}
    users = {row["login"]: row["id"] for row in tx.conn.execute("SELECT id, login FROM users")}
    entered: dict[str, Described] = {}
    concerned: list[ConversationId] = []
    for each in present.opt_outs:
        if each.phone not in opted_out:
            user_id = None if each.login is None else users.get(each.login)
            described = {"kind": each.kind, "note": each.note, "at": each.at, "user_id": user_id}
            concerned += enter_opt_out(tx, each.phone, described)
            entered[each.phone] = described
    _keep_words(tx, present)
    if entered:
        batch = Batch(entered, tuple(concerned))
        batch.note(tx, record(tx, who, EventKind.OPT_OUT, OptOutsKept(len(entered)), details=batch.details))
    return len(entered)


def _keep_words(tx: Transaction, present: PresentOptOuts) -> None:
    """Keep when opt-out words were written, so that older opt-in words that come again opt nobody in."""
    tx.conn.executemany(
        """
        INSERT INTO opt_out_word (phone, written_at, came_at) VALUES (?, ?, ?)
        ON CONFLICT (phone) DO UPDATE SET written_at = excluded.written_at, came_at = excluded.came_at
        WHERE excluded.written_at > opt_out_word.written_at
        """,
        ((phone, written_at, came_at) for phone, (written_at, came_at) in present.words.items()),
    )
