"""Survey questions: add, edit, move, retire and restore them, also while people answer (`docs/rules.md 3.14`)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.campaigns import CampaignId, ChoiceId, Question, QuestionChoice, QuestionId
from thrumsg_tui.domain.content_facts import (
    QuestionAdded,
    QuestionChanged,
    QuestionMoved,
    QuestionRestored,
    QuestionRetired,
)
from thrumsg_tui.domain.errors import NotFound, Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.answers import recorded_answers
from thrumsg_tui.store.changes.reorder import reordered
from thrumsg_tui.store.changes.require_not_archived import require_not_archived
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import CampaignLock
from thrumsg_tui.store.queries.questions import questions

MOST_CHOICES = 9
"""The most choices of a question: one for each digit key."""

ChosenText = tuple[ChoiceId | None, str]
"""A choice after an edit: the id that it has, None for a new one, and its text."""


@change
def add_question(db: Database, who: Identity, campaign_id: CampaignId, text: str, choices: Sequence[str]) -> Question:
    """Add a question after all others of a campaign.

    Raises:
        Refused: If the campaign is archived, if the text is blank or another question of the campaign has it, retired
            ones included, or unless there are 1 to `MOST_CHOICES` choices, all different and none blank.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        tx.hold(CampaignLock(campaign_id))
        require_not_archived(tx, campaign_id)
        text = _fit(tx, campaign_id, text, choices)
        question_id = insert_question(tx, campaign_id, text)
        _write_choices(tx, question_id, [(None, choice) for choice in choices])
        record(tx, who, EventKind.EDIT_SURVEY, QuestionAdded(text), campaign_id=campaign_id)
        return find_question(tx, question_id)[1]


@change
def edit_question(
    db: Database,
    who: Identity,
    question_id: QuestionId,
    text: str,
    choices: Sequence[ChosenText],
    *,
    seen: Question | None = None,
) -> Question:
    """Change the text and the choices of a question. A renamed choice keeps its answers.

    Nothing is journalled if nothing is different.

    Args:
        db: The database.
        who: The person.
        question_id: The question.
        text: Its new text.
        choices: All its choices, in their new order; a choice that is left out is deleted.
        seen: The question as the person saw it before editing; None to edit whatever is stored now.

    Returns:
        The question as it is stored afterwards.

    Raises:
        NotFound: If the question, or a choice whose id is given, no longer exists.
        Refused: As `add_question` does; if the question differs from `seen`; or if a choice is left out that was ever
            an answer, which would lose that answer or its undo, or that a follow-up uses to choose its contacts.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        campaign_id, before = hold_question(tx, question_id)
        require_not_archived(tx, campaign_id)
        if seen is not None and (seen.text, seen.choices) != (before.text, before.choices):
            raise Refused("Somebody has changed this question meanwhile; look at it again.", Nothing.CHANGED)
        text = _fit(tx, campaign_id, text, [words for _, words in choices], besides=question_id)
        kept = [choice_id for choice_id, _ in choices if choice_id is not None]
        if not {choice.id for choice in before.choices}.issuperset(kept) or len(set(kept)) < len(kept):
            raise NotFound("One of those choices is gone; look at the question again.", Nothing.CHANGED)
        dropped = [choice for choice in before.choices if choice.id not in kept]
        if dropped:
            _require_never_recorded(tx, campaign_id, question_id, dropped)
        tx.conn.execute("UPDATE question SET text = ? WHERE id = ?", (text, question_id))
        tx.conn.executemany("DELETE FROM choice WHERE id = ?", [(choice.id,) for choice in dropped])
        _write_choices(tx, question_id, choices)
        _, after = find_question(tx, question_id)
        if after != before:
            changed = QuestionChanged(before.text, new_text=text if text != before.text else None)
            record(tx, who, EventKind.EDIT_SURVEY, changed, campaign_id=campaign_id)
        return after


@change
def move_question(db: Database, who: Identity, question_id: QuestionId, place: int) -> None:
    """Move a question to another place among those that are not retired.

    Nothing is journalled if the order stays the same.

    Args:
        db: The database.
        who: The person.
        question_id: The question.
        place: Its new place, from 1; a number beyond the last means last.

    Raises:
        NotFound: If there is no such question.
        Refused: If it is retired, or its campaign is archived.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        campaign_id, moved = hold_question(tx, question_id)
        require_not_archived(tx, campaign_id)
        asked = [each.id for each in questions(tx.conn, campaign_id)]
        if question_id not in asked:
            raise Refused(f"{moved.text!r} is retired: restore it first.")
        order = reordered(asked, question_id, place)
        if order == asked:
            return
        tx.conn.executemany("UPDATE question SET position = ? WHERE id = ?", list(enumerate(order, 1)))
        facts = QuestionMoved(moved.text, place=order.index(question_id) + 1)
        record(tx, who, EventKind.EDIT_SURVEY, facts, campaign_id=campaign_id)


