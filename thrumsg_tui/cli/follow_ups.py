"""The commands that preview, create, list, edit, end and skip follow-ups (`docs/rules.md 3.1`)."""

from __future__ import annotations

from argparse import Namespace
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from thrumsg_tui.cli.compliance import confirming
from thrumsg_tui.cli.json_records import follow_up_record
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.warnings import warned
from thrumsg_tui.domain.campaigns import AS_OF_NOW, AnswerCondition, Campaign, FollowUp, Question, Target
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes import follow_ups as changes
from thrumsg_tui.store.changes.skip_follow_up import skip_follow_up
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.find_by_name import choice_named, question_named
from thrumsg_tui.store.queries.follow_ups import Reach, follow_ups, reach
from thrumsg_tui.store.queries.questions import questions


def create(session: Session, args: Namespace) -> Report:
    """Create a follow-up, or preview its reach. A time without a zone is in the campaign's time zone."""
    with session.db.reading() as conn:
        campaign = find_campaign(conn, args.name)
        target = _target(args, questions(conn, campaign.id, retired=True))
        found = reach(conn, campaign.id, target) if args.preview else None
    if found:
        session.who.require(Permission.EDIT_CONTENT)
        lines = [f"It would reach {_words(found)}.", AS_OF_NOW]
        return warned(session, {"id": None, **_record(found)}, lines, campaign.id, args.text or "")
    made, confirmed = confirming(
        lambda codes: changes.create_follow_up(
            session.db,
            session.who,
            campaign.name,
            args.title,
            args.text,
            expires_at=_expiry(args, campaign),
            target=target,
            confirmed=codes,
        ),
    )
    lines = [f"Follow-up {made.id} reaches {_words(made.reach)}.", AS_OF_NOW, *confirmed]
    return warned(session, {"id": made.id, **_record(made.reach)}, lines, campaign.id, args.text)


def list_all(session: Session, args: Namespace) -> Report:
    """List a campaign's follow-ups and their progress."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        found = follow_ups(conn, find_campaign(conn, args.name).id)
    rows = [
        [
            *(follow_up.id, follow_up.title, "active" if follow_up.active else "ended"),
            *(follow_up.pending, follow_up.sent, follow_up.skipped, follow_up.whom, follow_up.text),
        ]
        for follow_up in found
    ]
    heads = ("Id", "Title", "State", "Unsent", "Sent", "Skipped", "For", "Text")
    lines = table(heads, rows) if rows else ["No follow-ups yet."]
    later = [AS_OF_NOW] if any(each.active and each.target for each in found) else []
    return Report([follow_up_record(each) for each in found], [*lines, *later])


def edit(session: Session, args: Namespace) -> Report:
    """Change the given parts of a follow-up, before the first of it is sent."""
    with session.db.reading() as conn:
        campaign = find_campaign(conn, args.name)
        found = _named(follow_ups(conn, campaign.id), args.follow_up, campaign)
    changed, confirmed = confirming(
        lambda codes: changes.edit_follow_up(
            session.db,
            session.who,
            found.id,
            found.title if args.new_title is None else args.new_title,
            found.text if args.text is None else args.text,
            None if args.no_expiry else _expiry(args, campaign) or found.expires_at,
            seen=found,
            confirmed=codes,
        ),
    )
    with session.db.reading() as conn:
        after = next(each for each in follow_ups(conn, campaign.id) if each.id == found.id)
    done = "is changed" if changed else "was like this already"
    lines = [f"{after.title!r} {done}; it is unsent in {pluralize(after.pending, 'conversation')}.", *confirmed]
    return warned(session, dict(follow_up_record(after)), lines, campaign.id, after.text)


def end(session: Session, args: Namespace) -> Report:
    """End a follow-up: it is sent to nobody any more."""
    with session.db.reading() as conn:
        campaign = find_campaign(conn, args.name)
        found = _named(follow_ups(conn, campaign.id), args.follow_up, campaign)
    unsent = changes.end_follow_up(session.db, session.who, found.id)
    line = f"{found.title!r} has ended; it was unsent in {pluralize(unsent, 'conversation')}."
    return Report({"id": found.id, "title": found.title, "unsent": unsent}, [line])


def skip(session: Session, args: Namespace) -> Report:
    """Skip the current follow-up of a conversation."""
    event = skip_follow_up(session.db, session.who, args.conversation)
    return Report({"event": event, "conversation": args.conversation}, ["Skipped; `thrumsg undo` undoes that."])


def _target(args: Namespace, asked: tuple[Question, ...]) -> Target:
    replied = True if args.replied else False if args.not_replied else None
    if args.unanswered is not None:
        return Target(replied, AnswerCondition(question_named(asked, args.unanswered).id, given=False))
    return Target(replied, None if args.answered is None else _answer(args.answered, asked))


def _answer(wanted: str, asked: tuple[Question, ...]) -> AnswerCondition:
    """Parse `QUESTION` or `QUESTION=CHOICE`, each by id or exact text."""
    whole = [each for each in asked if each.text == wanted or str(each.id) == wanted]
    if whole:  # the question alone; its text may contain a =
        return AnswerCondition(whole[0].id)
    found = []
    for place in (place for place, character in enumerate(wanted) if character == "="):
        with suppress(NotFound):  # any = may be the separator: questions and choices may contain some
            question = question_named(asked, wanted[:place])
            found.append(AnswerCondition(question.id, choice_named(question, wanted[place + 1 :]).id))
    if len(found) > 1:
        raise Refused(f"{wanted!r} may be read in more than one way: name the question by its id.")
    if found:
        return found[0]
    words, _, choice = wanted.rpartition("=")
    question = question_named(asked, words or wanted)
    return AnswerCondition(question.id, choice_named(question, choice).id)


def _expiry(args: Namespace, campaign: Campaign) -> datetime | None:
    at: datetime | None = args.expires
    return at.replace(tzinfo=ZoneInfo(campaign.hours.timezone)) if at and at.utcoffset() is None else at


def _named(offered: tuple[FollowUp, ...], wanted: str, campaign: Campaign) -> FollowUp:
    found = [each for each in offered if str(each.id) == wanted] or [each for each in offered if each.title == wanted]
    if not found:
        raise NotFound(f"There is no follow-up {wanted!r} in {campaign.name!r}; `thrumsg follow-up list` shows them.")
    found = [each for each in found if each.active] or found
    if len(found) > 1:
        ids = ", ".join(str(each.id) for each in found)
        raise Refused(f"There are {len(found)} follow-ups {wanted!r} in {campaign.name!r}: say which by its id, {ids}.")
    return found[0]


def _record(reach: Reach) -> dict[str, object]:
    return {"reaches": reach.reaches, "opted_out": reach.opted_out, "not_started": reach.not_started}


def _words(reach: Reach) -> str:
    left = [f"{reach.opted_out} opted out"] if reach.opted_out else []
    left += [f"{reach.not_started} not started"] if reach.not_started else []
    return pluralize(reach.reaches, "conversation") + (f"; left out: {', '.join(left)}" if left else "")
