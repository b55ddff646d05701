"""The commands for survey questions and their results (`docs/rules.md 3.14`)."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli.json_records import Record, question_record, result_record
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.campaigns import Question
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.changes import questions as changes
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.find_by_name import choice_named, question_named
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.survey_results import QuestionResult, survey_results

_BAR = 20


def add(session: Session, args: Namespace) -> Report:
    """Add a question."""
    with session.db.reading() as conn:
        campaign = find_campaign(conn, args.name)
    made = changes.add_question(session.db, session.who, campaign.id, args.question, args.choice)
    return _report(made, f"{campaign.name} asks {made.text!r} now.")


def edit(session: Session, args: Namespace) -> Report:
    """Change the given parts of a question: its text, its choices."""
    with session.db.reading() as conn:
        before = _found(conn, args)
    renamed = {choice_named(before, old).id: new for old, new in args.rename}
    current = [(choice.id, renamed.get(choice.id, choice.text)) for choice in before.choices]
    words = {text.strip(): choice_id for choice_id, text in current}
    choices = [(words.get(each.strip()), each) for each in args.choice] if args.choice else current
    text = before.text if args.text is None else args.text
    after = changes.edit_question(session.db, session.who, before.id, text, choices, seen=before)
    return _report(after, "Nothing was different." if after == before else "Changed.")


def move(session: Session, args: Namespace) -> Report:
    """Move a question to another place in the survey."""
    with session.db.reading() as conn:
        question = _found(conn, args)
        campaign_id = find_campaign(conn, args.name).id
    changes.move_question(session.db, session.who, question.id, args.place)
    with session.db.reading() as conn:
        asked = questions(conn, campaign_id)
    return Report(
        [question_record(each) for each in asked], [f"{place}. {each.text}" for place, each in enumerate(asked, 1)]
    )


def retire(session: Session, args: Namespace) -> Report:
    """Retire a question, or delete it if nobody ever answered it."""
    with session.db.reading() as conn:
        question = _found(conn, args)
    kept = changes.retire_question(session.db, session.who, question.id)
    said = "retired; its answers stay" if kept else "deleted: nobody ever answered it"
    return Report({"id": question.id, "question": question.text, "retired": kept}, [f"{question.text!r} is {said}."])


def restore(session: Session, args: Namespace) -> Report:
    """Ask a retired question again."""
    with session.db.reading() as conn:
        question = _found(conn, args)
    changes.restore_question(session.db, session.who, question.id)
    return _report(question, f"{question.text!r} is asked again.")


def results(session: Session, args: Namespace) -> Report:
    """Show the results of all questions, retired ones last."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        found = survey_results(conn, find_campaign(conn, args.name).id, by_sender=args.by_sender)
    lines: list[str] = []
    for each in found:
        lines += [*([""] if lines else []), *_lines(each), *_by_sender(each)]
    return Report([result_record(each) for each in found], lines or ["This campaign asks nothing yet."])


def _found(conn: Connection, args: Namespace) -> Question:
    return question_named(questions(conn, find_campaign(conn, args.name).id, retired=True), args.question)


def _report(question: Question, sentence: str) -> Report:
    record: Record = question_record(question)
    return Report(
        record, [sentence, *(f"  {place}  {choice.text}" for place, choice in enumerate(question.choices, 1))]
    )


def _lines(result: QuestionResult) -> list[str]:
    rows = [
        (
            choice.text,
            result.counts.get(choice.id, 0),
            f"{result.share(choice.id)} %",
            "#" * round(result.share(choice.id) * _BAR / 100),
        )
        for choice in result.question.choices
    ]
    state = "retired; " if result.question.retired else ""
    head = f"{result.question.text} ({state}{result.answered} answered, {result.unanswered} not)"
    return [head, *table(("Choice", "Answers", "Share", ""), rows)]


def _by_sender(result: QuestionResult) -> list[str]:
    if not result.by_sender:
        return []
    heads = ("Sender", *(choice.text for choice in result.question.choices), "Unanswered")
    rows = [
        (held.name, *(held.counts.get(choice.id, 0) for choice in result.question.choices), held.unanswered)
        for held in result.by_sender
    ]
    return ["", *table(heads, rows)]