@change
def retire_question(db: Database, who: Identity, question_id: QuestionId) -> bool:
    """Retire a question, or delete it if no answer, no undo and no follow-up refers to it.

    Returns:
        Whether it was kept, with its answers.

    Raises:
        NotFound: If there is no such question.
        Refused: If it is retired already, or its campaign is archived.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        campaign_id, question = hold_question(tx, question_id)
        require_not_archived(tx, campaign_id)
        if question.retired:
            raise Refused(f"{question.text!r} is retired already.")
        kept = bool(recorded_choices(tx, campaign_id, question_id)) or _is_targeted(tx, "question_id", question_id)
        if kept:
            tx.conn.execute("UPDATE question SET retired = 1 WHERE id = ?", (question_id,))
        else:
            tx.conn.execute("DELETE FROM choice WHERE question_id = ?", (question_id,))
            tx.conn.execute("DELETE FROM question WHERE id = ?", (question_id,))
        record(tx, who, EventKind.EDIT_SURVEY, QuestionRetired(question.text, kept=kept), campaign_id=campaign_id)
        return kept


@change
def restore_question(db: Database, who: Identity, question_id: QuestionId) -> None:
    """Restore a retired question, and put it after all others.

    Raises:
        NotFound: If there is no such question.
        Refused: If it is not retired, or its campaign is archived.
    """
    who.require(Permission.EDIT_CONTENT)
    with db.writing() as tx:
        campaign_id, question = hold_question(tx, question_id)
        require_not_archived(tx, campaign_id)
        if not question.retired:
            raise Refused(f"{question.text!r} is asked already.")
        tx.conn.execute(
            """
            UPDATE question SET retired = 0,
                position = (SELECT COALESCE(MAX(position), 0) + 1 FROM question WHERE campaign_id = ?)
            WHERE id = ?
            """,
            (campaign_id, question_id),
        )
        record(tx, who, EventKind.EDIT_SURVEY, QuestionRestored(question.text), campaign_id=campaign_id)


def hold_question(tx: Transaction, question_id: QuestionId) -> tuple[CampaignId, Question]:
    """Hold the campaign of a question, and return both as `find_question` does."""
    row = tx.conn.execute("SELECT campaign_id FROM question WHERE id = ?", (question_id,)).fetchone()
    if row is not None:
        tx.hold(CampaignLock(CampaignId(row["campaign_id"])))
    return find_question(tx, question_id)


def find_question(tx: Transaction, question_id: QuestionId) -> tuple[CampaignId, Question]:
    """Return a question, retired or not, with its campaign; raise `NotFound` if there is none."""
    row = tx.conn.execute("SELECT campaign_id FROM question WHERE id = ?", (question_id,)).fetchone()
    if row is None:
        raise NotFound("That question is gone: somebody has deleted it meanwhile.")
    campaign_id = CampaignId(row["campaign_id"])
    found = questions(tx.conn, campaign_id, retired=True)
    return campaign_id, next(each for each in found if each.id == question_id)


def insert_question(tx: Transaction, campaign_id: CampaignId, text: str) -> QuestionId:
    """Store a question without choices, after all others."""
    row = tx.conn.execute(
        """
        INSERT INTO question (campaign_id, position, text)
        SELECT :campaign_id, COALESCE(MAX(position), 0) + 1, :text FROM question WHERE campaign_id = :campaign_id
        RETURNING id
        """,
        {"campaign_id": campaign_id, "text": text},
    ).fetchone()
    return QuestionId(row["id"])


def _require_never_recorded(
    tx: Transaction, campaign_id: CampaignId, question_id: QuestionId, dropped: Sequence[QuestionChoice]
) -> None:
    recorded = recorded_choices(tx, campaign_id, question_id)
    for choice in dropped:
        if choice.id not in recorded:
            continue
        if _is_targeted(tx, "choice_id", choice.id):
            raise Refused(f"A follow-up chooses its contacts by {choice.text!r}, so it stays.", Nothing.CHANGED)
        answers = tx.conn.execute(
            "SELECT COUNT(*) FROM answer WHERE question_id = ? AND choice_id = ?", (question_id, choice.id)
        ).fetchone()[0]
        contacts = pluralize(answers, "contact")
        why = f"is the answer of {contacts}" if answers else "was an answer that undo may bring back"
        raise Refused(f"{choice.text!r} {why}, so it stays.", Nothing.CHANGED)


def _is_targeted(tx: Transaction, column: str, id: int) -> bool:
    """Whether a follow-up, ended or not, uses a question or a choice to choose its contacts."""
    return tx.conn.execute(f"SELECT 1 FROM follow_up WHERE {column} = ? LIMIT 1", (id,)).fetchone() is not None


def recorded_choices(tx: Transaction, campaign_id: CampaignId, question_id: QuestionId) -> set[ChoiceId]:
    """Return the choices that cannot be deleted: an answer or a follow-up has them, or an undo may need them."""
    rows = tx.conn.execute(
        """
        SELECT choice_id FROM answer WHERE question_id = :id
        UNION SELECT choice_id FROM follow_up WHERE question_id = :id AND choice_id IS NOT NULL
        """,
        {"id": question_id},
    )
    recorded = {ChoiceId(row["choice_id"]) for row in rows}
    for each in recorded_answers(tx.conn, campaign_id, question_id):
        recorded |= {choice_id for choice_id in (each.before, each.after) if choice_id is not None}
    return recorded


def _fit(
    tx: Transaction, campaign_id: CampaignId, text: str, choices: Sequence[str], besides: QuestionId | None = None
) -> str:
    text, words = text.strip(), [choice.strip() for choice in choices]
    if not text:
        raise Refused("A question needs its words.", Nothing.CHANGED)
    require_storable(text, *words)
    others = [question for question in questions(tx.conn, campaign_id, retired=True) if question.id != besides]
    if known := next((question for question in others if question.text == text), None):
        is_there = "is there, but retired: restore it" if known.retired else "is asked already"
        raise Refused(f"{text!r} {is_there}.", Nothing.CHANGED)
    if not 1 <= len(words) <= MOST_CHOICES or not all(words):
        raise Refused(f"A question needs 1 to {MOST_CHOICES} choices, none of them empty.", Nothing.CHANGED)
    if len(set(words)) < len(words):
        raise Refused("Two choices are the same.", Nothing.CHANGED)
    return text


def _write_choices(tx: Transaction, question_id: QuestionId, choices: Sequence[ChosenText]) -> None:
    for place, (choice_id, words) in enumerate(choices, 1):
        if choice_id is None:
            tx.conn.execute(
                "INSERT INTO choice (question_id, position, text) VALUES (?, ?, ?)", (question_id, place, words.strip())
            )
        else:
            tx.conn.execute(
                "UPDATE choice SET position = ?, text = ? WHERE id = ? AND question_id = ?",
                (place, words.strip(), choice_id, question_id),
            )
