"""The command that reassigns conversations: at once, as a preview, or from a saved plan (`docs/rules.md` 4)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from itertools import chain
from shlex import quote

from thrumsg_tui.cli.json_records import outcome_record, preview_record
from thrumsg_tui.cli.output import complain, standard_output
from thrumsg_tui.cli.progress import Progress, shown_progress
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import STANDARD_STREAM, Session
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.errors import DatabaseUnusable, NotFound, Nothing, Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.reassignment import (
    Destinations,
    FromAssignments,
    FromConversations,
    FromEveryone,
    Outcome,
    Plan,
    Request,
    Sources,
    ToAllOthers,
    ToAssignments,
    flows,
)
from thrumsg_tui.domain.reassignment_summary import what_stays
from thrumsg_tui.domain.wording import capitalized, pluralize
from thrumsg_tui.store.changes import reassign as changes
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.input_files import called
from thrumsg_tui.store.queries import campaigns
from thrumsg_tui.store.queries import reassignment as queries
from thrumsg_tui.store.queries.assignments import assignments, find_assignment, find_destination, unassigned
from thrumsg_tui.store.queries.bulk_move_jobs import Job, open_jobs
from thrumsg_tui.store.queries.history import name_after


def reassign(session: Session, args: Namespace) -> Report:
    """Move conversations, or preview the moves."""
    session.who.require(Permission.REASSIGN)
    if args.plan:
        planned = _saved(session, args)
        with explained_if_cut_short(session), _shown_moves() as on_progress:
            done = changes.apply_plan(
                session.db, session.who, planned, lambda moved: on_progress(moved, len(planned.moves))
            )
        return outcome_report(done, session.program)
    if args.preview:
        return _preview(session, args)
    with session.db.reading() as conn:
        request = _request(conn, args)
    with explained_if_cut_short(session), _shown_moves() as on_progress:
        done = changes.reassign(session.db, session.who, request, on_progress)
    return outcome_report(done, session.program)


def _shown_moves() -> AbstractContextManager[Progress]:
    """Show to a person how far a move in steps is."""
    return shown_progress("Moving", "conversations")


@contextmanager
def explained_if_cut_short(session: Session) -> Iterator[None]:
    """If a move in steps is interrupted, say what happens to the rest (`docs/rules.md 4.8`)."""
    try:
        yield
    except KeyboardInterrupt:
        with suppress(DatabaseUnusable):
            for job in _cut_short(session):
                complain(f"{job.sentence}; the rest is moved by the next thrumsg that anybody starts.")
        raise
    except DatabaseUnusable as error:
        raise type(error)(f"{error}{_moved_before(session)}") from error


def _moved_before(session: Session) -> str:
    """Say what a move in steps has moved, as far as that can be read now."""
    rest = "the next thrumsg that anybody starts moves the rest."
    try:
        jobs = _cut_short(session)
    except DatabaseUnusable:
        return f" If the move was made in steps, what was moved before stays moved; {rest}"
    return "".join(f" Before that, {job.passed:,} of {job.total:,} were moved; {rest}" for job in jobs)


def _cut_short(session: Session) -> list[Job]:
    """Return the moves in steps that the person has begun and that are not finished."""
    with session.db.reading() as conn:
        return [job for job in open_jobs(conn) if job.by == session.who.actor.login]


def outcome_report(outcome: Outcome, program: str) -> Report:
    """Report the moves, and the command that undoes them, which begins with `program`."""
    lines = [f"{capitalized(outcome.sentence)}."]
    lines += [f"  {login}: {gain:+}" for login, gain in outcome.gains.items()]
    if outcome.skipped:
        lines += [f"Skipped: {', '.join(map(str, outcome.skipped))}."]
    if outcome.event is not None and outcome.undoable:
        lines += [f"Undo with: {program} undo {outcome.event}"]
    return Report(outcome_record(outcome), lines)


def _request(conn: Connection, args: Namespace) -> Request:
    campaign = campaigns.find_campaign(conn, args.name)
    queries.require_not_archived(campaign)  # checked before its senders: a hint to add one would be wrong
    return Request(
        campaign.id,
        _sources(conn, campaign, args),
        _destinations(conn, campaign, args),
        status=args.status,
        count=args.count,
        level=args.level,
    )


def _sources(conn: Connection, campaign: Campaign, args: Namespace) -> Sources:
    """Return the sources; the parser has checked that only one kind is given."""
    if args.conversation:
        return FromConversations(tuple(map(ConversationId, args.conversation)))
    if args.from_everyone:
        return FromEveryone()
    nobody = [unassigned(conn, campaign.id)] if args.from_unassigned else []
    named = [find_assignment(conn, campaign, login) for login in dict.fromkeys(args.sources)]
    return FromAssignments((*nobody, *named))


def _destinations(conn: Connection, campaign: Campaign, args: Namespace) -> Destinations:
    """Return the destinations; the parser has checked that only one kind is given."""
    if args.to_everyone:
        return ToAllOthers()
    if args.to_unassigned:
        return ToAssignments((unassigned(conn, campaign.id),))
    return ToAssignments(tuple(find_destination(conn, campaign, login) for login in dict.fromkeys(args.to)))


def _preview(session: Session, args: Namespace) -> Report:
    with session.db.reading() as conn, shown_progress("Counting", "conversations") as progress:
        request = _request(conn, args)
        planned = queries.plan(conn, request, session.db.clock(), progress)
        campaign = campaigns.get_campaign(conn, planned.campaign_id)
        stays = what_stays(request, assignments(conn, campaign.id, session.db.clock()))
    if args.save_plan and str(args.save_plan) == STANDARD_STREAM:
        from thrumsg_tui.cli import plan_file

        with standard_output() as out:
            plan_file.write(out, campaign.name, planned)
        return Report(None, [])
    more = [stays] if stays else []
    if args.save_plan:
        from thrumsg_tui.cli import plan_file

        plan_file.save(args.save_plan, campaign.name, planned)
        more += [f"Saved. Do exactly this with: {session.program} reassign --plan {quote(str(args.save_plan))}"]
    return Report(preview_record(planned), chain(_lines(planned), more))


def _lines(planned: Plan) -> Iterator[str]:
    """Yield the lines of a preview: how many move from whom to whom, by status (`docs/rules.md 4.7`)."""
    if not planned.moves:
        yield "Nothing matches: nothing would be moved."
        return
    heads = ["From", "To", *(status.replace("_", " ").capitalize() for status in Status), "Opted out", "Total"]
    rows = [
        [
            planned.names[flow.source],
            planned.names[flow.destination],
            *(flow.by_status.get(status, 0) for status in Status),
            flow.opted_out,
            flow.moved,
        ]
        for flow in flows(planned.moves)
    ]
    yield from table(heads, rows)
    opted_out = sum(each.opted_out for each in planned.moves)
    summary = f"{pluralize(len(planned.moves), 'conversation')} would be moved, {opted_out} of them opted out"
    already = f"; {pluralize(len(planned.already_there), 'is', 'are')} there already" if planned.already_there else ""
    yield ""
    yield f"{summary}{already}. Nothing was changed."


def _saved(session: Session, args: Namespace) -> Plan:
    """Return a saved plan; raise `Refused` if it was made for another database."""
    from thrumsg_tui.cli import plan_file

    name, planned = plan_file.load(args.plan)
    ours = False
    with session.db.reading() as conn, suppress(NotFound):
        campaign = campaigns.get_campaign(conn, planned.campaign_id)  # it may have another name since
        present = assignments(conn, campaign.id, session.db.clock())
        now = {each.id: each.login for each in present}
        ours = planned.as_of <= queries.newest_event(conn, campaign.id)
        ours = ours and name_after(conn, campaign, planned.as_of) == name
        ours = ours and all(now.get(each, login) == login for each, login in planned.logins.items())
    if not ours:
        raise Refused(f"{called(args.plan)} was saved from another database.", Nothing.MOVED)
    names = {each.id: each.shown_name for each in present if each.id in planned.names}
    return replace(planned, names={**planned.names, **names})
