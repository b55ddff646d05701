"""Taking users, replies, survey questions and opt-outs in (docs/rules.md 3.14, 3.15, 5, 8.1)."""

from pathlib import Path

import pytest

from tests.store.arranging import journal, sentence_of
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.questions import retire_question
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.imports.opt_outs import import_opt_outs
from thrumsg_tui.store.imports.replies import import_replies
from thrumsg_tui.store.imports.result import Imported
from thrumsg_tui.store.imports.survey import import_survey
from thrumsg_tui.store.imports.users import import_users
from thrumsg_tui.store.queries.history import history
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.recommended_replies import recommended_replies
from thrumsg_tui.store.queries.thread import get_conversation, get_opt_out
from thrumsg_tui.store.queries.users import find_user, identify


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


def counted(done: Imported) -> tuple[int, int, int, int]:
    return done.imported, done.updated, done.unchanged, done.duplicates


def reasons(done: Imported) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in done.rejected]


def test_users_are_senders_unless_the_file_says_otherwise(db: Database, owner: Identity, path: Path) -> None:
    path.write_text("login,first_name,last_name,email,role\nmo,Mo,Diaz,mo@x.example,\nben,Ben,,,Moderator\nmo,,,,\n")
    assert counted(import_users(db, owner, path)) == (2, 0, 0, 1)
    with db.reading() as conn:
        assert (find_user(conn, "mo").role, find_user(conn, "mo").email) == (Role.SENDER, "mo@x.example")
        assert find_user(conn, "ben").role is Role.MODERATOR


