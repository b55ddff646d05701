"""Recording survey answers (docs/rules.md 3.14)."""

import pytest

from tests.store.arranging import ask_everyone, give, journal, look_at, number, sentence_of, take_in
from thrumsg_tui.domain.campaigns import Campaign, Question, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.questions import questions


@pytest.fixture
def vote(db: Database, owner: Identity, spring: Campaign) -> Question:
    """The question `Will you vote?`, to be answered with Yes, No or 3."""
    ask_everyone(db, owner, "Spring", Will_you_vote="Yes|No|3", When="Early|Late")
    with db.reading() as conn:
        return questions(conn, spring.id)[0]


def answered(db: Database, conversation_id: ConversationId, question: Question) -> str | None:
    chosen = look_at(db, conversation_id).answers.get(question.id)
    return next((choice.text for choice in question.choices if choice.id == chosen), None)


def test_an_answer_is_recorded(db: Database, kim: Identity, ann: ConversationId, vote: Question) -> None:
    record_answer(db, kim, ann, vote.id, vote.choices[0].id)
    assert answered(db, ann, vote) == "Yes"


def test_a_new_answer_takes_the_place_of_the_old_one(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.text, "Yes")
    record_answer(db, owner, ann, vote.text, "No")
    assert answered(db, ann, vote) == "No"
    with db.reading() as conn:
        assert [row["user_id"] for row in conn.execute("SELECT user_id FROM answer")] == [owner.user.id]


def test_an_answer_can_be_cleared(db: Database, kim: Identity, ann: ConversationId, vote: Question) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    record_answer(db, kim, ann, vote.id, None)
    assert look_at(db, ann).answers == {}


def test_each_question_has_an_answer_of_its_own(
    db: Database, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "No")
    record_answer(db, kim, ann, "When?", "Late")
    assert len(look_at(db, ann).answers) == 2


def test_recording_changes_neither_messages_nor_status(
    db: Database, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    before = look_at(db, ann)
    record_answer(db, kim, ann, vote.id, "Yes")
    after = look_at(db, ann)
    assert (after.messages, after.status, after.sender_login) == (before.messages, before.status, before.sender_login)


def test_an_opted_out_contact_can_have_answers(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    opt_out_number(db, owner, number(0))
    record_answer(db, kim, ann, vote.id, "Yes")
    assert answered(db, ann, vote) == "Yes"


def test_a_choice_that_reads_as_a_number_is_found_by_its_text_first(
    db: Database, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    assert vote.choices[2].id == 3
    record_answer(db, kim, ann, vote.id, "3")
    assert answered(db, ann, vote) == "3"
    record_answer(db, kim, ann, vote.id, "1")
    assert answered(db, ann, vote) == "Yes"


def test_the_same_answer_again_changes_nothing(
    db: Database, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    before = len(journal(db))
    assert record_answer(db, kim, ann, vote.id, "Yes") is None
    assert len(journal(db)) == before


@pytest.mark.parametrize(("question", "choice"), [("Who?", "Yes"), ("Will you vote?", "Maybe"), ("Will you vote?", "")])
def test_a_question_or_choice_that_there_is_not_is_not_found(
    db: Database, kim: Identity, ann: ConversationId, vote: Question, question: str, choice: str
) -> None:
    with pytest.raises(NotFound):
        record_answer(db, kim, ann, question, choice)


def test_another_campaigns_question_is_not_asked_here(
    db: Database, owner: Identity, ann: ConversationId, vote: Question
) -> None:
    create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    [elsewhere] = take_in(db, owner, "Fall", ["Ann Otieno"])
    with pytest.raises(NotFound):
        record_answer(db, owner, elsewhere, vote.id, "Yes")


def test_a_sender_records_in_their_own_conversations_only(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    give(db, owner, spring, "lee", [ann])
    with pytest.raises(Refused, match="Lee Bishop's now"):
        record_answer(db, kim, ann, vote.id, "Yes")


def test_it_is_in_the_journal_and_in_the_thread(
    db: Database, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    event = record_answer(db, kim, ann, vote.id, "Yes")
    entry = journal(db)[0]
    assert (entry.id, entry.kind, entry.by, entry.undoable) == (event, EventKind.ANSWER, "kim", True)
    assert sentence_of(look_at(db, ann).events[-1]) == "Will you vote? Yes, by Kim Alvarez"


def test_undo_brings_the_old_answer_back_and_redo_the_new_one(
    db: Database, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    record_answer(db, kim, ann, vote.id, "No")
    undone = undo(db, kim)
    assert answered(db, ann, vote) == "Yes"
    undo(db, kim, undone.event)
    assert answered(db, ann, vote) == "No"


def test_undoing_the_first_answer_clears_it(db: Database, kim: Identity, ann: ConversationId, vote: Question) -> None:
    record_answer(db, kim, ann, vote.id, "Yes")
    undo(db, kim)
    assert look_at(db, ann).answers == {}


def test_an_answer_that_was_changed_again_since_is_left(
    db: Database, owner: Identity, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    event = record_answer(db, kim, ann, vote.id, "Yes")
    record_answer(db, owner, ann, vote.id, "No")
    assert undo(db, kim, event).event is None
    assert answered(db, ann, vote) == "No"


def test_a_sender_undoes_answers_in_their_own_conversations_only(
    db: Database, owner: Identity, spring: Campaign, kim: Identity, ann: ConversationId, vote: Question
) -> None:
    event = record_answer(db, owner, ann, vote.id, "Yes")
    give(db, owner, spring, "lee", [ann])
    with pytest.raises(Refused):
        undo(db, kim, event)
