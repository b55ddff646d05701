"""The tours of the practice campaign: they wait for what is done, and lead to their end whoever obeys them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.new_database import Template
from tests.tui.touring import Visitor, touring
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.gateway.practice import CAMPAIGN, TOUR_SEED, prepare
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.campaigns import find_campaign, totals
from thrumsg_tui.store.queries.history import EVERYTHING, history
from thrumsg_tui.tui.commands import all_commands
from thrumsg_tui.tui.commands.command import _remapped
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.tour.guide import Guide, commands_in, with_keys
from thrumsg_tui.tui.tour.scene import asks_to_be_left
from thrumsg_tui.tui.tour.steps import WAYS_BACK, Place, Scene, Tour
from thrumsg_tui.tui.tour.strip import TourStrip, wrapped
from thrumsg_tui.tui.tour.touring import TOURS

pytestmark = pytest.mark.only_sqlite("a practice database is a file")

TEXTS = [text for tour in TOURS.values() for step in tour.steps for text in step.all_texts]
TEXTS += list(WAYS_BACK.values())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The database with which a tour begins, made once."""
    path = tmp_path_factory.mktemp("practice") / "practice.db"
    prepare(path, "ana", "Ana", "Ortiz", seed=TOUR_SEED, clock=Clock(), zone="UTC").close()
    return Template(path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(built: Template, tmp_path: Path) -> Path:
    """A copy of it."""
    path = built.copy(tmp_path / "practice.db")
    assert isinstance(path, Path)
    return path


def own_changes(database: Path, clock: Clock) -> list[EventKind]:
    """What was done since the tour began, the first thing first."""
    db = Database(database, clock=clock)
    with db.reading() as conn:
        events = [each for each in history(conn, EVERYTHING, oldest_first=True) if each.at >= Clock().now]
    db.close()
    return [each.kind for each in events if each.by == "ana" and each.kind not in {EventKind.CREATE_FOLLOW_UP}]


# The steps


def test_every_key_that_is_named_belongs_to_a_command() -> None:
    known = {each.id for each in all_commands() if each.keys}
    named = {id for text in TEXTS for id in commands_in(text)}
    assert len(named) > 30
    assert named - known == set()


def test_what_is_said_follows_a_remap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_remapped, "app.undo", "ctrl+y u")
    assert with_keys("Press {app.undo} now.") == [("Press ", ""), ("ctrl+y", "accent"), (" now.", "")]


def test_what_is_said_has_room_in_80_columns() -> None:
    assert [text for text in TEXTS if len(wrapped(with_keys(text), 80)) > 2] == []
    points = [step.point for tour in TOURS.values() for step in tour.steps if step.point]
    assert [point for point in points if len(point) > 78] == []


def test_a_presenter_always_has_something_to_say() -> None:
    assert [step.title for step in TOURS["presenter"].steps if not step.point] == []
    assert [step.title for step in TOURS["newcomer"].steps if step.point] == []


@pytest.mark.parametrize("tour", TOURS.values(), ids=list(TOURS))
def test_only_the_last_step_has_no_end(tour: Tour) -> None:
    assert [step.done is None for step in tour.steps] == [False] * (len(tour.steps) - 1) + [True]


def test_what_was_done_before_a_step_does_not_count() -> None:
    guide = Guide(TOURS["presenter"], since=10)  # type: ignore[arg-type]
    guide.note_command("senders.sort")
    assert guide.look(Scene(Place.OVERVIEW), newest=12)  # type: ignore[arg-type]
    assert (guide.index, guide.since) == (1, 12)
    assert not guide.look(Scene(Place.OVERVIEW), newest=12)  # type: ignore[arg-type]


# Walking through


async def test_a_newcomer_who_obeys_comes_from_the_overview_to_a_move_that_is_undone(
    database: Path, clock: Clock
) -> None:
    async with touring(database, clock) as newcomer:
        keys = await newcomer.finish()
        assert keys < 40
        assert newcomer.strip[0].startswith("Tour 12/12 You know your way")
    assert own_changes(database, clock) == [
        *(EventKind.SEND, EventKind.SEND, EventKind.OPT_OUT, EventKind.ANSWER),
        *(EventKind.REASSIGN, EventKind.UNDO),
    ]


