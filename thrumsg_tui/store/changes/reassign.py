"""Reassigning conversations, one or 100,000 (`docs/rules.md` 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.domain.reassignment import Move, Outcome, Plan, Request, net_gains
from thrumsg_tui.domain.words import CampaignState
from thrumsg_tui.store.changes.handing_over import give
from thrumsg_tui.store.changes.paced import PACED_ABOVE, begin, finish, require_no_job
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record, touch
from thrumsg_tui.store.queries.campaigns import campaign
from thrumsg_tui.store.queries.reassignment import plan, still_possible

_STEP = 1000
"""After how many conversations progress is told."""


def reassign(db: Database, who: Identity, request: Request) -> Outcome:
    """Plan and apply at once; raises `Refused` in the cases of `docs/rules.md 4.6`."""
    who.require(Action.REASSIGN)
    with db.writing() as tx:
        begun = move(tx, who, plan(tx.conn, request, tx.now))
    return finish(db, begun)


def apply_plan(db: Database, who: Identity, planned: Plan, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Apply exactly what was previewed; what changed hands since is skipped (`docs/rules.md 4.7`).

    `on_progress` is told how many were moved so far, in the thread that makes the change.
    """
    return finish(db, begin_plan(db, who, planned, on_progress), on_progress)


def begin_plan(db: Database, who: Identity, planned: Plan, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Apply a plan in one transaction, or begin with it where it is too large; then `finish` makes the rest."""
    who.require(Action.REASSIGN)
    with db.writing() as tx:
        of = campaign(tx.conn, planned.campaign_id)
        if of.state is CampaignState.ARCHIVED:
            raise Refused(f"{of.name!r} is archived: nothing in it can be reassigned any more.")
        return move(tx, who, planned, on_progress=on_progress)


def move(
    tx: Transaction,
    who: Identity,
    planned: Plan,
    *,
    deed: Deed = Deed.REASSIGN,
    undoes: EventId | None = None,
    removed: AssignmentId | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Move what still is where the plan found it, in one journal entry; nothing moved leaves none.

    More than `PACED_ABOVE` are only begun with. `removed` is the assignment of a sender who leaves the campaign with
    this; it is put back by undo.
    """
    moves, skipped = still_possible(tx.conn, planned)
    skipped = [*planned.already_there, *skipped]
    gains = net_gains(tuple(moves), planned.logins)
    sentence = sentence_of(moves, planned, len(skipped))
    if removed is not None:
        left = deed is not Deed.UNDO
        what = "took {} off" if left else "put {} back on"
        sentence = f"{what.format(planned.names[removed])} the campaign; {sentence}"
    if not moves and removed is None:
        return Outcome(None, 0, tuple(skipped), {}, sentence)
    paced = len(moves) > PACED_ABOVE and removed is None
    if paced:
        require_no_job(tx, planned.campaign_id)
        sentence = f"moving {len(moves)} conversations {way_of(moves, planned)}, under way"
    event_id = record(
        tx,
        who,
        deed,
        sentence,
        campaign_id=planned.campaign_id,
        details={"removed": removed, "skipped": len(skipped), "way": way_of(moves, planned)},
        undoable=not paced,
        undoes=undoes,
    )
    touch(tx, event_id, ((each.conversation_id, each.source, each.destination) for each in moves))
    if paced:
        begin(tx, event_id, planned.campaign_id, len(moves))
        return Outcome(event_id, 0, tuple(skipped), {}, sentence, under_way=True)
    _give_all(tx, event_id, sorted(each.conversation_id for each in moves), on_progress)
    return Outcome(event_id, len(moves), tuple(skipped), gains, sentence)


def _give_all(
    tx: Transaction, event_id: EventId, moved: Sequence[ConversationId], on_progress: Callable[[int], None] | None
) -> None:
    """Change hands as the event says, some at a time, so that progress can be told."""
    for start in range(0, len(moved), _STEP):
        some = moved[start : start + _STEP]
        give(tx, event_id, some[0], some[-1])
        if on_progress:
            on_progress(start + len(some))


def sentence_of(moves: Sequence[Move], planned: Plan, skipped: int) -> str:
    """Say what was moved from whom to whom, and how many were skipped."""
    if not moves:
        sentence = "nothing was moved" if skipped else "nothing matched, nothing was moved"
    else:
        noun = "conversation" if len(moves) == 1 else "conversations"
        sentence = f"moved {len(moves)} {noun} {way_of(moves, planned)}"
    return f"{sentence}; {skipped} skipped" if skipped else sentence


def way_of(moves: Sequence[Move], planned: Plan) -> str:
    """Say from whom to whom."""
    sources = list(dict.fromkeys(planned.names[each.source] for each in moves))
    destinations = list(dict.fromkeys(planned.names[each.destination] for each in moves))
    return f"from {_listed(sources)} to {_listed(destinations)}"


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