def test_a_known_login_gets_what_the_file_says_and_keeps_the_rest(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text("login,first_name,email,role\nkim,Kimberly,,admin\nlee,Lee,,\n")
    assert counted(import_users(db, owner, path)) == (0, 1, 1, 0)
    with db.reading() as conn:
        kim = find_user(conn, "kim")
    assert (kim.name, kim.role) == ("Kimberly Alvarez", Role.ADMIN)


@pytest.mark.parametrize("rows", ["login,email\nmo,\n", "login,last_name\nmo,Dias\n"])
def test_a_file_without_an_address_leaves_the_one_that_is_known(
    db: Database, owner: Identity, path: Path, rows: str
) -> None:
    add_user(db, owner, "mo", "Mo", "Diaz", email="mo@x.example", role=Role.SENDER)
    path.write_text(rows)
    import_users(db, owner, path)
    with db.reading() as conn:
        assert find_user(conn, "mo").email == "mo@x.example"


def test_each_role_that_a_file_gives_is_in_the_journal(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text("login,first_name,role\nkim,Kim,admin\nnew,Nell,owner\nzoe,Zoe,\n")
    import_users(db, owner, path)
    said = [sentence_of(each) for each in journal(db)]
    assert "made kim admin, was sender" in said
    assert "added Nell (new) as owner" in said
    assert not [each for each in said if "zoe" in each]


def test_unknown_roles_bad_logins_and_the_last_owner_are_rejected(db: Database, owner: Identity, path: Path) -> None:
    path.write_text("login,role\nmo,boss\ntwo words,\n,sender\nana,admin\nben,\n")
    done = import_users(db, owner, path)
    assert done.imported == 1
    assert reasons(done) == [
        (2, "'boss' is not a role; there are sender, moderator, admin, owner"),
        (3, "'two words' cannot be a login: it must be one word."),
        (4, "no login"),
        (5, "ana is the only owner; make somebody else an owner first."),
    ]


def test_an_admin_can_neither_give_a_higher_role_nor_take_one(db: Database, owner: Identity, path: Path) -> None:
    add_user(db, owner, "ada", "Ada", "Berg", role=Role.ADMIN)
    add_user(db, owner, "otto", "Otto", "Dahl", role=Role.OWNER)
    with db.reading() as conn:
        ada = identify(conn, "ada")
    path.write_text("login,role\nmo,moderator\notto,sender\nada,owner\nben,sender\n")
    done = import_users(db, ada, path)
    assert (done.imported, [each.line for each in done.rejected]) == (1, [2, 3, 4])


def test_a_reply_of_a_known_title_gets_the_new_body_within_its_scope(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text("title,body\nHours,Until eight\nWhere,Oak School\nHours,again\n,x\nEmpty,\n")
    done = import_replies(db, owner, path, "Spring")
    assert (counted(done), reasons(done)) == ((2, 0, 0, 1), [(5, "no title"), (6, "no body")])
    assert counted(import_replies(db, owner, path)) == (2, 0, 0, 1)
    path.write_text("title,body\nHours,Until nine\nWhere,Oak School\n")
    assert counted(import_replies(db, owner, path, "Spring")) == (0, 1, 1, 0)
    with db.reading() as conn:
        found = [(each.title, each.body, each.is_global) for each in recommended_replies(conn, spring.id)]
    assert found == [
        ("Hours", "Until nine", False),
        ("Where", "Oak School", False),
        ("Hours", "Until eight", True),
        ("Where", "Oak School", True),
    ]


def choices(db: Database, spring: Campaign) -> list[str]:
    with db.reading() as conn:
        return [choice.text for choice in questions(conn, spring.id)[0].choices]


def test_a_survey_takes_one_to_nine_choices(db: Database, owner: Identity, spring: Campaign, path: Path) -> None:
    many = "|".join("abcdefghij")
    path.write_text(f"question,choices\nWill you vote?,Yes | No|Yes|\nWhen?,\nWhy?,{many}\nOne?,x\n,y\n")
    done = import_survey(db, owner, path, "Spring")
    assert done.imported == 2
    assert reasons(done) == [(3, "no choices"), (4, "10 choices; 9 is the most"), (6, "no question")]
    assert choices(db, spring) == ["Yes", "No"]
    assert import_survey(db, owner, path, "Spring").unchanged == 2


def test_choices_that_were_ever_recorded_stay_so_that_undo_can_bring_them_back(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text("first,phone\nAnn,4155550142\n")
    import_contacts(db, owner, path, "Spring")
    path.write_text("question,choices\nWill you vote?,Yes|No|Maybe|Never\n")
    import_survey(db, owner, path, "Spring")
    ann = ConversationId(1)
    record_answer(db, owner, ann, "Will you vote?", "Maybe")
    record_answer(db, owner, ann, "Will you vote?", "No")
    path.write_text("question,choices\nWill you vote?,Sure|Yes\n")
    assert counted(import_survey(db, owner, path, "Spring")) == (0, 1, 0, 0)
    assert choices(db, spring) == ["Yes", "No", "Maybe", "Sure"]
    undo(db, owner)
    with db.reading() as conn:
        asked = questions(conn, spring.id)[0]
        assert get_conversation(conn, ann).answers == {asked.id: asked.choices[2].id}


def test_a_retired_question_that_a_file_has_again_comes_back_and_counts_as_updated(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text("first,phone\nAnn,4155550142\n")
    import_contacts(db, owner, path, "Spring")
    path.write_text("question,choices\nWill you vote?,Yes|No\n")
    import_survey(db, owner, path, "Spring")
    record_answer(db, owner, ConversationId(1), "Will you vote?", "No")
    with db.reading() as conn:
        [asked] = questions(conn, spring.id)
    retire_question(db, owner, asked.id)
    assert counted(import_survey(db, owner, path, "Spring")) == (0, 1, 0, 0)
    assert choices(db, spring) == ["Yes", "No"]


def test_imported_opt_outs_hold_everywhere_and_nobody_is_told(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text("first,phone\nAnn,4155550142\n")
    import_contacts(db, owner, path, "Spring")
    path.write_text("phone,note\n(415) 555-0142,Phoned us\n4155550149,\n+14155550149,\nx,\n,lost\n")
    done = import_opt_outs(db, owner, path)
    assert counted(done) == (2, 0, 0, 1)
    assert reasons(done) == [(5, "'x' is not a phone number."), (6, "no phone number")]
    with db.reading() as conn:
        ann = get_conversation(conn, ConversationId(1))
        stored = get_opt_out(conn, "+14155550149")
        summary = sentence_of(history(conn)[0])
    assert ann.opted_out
    assert ann.opt_out is not None
    assert (ann.opt_out.kind, ann.opt_out.note, ann.messages) == ("imported", "Phoned us", ())
    assert stored is not None
    assert summary == "took in opt-outs from file.csv: 2 imported, 1 duplicates, 2 rejected"
    assert counted(import_opt_outs(db, owner, path)) == (0, 0, 2, 1)


def test_imported_opt_outs_may_say_so_in_the_cell_of_the_number(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text("phone\nDo not call 4155550101\nDNC 4155550102\n", encoding="utf-8")
    assert counted(import_opt_outs(db, owner, path)) == (2, 0, 0, 0)


def test_a_dry_run_of_opt_outs_leaves_everybody_in(db: Database, owner: Identity, spring: Campaign, path: Path) -> None:
    path.write_text("phone\n4155550142\n")
    assert import_opt_outs(db, owner, path, ImportOptions(dry_run=True)).imported == 1
    with db.reading() as conn:
        assert get_opt_out(conn, "+14155550142") is None