async def test_a_presenter_who_obeys_comes_to_the_end_and_is_answered_on_the_way(database: Path, clock: Clock) -> None:
    async with touring(database, clock, "presenter", (120, 40)) as presenter:
        await presenter.finish()
        assert presenter.strip[1] == TOURS["presenter"].steps[-1].point
    done = own_changes(database, clock)
    assert done == [
        *(EventKind.SEND, EventKind.SEND, EventKind.ANSWER, EventKind.OPT_OUT),
        *(EventKind.REASSIGN, EventKind.UNDO),
    ]


async def test_the_strip_takes_rows_and_hides_nothing(database: Path, clock: Clock) -> None:
    async with touring(database, clock, tour=None) as visitor:
        assert not visitor.app.screen.query(TourStrip)
        top, rows = visitor.lines[0], len(visitor.lines)
        await visitor.demo.begin("newcomer")
        await visitor.wait_for("Tour 1/12")
        assert visitor.lines[3] == top
        assert len(visitor.lines) == rows
        assert visitor.sees("370 assigned + 30 Unassigned")
        await visitor.run("list.choose")
        await visitor.run("messenger.viewing_as")
        assert visitor.lines[0].startswith(" Tour 2/12")
        assert visitor.sees("Type maya", "type to search", "Enter chooses")


async def test_in_a_narrow_window_nothing_that_is_said_is_cut(database: Path, clock: Clock) -> None:
    async with touring(database, clock, size=(60, 18)) as visitor:
        await visitor.finish()
        said = " ".join(line.strip() for line in visitor.lines[1:4])
        assert said.endswith("F9 ends the tour; the campaign stays for you to practise.")


async def test_a_wrong_key_works_as_always_and_is_answered(database: Path, clock: Clock) -> None:
    async with touring(database, clock) as visitor:
        await visitor.run("senders.sort")
        assert "s was “Sort”: no harm done" in visitor.strip[0]
        await visitor.press("W")
        assert "W does nothing here" in visitor.strip[0]
        await visitor.run("app.help")
        assert visitor.strip[1] == "Esc closes the help."
        await visitor.run("help.leave")
        assert visitor.guide.index == 0
        await visitor.run("list.choose")
        assert visitor.guide.index == 1
        assert "no harm" not in visitor.strip[0]


async def test_who_goes_astray_is_told_the_way_back(database: Path, clock: Clock) -> None:
    async with touring(database, clock) as visitor:
        await visitor.run("list.choose")
        await visitor.run("app.history")
        assert visitor.strip[1] == "q goes back to the screen before."
        await visitor.run("app.back")
        assert visitor.strip[1].startswith("The bar “Viewing as”")
        await visitor.run("messenger.open")
        assert visitor.strip[1] == "Esc goes back to the list."


async def skip_to(visitor: Visitor, title: str) -> None:
    """Go to a step of a tour without doing those before it."""
    while visitor.guide.step.title != title:
        await visitor.run("tour.skip")


async def open_maya(visitor: Visitor) -> None:
    """Go to Maya's conversations."""
    await open_sender(visitor, "maya")


async def open_sender(visitor: Visitor, login: str) -> None:
    """Go to somebody's conversations."""
    await visitor.run("list.choose")
    await visitor.run("messenger.viewing_as")
    await visitor.type(login)
    await visitor.run("picker.choose")


async def go_to_flag(visitor: Visitor, *, flagged: bool) -> None:
    """Go down the list to a contact who asks to be left alone, or to one who does not."""
    for _ in range(30):
        if asks_to_be_left(visitor.app.under_dialogs) == flagged:
            return
        await visitor.run("list.down")
    raise AssertionError(f"No such contact:\n{visitor.screen}")


async def test_nobody_is_told_to_write_to_a_contact_who_asks_to_be_left_alone(database: Path, clock: Clock) -> None:
    async with touring(database, clock) as visitor:
        await open_maya(visitor)
        await go_to_flag(visitor, flagged=True)
        await visitor.run("messenger.open")
        for title in ("A reply", "A recommended reply", "Choosing and sending"):
            await skip_to(visitor, title)
            assert visitor.strip[1].startswith("This contact asks to be left alone: Esc goes to the list")
        await visitor.run("box.leave")
        assert visitor.strip[1].startswith("This contact asks to be left alone: j and k go to another one")


