"""Survey, recommended replies and info beside a conversation (docs/rules.md 3.14 to 3.16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.tui.office import Office, Person
from thrumsg_tui.domain.campaigns import QuestionId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.reassignment import FromEveryone, Request, ToAssignments
from thrumsg_tui.store.changes.campaigns import edit_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.tui.theme import LOOKS


@pytest.fixture
def maria(office: Office) -> ConversationId:
    """Waits longest, in a campaign with a survey and recommended replies."""
    office.survey("Will you vote?,Yes|No|Undecided", "Need a ride?,Yes|No")
    office.replies("Where,At the library.", "Thanks,Thank you %first_name%!")
    office.replies("Sorry,Sorry to bother you.", campaign=None)
    return office.contact("Maria Lopez", wrote="Hello")


def answers(office: Office, id: ConversationId) -> int:
    """How many questions are answered."""
    return len(office.conversation(id).answers)


async def test_digits_answer_one_question_after_another(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("e", "1")
        assert person.sees("(•) Yes")
        assert answers(office, maria) == 1
        await person.press("2")
        assert person.sees("(•) No")
        assert answers(office, maria) == 2
    assert len(office.bodies(maria)) == 2
    assert office.conversation(maria).status == "needs_reply"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_question_that_the_digits_answer_has_an_arrow_and_the_look_of_a_chosen_row(
    office: Office, maria: ConversationId, size: tuple[int, int]
) -> None:
    office.survey("Where do you vote?,At the library|By mail")
    questions = ("Will you vote?", "Need a ride?", "Where do you vote?")
    async with office.messenger(size=size) as person:
        await person.press("e", "1", "escape", "e")  # begins with the first question without an answer
        for chosen in ("Need a ride?", "Where do you vote?", "Need a ride?"):
            assert [each for each in questions if f"▸ {each}" in person.screen] == [chosen]
            assert person.style_of(f"▸ {chosen}").bgcolor == LOOKS["cursor"].bgcolor
            assert person.style_of("Will you vote?").bgcolor != LOOKS["cursor"].bgcolor
            await person.press("j" if chosen == "Need a ride?" else "k")
        await person.press("escape")
        assert "▸ W" not in person.screen
        assert "▸ N" not in person.screen


LAST_WORDS = "and is it the same place as last time?"


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (90, 24), (100, 30), (120, 40), (200, 60)])
@pytest.mark.parametrize("key", ["e", "a", "i"])
async def test_the_words_that_are_answered_stay_in_sight(
    office: Office, maria: ConversationId, size: tuple[int, int], key: str
) -> None:
    office.wrote(maria, f"Where do I go, what do I bring, how long will it take, {LAST_WORDS}")
    async with office.messenger(size=size) as person:
        await person.press(key)
        letters_are_typed = key == "a"
        assert person.sees("Maria Lopez", "Survey  Replies  Info" if letters_are_typed else "e Survey a Replies i Info")
        assert "last time?" in person.screen


async def test_a_reply_that_is_cut_ends_in_an_ellipsis(office: Office, maria: ConversationId) -> None:
    office.replies("Long," + "It is a long way to the library from here. " * 40, "Short,Short of it.")
    async with office.messenger(size=(80, 24)) as person:
        await person.press("a", *"long")
        title = person.lines.index(next(line for line in person.lines if line.strip().endswith("1 Long")))
        assert person.lines[-2].endswith("…")
        assert all("library" in line for line in person.lines[title + 1 : -1])
        await person.press(*["backspace"] * 4, *"short")
        assert not any(line.strip().endswith("…") for line in person.lines[title:])


async def test_the_sidebar_is_as_wide_as_its_choices_and_the_thread_stays_wider(
    office: Office, maria: ConversationId
) -> None:
    choice = "Will vote early at the city hall"
    office.survey(f"How?,{choice}|At the polling place where I have voted since I was eighteen")
    async with office.messenger() as person:
        assert not person.sees(f"( ) {choice}")  # more than three tenths of the screen
        assert person.messenger.conversation.size.width > person.messenger.sidebar.size.width
    async with office.messenger(size=(200, 60)) as person:
        assert person.sees(f"( ) {choice}")


async def test_what_clears_an_answer_is_said_once(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("e")
        assert [line for line in person.lines if "0 clears" in line] == [person.lines[-1]]


async def test_another_answer_takes_its_place_and_0_clears_it(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("e", "1", "k", "3")
        assert person.sees("(•) Undecided")
        assert answers(office, maria) == 1
        await person.press("k", "0")
        assert person.sees("( ) Undecided")
        assert answers(office, maria) == 0


async def test_what_became_of_an_answer_is_said(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("e", "1")
        assert person.notice == "Answer recorded; z undoes it."
        await person.press("k", "0")
        assert person.notice == "Answer cleared; z undoes it."
        await person.press("escape")
        assert person.messenger.list_pane.list.has_focus
        assert person.notice == "Answer cleared; z undoes it."


async def test_z_takes_an_answer_back(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("e", "1", "escape", "z")
        assert "Undone" in person.notice
        assert answers(office, maria) == 0
        assert not person.sees("(•)")


async def test_a_digit_without_a_choice_does_nothing(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("e", "9")
        assert answers(office, maria) == 0
        assert person.messenger.sidebar.survey.has_focus


async def test_an_opted_out_contact_may_be_answered_for(office: Office, maria: ConversationId) -> None:
    opt_out_number(office.db, office.ana, office.conversation(maria).phone)
    async with office.messenger() as person:
        await person.press("4", "e", "1")
        assert answers(office, maria) == 1
        assert office.conversation(maria).opted_out


async def test_a_retired_question_is_not_asked(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("e")
        assert person.sees("Will you vote?", "Need a ride?")
    assert all(isinstance(question, int) for question in office.conversation(maria).answers or [QuestionId(1)])


async def test_the_campaign_s_replies_are_above_those_for_all(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("a")
        order = [
            text for line in person.lines for text in ("Where", "Thanks", "For every campaign", "Sorry") if text in line
        ]
        assert order[:4] == ["Where", "Thanks", "For every campaign", "Sorry"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_replies_are_shown_as_the_contact_would_get_them(
    office: Office, maria: ConversationId, size: tuple[int, int]
) -> None:
    """And a field without a value stands out, since it prevents sending (docs/rules.md 7.1)."""
    office.replies("Place,%first_name% at %county%")
    office.contact("Dev Patel", wrote="Hello")
    async with office.messenger(size=size) as person:
        await person.press("a")
        assert person.sees("Thank you Maria!", "Maria at %county%")
        assert person.style_of("%county%").color == LOOKS["warning"].color
        await person.type("maria")  # what is seen is found
        assert person.sees("Thank you Maria!")
        await person.press("escape", "escape", "j")
        assert person.row == "Dev Patel"
        await person.press("a")
        assert person.sees("Thank you Dev!")


async def test_replies_are_whole_where_there_is_room_and_else_as_long_as_there_is(
    office: Office, maria: ConversationId
) -> None:
    del maria
    text = "It is a long way to the library from here. " * 6
    office.replies(f"First,{text}A", f"Second,{text}B", f"Third,{text}C")
    for size, shown in (((200, 60), 3), ((200, 30), 0)):
        async with office.messenger(size=size) as person:
            await person.press("a")
            pane = [line[162:].strip() for line in person.lines[2:-1]]
            assert sum(line.endswith(("here. A", "here. B", "here. C")) for line in pane) == shown
            assert sum(line.endswith("…") for line in pane) == 3 - shown
            assert pane[pane.index("For every campaign") - 1] == ""
            assert len([line for line in pane if line]) > 15


async def test_the_reply_under_the_cursor_stays_in_sight(office: Office, maria: ConversationId) -> None:
    del maria
    office.replies(*(f"Reply {letter},{letter * 200}" for letter in "ABCDEFGH"))
    async with office.messenger(size=(80, 24)) as person:
        await person.press("a", *["down"] * 10)
        assert person.sees("Sorry to bother you.")
        assert not person.sees("At the library.")
        await person.press(*["up"] * 10)
        assert person.sees("1 Where")


async def test_the_bottom_line_and_the_head_say_what_the_keys_do_among_the_replies(
    office: Office, maria: ConversationId
) -> None:
    del maria
    for keys, way in (("a",), "Esc, then"), (("enter", "ctrl+r"), "Esc, Esc, then"):
        async with office.messenger(size=(120, 40)) as person:
            await person.press(*keys)
            assert person.sees("1 to 9 picks, or type to search  Enter chooses", f"{way} r Reassign  o Opt Out")
            await person.press(*["escape"] * way.count("Esc"), "r")
            assert person.sees("Reassign Maria Lopez")


async def choose(person: Person, digit: str, before: str = "") -> None:
    """Choose a recommended reply, with something in the box before."""
    await person.press("enter")
    await person.type(before)
    await person.press("escape", "a", digit)


async def test_a_reply_is_filled_in_and_not_sent(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await choose(person, "2")
        assert person.box == "Thank you Maria!"
        assert person.messenger.box.has_focus
    assert len(office.bodies(maria)) == 2


async def test_a_draft_is_replaced_if_one_wants(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await choose(person, "1", "Dear Maria.")
        assert person.sees("There is something in the message box already.")
        await person.press("r")
        assert person.box == "At the library."
        await person.wait_until(lambda: office.draft(maria) == "At the library.", "the draft")


async def test_a_reply_is_appended_if_one_wants(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await choose(person, "1", "Dear Maria.")
        await person.press("a")
        assert person.box == "Dear Maria. At the library."


@pytest.mark.parametrize("key", ["n", "escape", "enter"])
async def test_a_draft_is_left_alone_if_one_wants(office: Office, maria: ConversationId, key: str) -> None:
    async with office.messenger() as person:
        await choose(person, "1", "Dear Maria.")
        await person.press(key)
        assert person.box == "Dear Maria."


async def test_replies_are_searched_as_one_types(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("a")
        await person.type("bother")
        assert not person.sees("Where")
        await person.press("enter")
        assert person.box == "Sorry to bother you."
        await person.press("escape", "a")
        await person.type("bother")
        await person.press("escape")
        assert person.sees("Where")
        await person.type("bother")
        await person.press("enter")
        assert person.sees("Replace")


async def test_the_cursor_stays_on_a_reply_that_is_found_where_the_texts_become_others(
    office: Office, maria: ConversationId
) -> None:
    office.replies("One,Ask Kim", "Two,%sender_first_name% will call", "Three,%sender_first_name% will write")
    campaign, lee = office.campaigns["Spring"].id, office.assignment("lee")
    async with office.messenger() as person:
        await person.press("a")
        await person.type("kim")
        await person.press("down", "down")
        reassign(office.db, office.ana, Request(campaign, FromEveryone(), ToAssignments((lee,))))
        await person.wait_until(lambda: not person.sees("Three"), "the texts of another sender")
        await person.press("enter")
        assert person.box == "Ask Kim"


async def test_a_field_without_a_value_is_pointed_out(office: Office, maria: ConversationId) -> None:
    office.replies("Place,Vote at %polling_location%.")
    async with office.messenger() as person:
        await person.press("a")
        await person.type("place")
        await person.press("enter")
        assert person.banner == "%polling_location% is not filled in; put the words in its place."
        assert person.send_key == "a field is not filled in"


async def test_info_tells_about_the_campaign(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("i")
        assert person.sees("Spring", "active", "Ana Ortiz", "00:00 to 24:00", "Contacts", "QuickSend", "Reply rate")


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (None, None, "on any day"),
        (date(2026, 3, 1), None, "from 2026-03-01 on"),
        (None, date(2026, 3, 9), "until 2026-03-09"),
        (date(2026, 3, 1), date(2026, 3, 9), "2026-03-01 to 2026-03-09"),
    ],
)
async def test_info_tells_on_which_days_initials_are_sent(
    office: Office, maria: ConversationId, starts: date | None, ends: date | None, said: str
) -> None:
    campaign = office.campaigns["Spring"]
    edit_campaign(office.db, office.ana, campaign.id, replace(campaign.setup, starts=starts, ends=ends))
    async with office.messenger(size=(80, 60)) as person:
        await person.press("i")
        (line,) = (line for line in person.lines if "Initial messages" in line)
        assert line.endswith(f" {said}")


@pytest.fixture
def rosa(office: Office) -> ConversationId:
    """Has fields, and a conversation with Lee in another campaign."""
    rosa = office.contact("Rosa Diaz", wrote="Hello")
    autumn = office.campaign("Autumn")
    file, phone = office.folder / "rosa.csv", office.conversation(rosa).phone
    row = f"Rosa,Diaz,{phone},Gull Point,rosa@example.org,Jo (415) 555-0199"
    file.write_text(f"First Name,Last Name,Cell,City,Email,Friend\n{row}\n", encoding="utf-8")
    import_contacts(office.db, office.ana, file, "Autumn")
    lees = ToAssignments((office.assignment("lee", "Autumn"),))
    reassign(office.db, office.ana, Request(autumn.id, FromEveryone(), lees))
    return rosa


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_info_tells_of_the_contact_first(office: Office, rosa: ConversationId, size: tuple[int, int]) -> None:
    async with office.messenger(size=size) as person:
        await person.press("i")
        pane = person.messenger.sidebar.info
        info = [strip.text.strip() for strip in pane._strips]
        assert info[0] == "Rosa Diaz"
        shown = "\n".join(info[: info.index("Campaign")])
        for text in ("(415) 555-0001", "needs reply", "Kim Alvarez", "Gull Point", "rosa@example.org", "555-0199"):
            assert text in shown
        assert "not started, lee" in info[info.index("In other campaigns") + 1]
        assert "Autumn" in info[info.index("In other campaigns") + 1]
        assert pane.scroll_offset.y == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_info_says_that_there_is_no_other_conversation(
    office: Office, maria: ConversationId, size: tuple[int, int]
) -> None:
    async with office.messenger(size=size) as person:
        await person.press("i")
        assert any("No other conversation." in strip.text for strip in person.messenger.sidebar.info._strips)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_texts_of_info_stand_in_a_column(office: Office, rosa: ConversationId, size: tuple[int, int]) -> None:
    opt_out_number(office.db, office.ana, office.conversation(rosa).phone, note="x" * 200)
    async with office.messenger(size=size) as person:
        await person.press("4", "i")
        info = [strip.text for strip in person.messenger.sidebar.info._strips]
        entries = (
            ("Phone", "(415)"),
            ("Held by", "Kim"),
            ("City", "Gull"),
            ("Autumn", "not started"),
            ("Quiet hours", "off"),
            ("Note", "xx"),
        )
        places = {next(line.index(text) for line in info if line.startswith(f" {title} ")) for title, text in entries}
        assert len(places) == 1
        assert all(line.endswith(" ") for line in info)


async def test_info_hides_numbers_in_fields_where_numbers_are_hidden(office: Office, rosa: ConversationId) -> None:
    change_setting(office.db, office.ana, "redact_phones", "on")
    async with office.messenger() as person:
        await person.press("i")
        assert person.sees("(•••) •••-••01", "•••-••99")
        assert not person.sees("555-0199")


async def test_a_sender_sees_no_other_assignment_in_info(office: Office, rosa: ConversationId) -> None:
    async with office.messenger(login="kim") as person:
        await person.press("i")
        assert person.sees("Gull Point", "Campaign")
        assert not person.sees("Autumn")


async def test_info_follows_the_cursor(office: Office, maria: ConversationId, rosa: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("i", "escape")
        assert not person.sees("Gull Point")
        await person.press("j")
        assert person.row == "Rosa Diaz"
        assert person.sees("Gull Point", "Autumn")


async def test_the_sidebar_is_reached_and_left_in_a_narrow_window(office: Office, maria: ConversationId) -> None:
    async with office.messenger(size=(80, 24)) as person:
        await person.press("e")
        assert person.sees("1 ( ) Yes")
        assert not person.sees("/ search")
        await person.press("escape")
        assert person.sees("/ search")
        assert not person.sees("Will you vote?")


async def test_in_a_roomy_window_the_list_has_its_tabs_in_a_line_and_the_thread_stays_the_widest(
    office: Office, maria: ConversationId
) -> None:
    del maria
    for text in ("Maria", "Dev", "Ann"):
        office.contact(f"{text} Lopez", wrote="Hello")
    async with office.messenger(size=(200, 60)) as person:
        screen = person.messenger
        widths = [each.outer_size.width for each in (screen.list_pane, screen.conversation, screen.sidebar)]
        assert widths[1] == max(widths)
        assert widths[0] > 70
        assert widths[2] == 40


async def test_the_bottom_line_says_how_to_leave_the_info(office: Office, maria: ConversationId) -> None:
    del maria
    async with office.messenger(size=(80, 24)) as person:
        await person.press("i")
        assert person.lines[-1].startswith(" Esc back ")
        await person.press("escape")
        assert "back" not in person.lines[-1]
