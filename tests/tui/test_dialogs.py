"""What lies over a screen: pickers, questions, bulk moves, look-ups, the journal (docs/rules.md 3.8, 3.9, 4, 5.2)."""

from __future__ import annotations

import pytest

from tests.tui.office import PATIENCE, Office, Person
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen
from thrumsg_tui.tui.timers import Timers


@pytest.fixture
def maria(office: Office) -> ConversationId:
    """Waits longest of three."""
    id = office.contact("Maria Lopez", wrote="Hello")
    office.contact("Dev Patel", wrote="Hello")
    office.contact("Ann Otieno", wrote="Hello")
    return id


def holder(office: Office, id: ConversationId) -> str:
    """Who has a conversation."""
    return office.conversation(id).sender_name


async def pick(person: Person, name: str) -> None:
    """Choose a sender in the picker that is open."""
    assert isinstance(person.app.screen, SenderPicker)
    await person.type(name)
    await person.press("enter")


async def test_the_open_conversation_is_given_to_somebody(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("r")
        assert person.sees("Reassign Maria Lopez to")
        await pick(person, "lee")
        assert holder(office, maria) == "Lee Bishop"
        assert "Moved 1 conversation from Kim Alvarez to Lee Bishop; z undoes it." in person.notice
        assert person.row == "Dev Patel"
        await person.press("z")
        assert holder(office, maria) == "Kim Alvarez"


async def test_the_cursor_is_on_the_first_sender_who_matches(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("r")
        await pick(person, "s")  # Unassigned matches too, and stands on top
        assert holder(office, maria) == "Lee Bishop"


async def test_escape_in_the_picker_moves_nothing(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("r")
        await person.type("lee")
        await person.press("escape", "escape")
        assert isinstance(person.app.screen, MessengerScreen)
    assert holder(office, maria) == "Kim Alvarez"


async def test_a_search_without_a_match_chooses_nobody(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("r")
        await person.type("zzz")
        assert person.sees("No sender of this campaign matches; + on the overview adds somebody")
        await person.press("enter")
        assert isinstance(person.app.screen, SenderPicker)
    assert holder(office, maria) == "Kim Alvarez"


async def test_marked_conversations_are_asked_about_first(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("A", "r")
        assert person.sees("Reassign 3 conversations to")
        await pick(person, "lee")
        assert person.sees("Move 3 conversations of Kim Alvarez to Lee Bishop?")
        await person.press("enter")  # the safe answer
        assert holder(office, maria) == "Kim Alvarez"
        await person.press("r")
        await pick(person, "lee")
        await person.press("y")
        assert holder(office, maria) == "Lee Bishop"
        assert person.messenger.list_pane.list.marks == set()


async def test_marks_stay_with_their_conversations(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("space")
        office.wrote(office.contact("Bo Berg", wrote="Hello"), "Hello?")
        await person.wait_for("Bo Berg")
        line = next(line for line in person.lines if "Maria Lopez" in line.partition("│")[0])
        assert line.startswith("▐")
        assert person.messenger.list_pane.list.marks == {maria}


async def test_a_search_does_not_widen_what_is_marked(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("slash")
        await person.type("maria")
        await person.press("enter", "A", "escape")
        assert person.messenger.list_pane.list.marks == {maria}


async def test_what_is_marked_is_not_carried_to_another_sender(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("A", "n")
        assert person.messenger.list_pane.list.marks == set()


async def test_opting_out_tells_what_is_sent_and_asks(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("o")
        assert person.question.startswith("Opt Maria Lopez out, in all campaigns?")
        assert "You are now opted-out and will receive no further messages." in person.question
        await person.press("n")
        assert not office.conversation(maria).opted_out
        await person.press("o", "y")
        assert office.conversation(maria).opted_out
        assert person.row == "Dev Patel"
        await person.press("z")
        assert not office.conversation(maria).opted_out


async def test_a_word_that_is_typed_by_mistake_opts_nobody_out(office: Office, maria: ConversationId) -> None:
    """docs/rules.md 12.2: `Sorry` in the list, where `o` asks and `y` would answer."""
    office.timers = Timers(reading=PATIENCE)
    async with office.messenger() as person:
        await person.press("o")
        assert not person.sees("press it again")
        await person.press("r", "r", "y")
        assert person.sees("That key came at once after another key: press it again.")
        assert not office.conversation(maria).opted_out
        office.timers = Timers()
    async with office.messenger() as person:
        await person.press("o", "y")
        assert office.conversation(maria).opted_out


async def test_who_was_texted_is_told_what_the_question_says(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("o")
        _, told = person.question.split("all campaigns? They are told: ")
        await person.press("y")
    assert f"“{office.bodies(maria)[-1]}”" == told


async def test_who_was_never_texted_is_told_nothing(office: Office) -> None:
    id = office.contact("Maria Lopez")
    async with office.messenger() as person:
        await person.press("o")
        assert person.question.endswith("They are told nothing: no campaign that can send has texted them.")
        await person.press("y")
    assert office.bodies(id) == []


async def test_opting_in_sends_nothing(office: Office, maria: ConversationId) -> None:
    opt_out_number(office.db, office.ana, office.conversation(maria).phone)
    before = office.bodies(maria)
    async with office.messenger() as person:
        await person.press("4", "o")
        assert person.question == "Opt Maria Lopez in again, in all campaigns? No message is sent."
        await person.press("y")
    assert not office.conversation(maria).opted_out
    assert office.bodies(maria) == before


async def test_answers_are_reached_by_arrows_too(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("o", "left", "enter")
    assert office.conversation(maria).opted_out


async def test_unassign_all_shows_what_it_does_before(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("R")
        assert person.sees("Unassign All", "Reassign Some", "Reassign All")
        await person.press("u")
        await person.wait_for("Kim Alvarez → Unassigned", "3 of 3")
        await person.press("escape")
        assert holder(office, maria) == "Kim Alvarez"
        await person.press("R", "u")
        await person.wait_for("Enter moves 3")
        await person.press("enter")
        await person.wait_until(lambda: holder(office, maria) == "Unassigned", "the move")
        assert "z undoes it" in person.notice
        await person.press("z", "y")
        assert holder(office, maria) == "Kim Alvarez"


async def test_a_preview_is_what_is_done(office: Office, maria: ConversationId) -> None:
    campaign = office.campaigns["Spring"]
    async with office.messenger() as person:
        await person.press("R", "u")
        await person.wait_for("Enter moves 3")
        request = Request(campaign.id, FromConversations((maria,)), ToAssignments((office.assignment("lee"),)))
        reassign(office.db, office.ana, request)
        await person.press("enter")
        await person.wait_for("moved by somebody else meanwhile")
    assert holder(office, maria) == "Lee Bishop"


async def test_a_number_is_looked_up(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("p")
        assert person.sees("+14155550001", "Not opted out", "Maria Lopez", "Spring", "Kim Alvarez")
        await person.press("escape")
        assert isinstance(person.app.screen, MessengerScreen)


async def test_the_journal_says_who_did_what(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("r")
        await pick(person, "lee")
        await person.press("H")
        assert person.sees("History", "moved 1 conversation from Kim Alvarez to Lee Bishop", "can be undone")
        await person.press("escape")
        assert isinstance(person.app.screen, MessengerScreen)


async def test_the_help_comes_and_goes(office: Office) -> None:
    async with office.app() as person:
        for key in ("escape", "q", "question_mark", "enter"):
            await person.press("question_mark")
            assert person.sees("─ Keys ─")
            await person.press(key)
            assert not person.sees("─ Keys ─")


@pytest.mark.parametrize(
    ("size", "lines"),
    [
        ((60, 18), ["Enter        Write: Open the conversation and go", "             to the message box"]),
        ((80, 24), ["Enter        Write: Open the conversation and go to the message box"]),
    ],
)
async def test_the_help_leaves_its_sentences_the_most_of_a_narrow_window(
    office: Office, maria: ConversationId, size: tuple[int, int], lines: list[str]
) -> None:
    async with office.messenger(size=size) as person:
        await person.press("question_mark")
        shown = [line.strip(" │▁▂▃▄▅▆▇█") for line in person.lines]
        place = shown.index(lines[0])
        assert [each.strip() for each in shown[place : place + len(lines)]] == [each.strip() for each in lines]


async def test_keys_that_have_no_room_in_one_line_go_on_in_the_next(office: Office, maria: ConversationId) -> None:
    async with office.messenger(size=(80, 100)) as person:
        await person.press("question_mark")
        (place,) = (y for y, line in enumerate(person.lines) if "Reply by number: Put" in line)
        keys = [person.lines[place + line][4:17].strip() for line in range(2)]
        assert " ".join(keys) == "alt+1 to alt+9"


async def test_a_large_window_shows_all_keys_of_the_messenger_at_once(office: Office, maria: ConversationId) -> None:
    del maria
    async with office.messenger(size=(200, 60)) as person:
        await person.press("question_mark")
        ends = "Write: Open the conversation", "after a reply, or stays", "Redraw: Write", "in doubt: nobody knows"
        assert [end for end in ends if not person.sees(end)] == []
        assert person.sees(": by name    Notices: Read again")


@pytest.mark.parametrize(("width", "columns"), [(80, 1), (120, 2), (200, 3)])
async def test_the_help_has_as_many_columns_as_have_room(
    office: Office, maria: ConversationId, width: int, columns: int
) -> None:
    del maria
    async with office.messenger(size=(width, 60)) as person:
        await person.press("question_mark")
        first = next(line for line in person.lines if "Messenger  " in line and "▸" not in line)
        titles = [title for title in first.strip(" │▁▂▃▄▅▆▇█").split("  ") if title]
        assert len(titles) == columns


async def test_the_number_is_copied(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("y")
        assert person.notice.startswith("Copied (415) 555-0001. If the terminal did not take it, mark it here")
        assert person.app.clipboard == office.conversation(maria).phone


async def test_an_opt_out_is_taken_back_by_the_same_key(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("o", "y")
        assert person.notice == "Maria Lopez is opted out; z undoes it."
        await person.press("4", "o")
        assert person.question == "Opt Maria Lopez in again, in all campaigns? No message is sent."
        await person.press("y")
        assert person.notice == "Maria Lopez is opted in; z undoes it."
    assert not office.conversation(maria).opted_out


async def test_after_an_opt_out_z_puts_the_cursor_on_whoever_comes_back(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("j", "o", "y")
        assert person.rows == ["Maria Lopez", "Ann Otieno"]
        await person.press("g", "z")
        assert person.row == "Dev Patel"


# Redacted numbers (docs/rules.md 3.20)


@pytest.fixture
def redacted(office: Office, maria: ConversationId) -> Office:
    """Maria's number is hidden."""
    change_setting(office.db, office.ana, "redact_phones", "on")
    return office


def sees_number(person: Person) -> bool:
    """Whether Maria's number can be read, however it is written."""
    return "5550001" in person.screen.replace("-", "").replace(" ", "")


async def test_a_redacted_number_shows_two_digits(redacted: Office) -> None:
    async with redacted.messenger() as person:
        assert not sees_number(person)
        await person.press("y")
        assert "cannot be copied" in person.notice
        await person.press("o", "y", "H")
        assert not sees_number(person)


async def test_looking_a_redacted_number_up_shows_no_more(redacted: Office) -> None:
    async with redacted.messenger() as person:
        await person.press("p")
        assert person.sees("Type a phone number.")
        assert not sees_number(person)


async def test_taking_an_opt_out_back_shows_no_redacted_number(redacted: Office) -> None:
    async with redacted.messenger() as person:
        await person.press("o", "y", "z")
        assert "Undone" in person.notice
        assert not sees_number(person)


async def test_a_number_that_is_not_whole_yet_is_not_taken_for_damage(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for_damage: list[object] = []

    def look(*args: object) -> str:
        looked_for_damage.append(args)
        return ""

    monkeypatch.setattr("thrumsg_tui.store.database_errors._damage", look)
    async with office.messenger() as person:
        await person.press("p", *"415")
        assert person.sees("too few digits"), person.screen
    assert looked_for_damage == []


async def test_notes_are_redacted_in_the_thread_the_lookup_and_the_list(redacted: Office) -> None:
    opt_out_number(redacted.db, redacted.ana, "+14155550001", "asked from (415) 555-0001")
    async with redacted.messenger() as person:
        await person.press("4")
        assert person.sees("•••-••01")
        assert not sees_number(person)
        await person.press("p")
        await person.type("4155550001")
        await person.wait_until(lambda: person.sees("asked from (•••) •••-••01"), "the note in the lookup")
        assert person.screen.replace("-", "").replace(" ", "").count("5550001") == 1, "only what was typed"


async def test_what_another_did_to_the_open_conversation_is_told_without_the_number(redacted: Office) -> None:
    async with redacted.messenger(login="kim") as person:
        opt_out_number(redacted.db, redacted.ana, "+14155550001", "asked from (415) 555-0001")
        told = "Maria Lopez: opted out by Ana Ortiz: asked from (•••) •••-••01."
        await person.wait_until(lambda: person.notice == told, "what Ana did")


async def test_redacted_digits_cannot_be_searched_for(redacted: Office) -> None:
    async with redacted.messenger() as person:
        await person.press("slash")
        await person.type("5550001")
        assert person.rows == []


async def test_digits_find_nothing_from_the_redaction_on(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("slash")
        await person.type("5550001")
        assert person.rows == ["Maria Lopez"]
        change_setting(office.db, office.ana, "redact_phones", "on")
        await person.wait_until(lambda: person.rows == [], "a list without a match")
