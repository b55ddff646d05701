"""Reassigning conversations, one or 100,000, in one transaction (`docs/rules.md` 4)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.reassignment import Move, Outcome, Plan, Request, net_gains
from thrumsg_tui.domain.words import CampaignState
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.queries.campaigns import campaign
from thrumsg_tui.store.queries.reassignment import plan


def reassign(db: Database, who: Identity, request: Request) -> Outcome:
    """Plan and apply at once; raises `Refused` in the cases of `docs/rules.md 4.6`."""
    who.require(Action.REASSIGN)
    with db.writing() as tx:
        return move(tx, who, plan(tx.conn, request, tx.now))


def apply_plan(db: Database, who: Identity, planned: Plan) -> Outcome:
    """Apply exactly what was previewed; what changed hands since is skipped (`docs/rules.md 4.7`)."""
    who.require(Action.REASSIGN)
    with db.writing() as tx:
        of = campaign(tx.conn, planned.campaign_id)
        if of.state is CampaignState.ARCHIVED:
            raise Refused(f"{of.name!r} is archived: nothing in it can be reassigned any more.")
        return move(tx, who, planned)


def move(
    tx: Transaction,
    who: Identity,
    planned: Plan,
    *,
    deed: Deed = Deed.REASSIGN,
    undoes: EventId | None = None,
    removed: AssignmentId | None = None,
) -> Outcome:
    """Move what still is where the plan found it, in one journal entry; nothing moved leaves none.

    `removed` is the assignment of a sender who leaves the campaign with this; it is put back by undo.
    """
    moves, skipped = _still_possible(tx, planned)
    skipped = [*planned.already_there, *skipped]
    gains = net_gains(tuple(moves), planned.logins)
    sentence = sentence_of(moves, planned, len(skipped))
    if not moves and removed is None:
        return Outcome(None, 0, tuple(skipped), {}, sentence)
    event_id = record(
        tx,
        who,
        deed,
        sentence,
        campaign_id=planned.campaign_id,
        details={"removed": removed, "skipped": len(skipped)},
        undoable=True,
        undoes=undoes,
    )
    touch(tx, event_id, ((each.conversation_id, each.source, each.destination) for each in moves))
    tx.conn.executemany(
        "UPDATE conversation SET assignment_id = ? WHERE id = ?",
        ((each.destination, each.conversation_id) for each in moves),
    )
    return Outcome(event_id, len(moves), tuple(skipped), gains, sentence)


def _still_possible(tx: Transaction, planned: Plan) -> tuple[list[Move], list[ConversationId]]:
    """Part the moves whose conversation nobody moved since, to a destination that is active in the campaign now."""
    active = {
        row["id"]
        for row in tx.conn.execute(
            "SELECT id FROM assignment WHERE campaign_id = ? AND active = 1", (planned.campaign_id,)
        )
    }
    moved_since = {
        row["conversation_id"]
        for row in tx.conn.execute(
            """
            SELECT conversation_id FROM event_conversation
            WHERE event_id > ? AND to_assignment_id IS NOT NULL
            """,
            (planned.as_of,),
        )
    }
    holders = _holders(tx, planned)
    moves: list[Move] = []
    skipped: list[ConversationId] = []
    for each in planned.moves:
        possible = (
            each.conversation_id not in moved_since
            and each.destination in active
            and holders.get(each.conversation_id) == each.source
        )
        if possible:
            moves.append(each)
        else:
            skipped.append(each.conversation_id)
    return moves, skipped


def _holders(tx: Transaction, planned: Plan) -> dict[int, int]:
    holders: dict[int, int] = {}
    wanted = [each.conversation_id for each in planned.moves]
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = tx.conn.execute(
            f"""
            SELECT id, assignment_id FROM conversation
            WHERE campaign_id = ? AND id IN ({", ".join("?" * len(some))})
            """,
            (planned.campaign_id, *some),
        )
        holders |= {row["id"]: row["assignment_id"] for row in rows}
    return holders


def sentence_of(moves: Sequence[Move], planned: Plan, skipped: int) -> str:
    """Say what was moved from whom to whom, and how many were skipped."""
    sources = list(dict.fromkeys(planned.names[each.source] for each in moves))
    destinations = list(dict.fromkeys(planned.names[each.destination] for each in moves))
    if not moves:
        sentence = "nothing was moved" if skipped else "nothing matched, nothing was moved"
    else:
        noun = "conversation" if len(moves) == 1 else "conversations"
        sentence = f"moved {len(moves)} {noun} from {_listed(sources)} to {_listed(destinations)}"
    return f"{sentence}; {skipped} skipped" if skipped else sentence


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