async def test_an_opt_out_is_asked_for_where_a_contact_asks_for_it(database: Path, clock: Clock) -> None:
    async with touring(database, clock) as visitor:
        await open_maya(visitor)
        await go_to_flag(visitor, flagged=False)
        await visitor.run("messenger.open")
        await skip_to(visitor, "An opt-out")
        assert "this contact does not. Esc goes to the list" in visitor.strip[1]
        await visitor.run("box.leave")
        assert "j and k go to one" in visitor.strip[1]
        await visitor.run("messenger.opt_out")
        assert visitor.strip[1].startswith("The contact under the cursor does not ask to be left alone. n leaves")
        await visitor.run("question.leave")
        await go_to_flag(visitor, flagged=True)
        assert visitor.strip[1].endswith("o opts the contact under the cursor")
        await visitor.run("messenger.opt_out")
        assert visitor.strip[1].startswith("A question says what will happen")


async def test_an_opt_out_that_nobody_asked_for_does_not_end_the_step(database: Path, clock: Clock) -> None:
    async with touring(database, clock) as visitor:
        await open_maya(visitor)
        await go_to_flag(visitor, flagged=False)
        await skip_to(visitor, "An opt-out")
        await visitor.run("messenger.opt_out")
        await visitor.run("answer.yes")
        assert visitor.guide.step.title == "An opt-out"
        await go_to_flag(visitor, flagged=True)
        await visitor.run("messenger.open")
        await visitor.run("triage.opt_out")
        await visitor.run("answer.yes")
        assert visitor.guide.step.title == "A survey answer"


@pytest.mark.parametrize(("login", "other"), [("lee", "maya"), ("maya", "lee")])
async def test_nobody_is_told_to_give_a_sender_s_conversations_to_that_sender(
    database: Path, clock: Clock, login: str, other: str
) -> None:
    async with touring(database, clock) as visitor:
        await open_sender(visitor, login)
        await skip_to(visitor, "Marking")
        assert f"go to {other.capitalize()}." in visitor.strip[1]
        for title in ("Marking", "Reassigning"):
            while visitor.guide.step.title == title:
                await visitor.obey()
        assert visitor.guide.step.title == "Undo"
    async with touring(database, clock, "presenter") as presenter:
        await open_sender(presenter, login)
        await skip_to(presenter, "Moving work")
        while presenter.guide.step.title == "Moving work":
            await presenter.obey()
            assert f"Type {other}" in presenter.strip[2] or presenter.place is not Place.BULK


async def test_the_end_of_a_tour_speaks_of_a_question_that_still_waits(database: Path, clock: Clock) -> None:
    async with touring(database, clock) as visitor:
        await visitor.run("list.choose")
        await skip_to(visitor, "Undo")
        await visitor.run("messenger.opt_out")
        await visitor.run("tour.skip")
        assert visitor.strip[1] == "This question still waits. y is yes, n leaves everything as it is."
        await visitor.run("question.leave")
        assert visitor.strip[1].startswith("That was the tour.")


def test_no_text_says_to_whom_a_person_has_moved_or_written() -> None:
    """They may have chosen others than a step before has named."""
    words = [word for text in TEXTS for word in ("Lee's", "Maya's again", "Alice", "yellow") if word in text]
    assert words == []
    assert [step.point for step in TOURS["presenter"].steps if "Alice" in step.point or "Tomás's" in step.point] == []


async def test_a_step_can_be_skipped_and_the_tour_be_left(database: Path, clock: Clock) -> None:
    async with touring(database, clock) as visitor:
        await visitor.run("tour.skip")
        assert visitor.strip[0].startswith("Tour 2/12")
        await visitor.run("tour.leave")
        assert not visitor.app.screen.query(TourStrip)
        assert visitor.notice.startswith("The tour has ended")
        await visitor.run("list.choose")
        assert not visitor.app.screen.query(TourStrip)


async def test_the_list_has_two_lines_a_conversation_again_once_a_tour_is_left(database: Path, clock: Clock) -> None:
    """Also where a thread was scrolled before: Textual then told the list nothing of the rows that it has got."""
    async with touring(database, clock) as visitor:
        await open_maya(visitor)
        await visitor.press("2", "G", "enter", "escape")
        assert visitor.messenger.list_pane.list.row_height == 1
        await visitor.run("tour.leave")
        assert visitor.messenger.list_pane.list.row_height == 2


