"""The commands that create and run campaigns."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace

from thrumsg_tui.cli.compliance import confirming, lines_of, records_of
from thrumsg_tui.cli.json_records import campaign_record
from thrumsg_tui.cli.output import ask
from thrumsg_tui.cli.reassign import outcome_report
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.warnings import warned
from thrumsg_tui.domain.campaign_facts import CampaignEdited
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.compliance import Level, of_level
from thrumsg_tui.domain.conversation_sentences import released
from thrumsg_tui.domain.enums import CampaignState, HoursIn
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.hours import DailyHours, format_clock, parse_clock
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.reassignment import ToAllOthers
from thrumsg_tui.store.changes import campaign_senders as senders
from thrumsg_tui.store.changes import campaigns as changes
from thrumsg_tui.store.changes.launch_check import confirm_open_points
from thrumsg_tui.store.queries import campaigns as queries
from thrumsg_tui.store.queries.compliance import compliance_points, setup_points
from thrumsg_tui.store.queries.history import HistoryRequest, history
from thrumsg_tui.store.queries.settings import default_timezone, stored_settings


def create(session: Session, args: Namespace) -> Report:
    """Create a campaign; closing at or before opening is refused (`docs/rules.md 6.2`)."""
    session.who.require(Permission.RUN_CAMPAIGN)
    with session.db.reading() as conn:
        usual = stored_settings(conn)
    timezone = args.timezone or default_timezone(usual)
    opens = parse_clock(usual["default_open"]) if args.open is None else args.open
    closes = parse_clock(usual["default_close"]) if args.close is None else args.close
    try:
        setup = Setup(
            args.name,
            args.initial,
            hours=DailyHours(timezone, opens, closes),
            description=args.description,
            hours_in=HoursIn(args.hours_in or HoursIn.CAMPAIGN),
            starts=args.starts,
            ends=args.ends,
            quicksend=args.quicksend,
            quiet_hours=args.quiet_hours,
        )
    except ValueError as error:
        raise Refused(str(error)) from error
    made = changes.create_campaign(session.db, session.who, setup, draft=args.draft)
    hours = f"{format_clock(made.hours.opens)} to {format_clock(made.hours.closes)}, {made.whose_hours}"
    lines = [f"Campaign {made.id}: {made.name}, {made.state}, open {hours}."]
    with session.db.reading() as conn:
        points = setup_points(conn, session.who, made.setup, made.id, session.db.clock())
    refused = of_level(points, Level.REFUSE)
    if made.state is CampaignState.DRAFT and not args.draft and refused:
        lines.append("It stays a draft: first put right what refuses the launch, with `thrumsg campaign edit`.")
    elif made.state is CampaignState.DRAFT and not args.draft:
        owner = needed_role(Permission.CONFIRM_COMPLIANCE)
        lines.append(f"It stays a draft: {owner} launches it, since there is something to confirm.")
    if made.state is CampaignState.ACTIVE:  # who creates it confirms by that
        lines += [f"Confirmed: {point.sentence} {point.advice}".rstrip() for point in of_level(points, Level.CONFIRM)]
    lines += lines_of([each for each in points if made.state is CampaignState.DRAFT or each.level is not Level.CONFIRM])
    record = campaign_record(made) | {"compliance": records_of(points)}
    return warned(session, record, lines, made.id, made.initial_script)


def edit(session: Session, args: Namespace) -> Report:
    """Change the given settings of a campaign; the others stay."""
    with session.db.reading() as conn:
        campaign = queries.find_campaign(conn, args.name)
    before = campaign.setup
    hours = before.hours
    given = {
        "name": args.new_name,
        "initial_script": args.initial,
        "description": args.description,
        "hours_in": HoursIn(args.hours_in) if args.hours_in else None,
        "quicksend": args.quicksend,
        "quiet_hours": args.quiet_hours,
    }
    try:
        setup = replace(
            before,
            **{name: value for name, value in given.items() if value is not None},
            hours=DailyHours(
                args.timezone or hours.timezone,
                hours.opens if args.open is None else args.open,
                hours.closes if args.close is None else args.close,
            ),
            starts=before.starts if args.starts is None else args.starts.day,
            ends=before.ends if args.ends is None else args.ends.day,
        )
    except ValueError as error:
        raise Refused(str(error)) from error
    edited, confirmed = confirming(
        lambda codes: changes.edit_campaign(session.db, session.who, campaign.id, setup, seen=before, confirmed=codes),
    )
    lines = ["Nothing was different." if edited == campaign else f"{edited.name} is changed.", *confirmed]
    if edited != campaign:
        lines += _effects(session, edited)
    return warned(session, campaign_record(edited), lines, edited.id, edited.initial_script)


def _effects(session: Session, edited: Campaign) -> list[str]:
    """Return what the journal says that an edit released and cancelled."""
    with session.db.reading() as conn:
        facts = history(conn, HistoryRequest(campaign_id=edited.id, traffic=False), limit=1)[0].facts
    if not isinstance(facts, CampaignEdited):  # somebody else changed something at the same moment
        return []
    return [f"{each}." for each in released(facts.released, facts.cancelled)]


def launch(session: Session, args: Namespace) -> Report:
    """Make a draft active."""
    with session.db.reading() as conn:
        campaign = queries.find_campaign(conn, args.name)
    if args.confirm and campaign.state in {CampaignState.ACTIVE, CampaignState.PAUSED}:
        return _confirmed_later(session, campaign)
    if campaign.state is CampaignState.PAUSED:
        raise Refused(
            f"{campaign.name!r} was launched before and is paused: `thrumsg campaign resume` goes on with it."
        )
    with session.db.reading() as conn:
        points = compliance_points(conn, session.who, campaign, session.db.clock(), session.db.path)
    to_confirm = of_level(points, Level.CONFIRM) if args.confirm else ()
    codes = [point.code for point in to_confirm]
    launched = changes.change_state(session.db, session.who, campaign.id, CampaignState.ACTIVE, confirmed=codes)
    confirmed = [f"Confirmed: {point.sentence}" for point in to_confirm]
    lines = [f"{launched.name} is {launched.state}.", *confirmed]
    return Report(campaign_record(launched) | {"confirmed": codes}, lines)


def _confirmed_later(session: Session, campaign: Campaign) -> Report:
    """Confirm what was opened since the launch, by an import."""
    points = confirm_open_points(session.db, session.who, campaign.id)
    lines = [f"Confirmed: {point.sentence}" for point in points] or [f"Nothing is left to confirm in {campaign.name}."]
    return Report(campaign_record(campaign) | {"confirmed": [point.code for point in points]}, lines)


def pause(session: Session, args: Namespace) -> Report:
    """Stop all sending until the campaign is resumed."""
    return _changed(session, args.name, CampaignState.PAUSED)


def resume(session: Session, args: Namespace) -> Report:
    """Make a paused campaign active again."""
    with session.db.reading() as conn:
        campaign = queries.find_campaign(conn, args.name)
    if campaign.state is CampaignState.DRAFT:
        raise Refused(f"{campaign.name!r} is a draft: `thrumsg campaign launch` starts it.")
    return _changed(session, args.name, CampaignState.ACTIVE)


def archive(session: Session, args: Namespace) -> Report:
    """Archive a campaign for good, after two questions (`docs/rules.md 6.5`)."""
    session.who.require(Permission.RUN_CAMPAIGN)
    if not args.yes:
        with session.db.reading() as conn:
            _confirm_archiving(queries.find_campaign(conn, args.name))
    return _changed(session, args.name, CampaignState.ARCHIVED)


def add_sender(session: Session, args: Namespace) -> Report:
    """Put users on a campaign."""
    added = senders.add_senders(session.db, session.who, args.name, args.logins)
    already = [login for login in dict.fromkeys(args.logins) if login not in added]
    lines = [f"Added {', '.join(added)}."] if added else []
    lines += [f"Already on it: {', '.join(already)}."] if already else []
    return Report({"campaign": args.name, "added": added, "already": already}, lines)


def remove_sender(session: Session, args: Namespace) -> Report:
    """Take a sender off a campaign, and move their conversations as asked (`docs/rules.md 4.12`)."""
    to = ToAllOthers() if args.to_everyone else args.to
    outcome = senders.remove_sender(session.db, session.who, args.name, args.login, to)
    report = outcome_report(outcome, session.program)
    return Report(report.json, [f"{args.login} is off the campaign.", *report.lines])


def _changed(session: Session, name: str, to: CampaignState) -> Report:
    campaign = changes.change_state(session.db, session.who, name, to)
    return Report(campaign_record(campaign), [f"{campaign.name} is {campaign.state}."])


def _confirm_archiving(campaign: Campaign) -> None:
    if not sys.stdin.isatty():
        raise Refused(f"Archiving {campaign.name!r} is final: without a terminal to confirm it needs --yes.")
    sure = ask(f"Archive {campaign.name}? It is final, and no more replies come in. [y/N] ").lower() in {"y", "yes"}
    if not sure or ask("Type its name to archive it: ") != campaign.name:
        raise Refused(f"{campaign.name!r} was not archived.")