async def test_a_tour_begins_again_from_anywhere_with_the_campaign_as_new(database: Path, clock: Clock) -> None:
    async with touring(database, clock) as visitor:
        await visitor.run("list.choose")
        await visitor.run("messenger.open")
        await visitor.type("A draft")
        await visitor.run("box.leave")
        await visitor.run("messenger.opt_out")
        await visitor.run("answer.yes")
        await visitor.run("messenger.opt_out")
        assert visitor.place is Place.QUESTION
        await visitor.run("tour.presenter")
        await visitor.wait_until(lambda: isinstance(visitor.app.screen, OverviewScreen), "the overview")
        assert visitor.strip[0].startswith("Tour 1/12 Twelve senders")
        assert len(visitor.app.screen_stack) == 2, "the question is left, and nothing is open below"
        with visitor.app.store.db.reading() as conn:
            assert totals(conn, find_campaign(conn, CAMPAIGN).id).opted_out == 17
            assert conn.execute("SELECT COUNT(*) FROM draft").fetchone()[0] == 0


async def test_a_tour_begins_again_from_a_form_in_which_something_was_typed(database: Path, clock: Clock) -> None:
    async with touring(database, clock) as visitor:
        await visitor.run("manage.edit")
        await visitor.type("Autumn")
        await visitor.run("tour.newcomer")
        await visitor.wait_for("Tour 1/12")
        assert visitor.place is Place.OVERVIEW
        assert len(visitor.app.screen_stack) == 2


async def test_what_was_done_in_the_demo_is_not_lost_unasked(database: Path, clock: Clock) -> None:
    async with touring(database, clock, tour=None) as visitor:
        await visitor.run("list.choose")
        await visitor.run("messenger.opt_out")
        await visitor.run("answer.yes")
        await visitor.run("tour.newcomer")
        assert "what you have done in it is gone then" in visitor.question
        await visitor.run("question.leave")
        assert visitor.notice.startswith("No tour was begun")
        assert own_changes(database, clock) == [EventKind.OPT_OUT]
        await visitor.run("tour.newcomer")
        await visitor.run("answer.yes")
        await visitor.wait_for("Tour 1/12")
    assert own_changes(database, clock) == []


async def test_contacts_answer_in_a_tour_that_was_begun_again(database: Path, clock: Clock) -> None:
    """The delivery of the campaign before knows nothing of the new one's messages."""
    async with touring(database, clock) as visitor:
        await visitor.run("tour.newcomer")
        await visitor.wait_for("Tour 1/12")
        while visitor.guide.step.title != "A recommended reply":
            await visitor.obey()
        clock.forward(seconds=6)
        await visitor.reach(lambda: state_of(visitor.app.store.db, MessageKind.REPLY) == "sent", "the message sent")
        clock.forward(seconds=6)
        await visitor.reach(lambda: answered(visitor.app.store.db, "+16285550123"), "an answer")


def state_of(db: Database, kind: MessageKind) -> str:
    """The state of the newest message of a kind."""
    with db.reading() as conn:
        row = conn.execute("SELECT state FROM message WHERE kind = ? ORDER BY id DESC LIMIT 1", (kind,)).fetchone()
    return str(row["state"])


def answered(db: Database, phone: str) -> bool:
    """Whether the last word is a contact's."""
    with db.reading() as conn:
        row = conn.execute(
            """
            SELECT message.direction FROM message
            JOIN conversation ON conversation.id = message.conversation_id
            JOIN contact ON contact.id = conversation.contact_id
            WHERE contact.phone = ? ORDER BY message.id DESC LIMIT 1
            """,
            (phone,),
        ).fetchone()
    return bool(row["direction"] == "incoming")


# Around it


async def test_the_help_of_the_demo_has_the_keys_of_tours(database: Path, clock: Clock) -> None:
    async with touring(database, clock, tour=None, size=(120, 120)) as visitor:
        await visitor.run("app.help")
        assert visitor.sees("Tours of the practice campaign", "F6", "Begin the tour for newcomers")


async def test_the_demo_offers_the_tours_on_its_first_screen(database: Path, clock: Clock) -> None:
    async with touring(database, clock, tour=None) as visitor:
        assert visitor.notice.startswith("New here? F6 shows you round")
        assert visitor.demo.guide is None


def test_the_app_without_a_demo_knows_nothing_of_tours() -> None:
    program = "import sys, thrumsg_tui.tui.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "thrumsg_tui.tui.key_queue" in loaded
    assert [name for name in loaded if ".tour" in name or "demo" in name or "practice" in name] == []
