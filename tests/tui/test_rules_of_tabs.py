"""Every row of the table of tabs, their window, sorts and search, by keys (docs/rules.md 3.1 to 3.6).

What a tab is hidden by, and its count, is in test_tabs.py.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from tests.tui.moving import ABE, KIM, LEE, NORA, OLGA, OTTO, SAM, WILMA, fill_in, holder, one_of_each, shares
from tests.tui.office import SCRIPT, Office, Person
from thrumsg_tui.domain.campaigns import AnswerCondition, Setup, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ExportKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.follow_ups import create_follow_up, end_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.export_rows import export_rows
from thrumsg_tui.store.queries.follow_ups import follow_ups
from thrumsg_tui.store.queries.questions import questions

IRIS, STAN, FAY = "Iris In", "Stan Stop", "Fay Follow"
HIDDEN = "There is no tab {} here now; a count begins with 0: 0{}r."

INITIAL, RESPONSES, FOLLOW_UPS, OPT_OUTS, SENT = "1", "2", "3", "4", "5"


def follow_up(office: Office, text: str = "Polls close at 8, %first_name%.") -> None:
    """Make a follow-up for everybody in whose conversation somebody has written."""
    create_follow_up(office.db, office.ana, "Spring", "Hours", text)


async def listed(person: Person, tab: str) -> set[str]:
    """Go to a tab, and see who is in it."""
    await person.press(tab)
    return set(person.rows)


# What each tab holds (3.1, 3.3, 3.4)


@pytest.fixture
def everybody(office: Office) -> dict[str, ConversationId]:
    """Kim holds one of each, and one who wrote first, one who said STOP, and one with a follow-up to come."""
    made = {FAY: office.contact(FAY, texted=True)}
    office.survey("A ride?,Yes|No")
    record_answer(office.db, office.ana, made[FAY], "A ride?", "Yes")
    with office.db.reading() as conn:
        [asked] = questions(conn, office.campaigns["Spring"].id)
    create_follow_up(office.db, office.ana, "Spring", "Rides", "At 8.", target=Target(answer=AnswerCondition(asked.id)))
    made |= one_of_each(office)
    made[IRIS] = office.contact(IRIS)
    office.wrote(made[IRIS], "Who are you?")
    made[STAN] = office.contact(STAN, wrote="STOP")
    return made


async def test_every_tab_holds_what_its_row_says(office: Office, everybody: dict[str, ConversationId]) -> None:
    async with office.messenger() as person:
        assert await listed(person, INITIAL) == {NORA}
        assert await listed(person, RESPONSES) == {WILMA, ABE, IRIS}
        assert await listed(person, FOLLOW_UPS) == {FAY}
        assert await listed(person, OPT_OUTS) == {OLGA, OTTO, STAN}
        assert await listed(person, "t") == {SAM}
        assert person.tabs == {"initial": 1, "responses": 3, "follow-ups": 1, "opt-outs": 3, "sent": 1}


async def test_a_tab_that_is_not_there_says_so_and_keeps_its_number(office: Office) -> None:
    office.contact(WILMA, wrote="Hello")
    async with office.messenger() as person:
        for number, title in (("1", "Initial Messages"), ("3", "Follow-ups"), ("5", "Sent")):
            await person.press(number)
            assert person.notice == HIDDEN.format(title, number)
            assert person.rows == [WILMA]
        await person.press("4")
        assert person.rows == []
        await person.press("left_square_bracket")
        assert person.rows == [WILMA]


async def test_opting_out_and_in_moves_between_the_tabs(office: Office, everybody: dict[str, ConversationId]) -> None:
    async with office.messenger() as person:
        for name, tab in ((NORA, INITIAL), (WILMA, RESPONSES), (FAY, FOLLOW_UPS)):
            number = office.conversation(everybody[name]).phone
            assert name in await listed(person, tab)
            opt_out_number(office.db, office.ana, number)
            await person.wait_until(lambda name=name: name not in person.rows, "the end of the row")  # type: ignore[misc]
            assert name in await listed(person, OPT_OUTS)
            opt_in_number(office.db, office.ana, number)
            await person.wait_until(lambda name=name: name not in person.rows, "the end of the row")  # type: ignore[misc]
            # After an opt-out confirmation Wilma's is answered, and still a response.
            assert name in await listed(person, tab)


async def test_a_conversation_is_in_both_tabs_until_its_follow_up_is_sent(office: Office) -> None:
    abe = office.contact(ABE, wrote="Hello")
    send(office.db, office.ana, abe, body="Thanks")
    follow_up(office)
    async with office.messenger() as person:
        assert (await listed(person, RESPONSES), await listed(person, FOLLOW_UPS)) == ({ABE}, {ABE})
        await person.press("enter", "enter", "escape")
        assert person.tabs == {"responses": 1, "opt-outs": 0}
        assert await listed(person, RESPONSES) == {ABE}


async def test_an_ended_follow_up_takes_its_tab_along(office: Office) -> None:
    office.contact(SAM, texted=True)
    follow_up(office)
    async with office.messenger() as person:
        assert await listed(person, FOLLOW_UPS) == {SAM}
        with office.db.reading() as conn:
            [made] = follow_ups(conn, office.campaigns["Spring"].id)
        end_follow_up(office.db, office.ana, made.id)
        await person.wait_until(lambda: "follow-ups" not in person.tabs, "the end of the tab")
        assert await listed(person, "t") == {SAM}


# The initial window (3.2)


async def test_initials_stay_to_the_end_of_the_last_day_in_the_campaign_s_zone(bare: Office) -> None:
    bare.campaign(hours=DailyHours("America/New_York", 0, 1440), ends=date(2026, 3, 3))
    nora = bare.contact(NORA)
    async with bare.messenger() as person:
        bare.clock.now = datetime(2026, 3, 4, 4, 59, tzinfo=UTC)  # 23:59 in New York
        person.app.ask_again()
        await person.press("1")
        assert person.tabs == {"initial": 1, "responses": 0, "opt-outs": 0}
        bare.clock.forward(minutes=1)
        person.app.ask_again()
        await person.wait_until(lambda: "initial" not in person.tabs, "the end of the tab")
        await person.press("1")
        assert person.notice == HIDDEN.format("Initial Messages", 1)
        assert person.sees("sent 0/1")  # it is somebody's still, and can be moved
        await person.press("R")
        await fill_in(person, "a", to=[LEE])
        await person.press("enter")
    assert holder(bare, nora) == LEE


async def test_before_the_window_the_tab_is_there(bare: Office) -> None:
    bare.campaigns["Spring"] = create_campaign(
        bare.db, bare.ana, Setup("Spring", SCRIPT, hours=DailyHours("UTC", 0, 1440), starts=date(2026, 3, 10))
    )
    add_senders(bare.db, bare.ana, "Spring", ["kim", "lee"])
    nora = bare.contact(NORA)
    async with bare.messenger() as person:
        assert await listed(person, INITIAL) == {NORA}
        await person.press("enter", "enter")
        assert "waits until it may leave" in person.notice
    assert len(bare.bodies(nora)) == 1


# Sent, in no tab (3.3)


async def test_sent_ones_are_in_no_tab_and_yet_owned_counted_exported_and_moved(office: Office) -> None:
    sam = office.contact(SAM, texted=True)
    async with office.messenger() as person:
        for tab in (RESPONSES, OPT_OUTS):
            assert await listed(person, tab) == set()
        assert person.sees("sent 1/1")
        await person.press("q")
        assert person.sees("Total 1", "Sent 1", "1 assigned + 0 Unassigned = 1 contact")
        with office.db.reading() as conn:
            exported = io.StringIO()
            csv.writer(exported).writerows(export_rows(conn, ExportKind.CONVERSATIONS, office.campaigns["Spring"].id))
        assert SAM.split()[0] in exported.getvalue()
        assert KIM in exported.getvalue()
        await person.press("R")
        await fill_in(person, "a", to=[LEE])
        await person.press("enter")
    assert holder(office, sam) == LEE
    assert shares(office) == {"unassigned": 0, "kim": 0, "lee": 1}


async def test_the_sent_tab_holds_only_what_is_in_no_other(office: Office) -> None:
    sam = office.contact(SAM, texted=True)
    async with office.messenger() as person:
        await person.press("t")
        assert person.rows == [SAM]
        follow_up(office)
        await person.wait_until(lambda: person.rows == [], "the end of the row")
        assert person.tabs == {"responses": 0, "follow-ups": 1, "opt-outs": 0, "sent": 0}
        await person.press("3", "enter", "enter", "escape")
        assert await listed(person, SENT) == {SAM}
        office.wrote(sam, "Yes")
        await person.wait_until(lambda: person.rows == [], "the end of the row")
        assert await listed(person, RESPONSES) == {SAM}


# Sorts (3.1, 3.5)


@pytest.fixture
def four(office: Office) -> dict[str, ConversationId]:
    """Will waits longest and wrote again just now, then Wanda; New and Old are answered, New later."""
    made = {name: office.contact(name, texted=True) for name in ("Wanda W", "New N", "Old O", "Will W")}
    office.wrote(made["Will W"], "Hello")
    for name in ("Old O", "Wanda W", "New N"):
        office.wrote(made[name], "Hello")
        if name != "Wanda W":
            office.clock.forward(seconds=1)
            send(office.db, office.ana, made[name], body="Hi")
        office.clock.forward(minutes=1)
    office.wrote(made["Will W"], "Hello?")
    return made


async def test_needs_reply_puts_waiting_ones_on_top_and_after_them_the_newest(
    office: Office, four: dict[str, ConversationId]
) -> None:
    async with office.messenger() as person:
        assert person.sees(" 4 by Needs reply ▾ ")
        assert person.rows == ["Will W", "Wanda W", "New N", "Old O"]


@pytest.mark.parametrize(
    ("size", "head"), [((80, 24), " 2 marked of 4 by Needs reply ▾"), ((120, 40), "        2 marked of 4 │")]
)
async def test_the_number_of_marked_ones_stands_before_the_order_where_both_have_room(
    office: Office, four: dict[str, ConversationId], size: tuple[int, int], head: str
) -> None:
    async with office.messenger(size=size) as person:
        await person.press("space", "space")
        assert person.sees(head)


async def test_another_order_begins_at_the_top(office: Office, four: dict[str, ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("j", "j", "s")
        assert person.row == person.rows[0] == "Will W"


async def test_recent_goes_by_the_latest_message_either_way(office: Office, four: dict[str, ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("s")
        assert person.sees(" 4 by Recent ▾ ")
        assert person.rows == ["Will W", "New N", "Wanda W", "Old O"]
        send(office.db, office.ana, four["Old O"], body="One more thing")
        await person.wait_until(lambda: person.rows[0] == "Old O", "the newest on top")


async def test_a_to_z_goes_by_first_then_last_name_without_case(office: Office) -> None:
    for name in ("Bo Ash", "anna Zorn", "ANNA Miller", "Élan Vital", "Anna abel", "Eli East", "Anna"):
        office.contact(name, wrote="Hello")
    async with office.messenger() as person:
        await person.press("s", "s")
        assert person.sees("A to Z ▾")
        assert person.rows == ["Anna", "Anna abel", "ANNA Miller", "anna Zorn", "Bo Ash", "Élan Vital", "Eli East"]


async def test_ties_are_settled_by_id_in_every_order(office: Office) -> None:
    ids = [office.contact("Pat Same", texted=True) for _ in range(3)]
    for each in reversed(ids):
        receive(office.db, None, office.conversation(each).phone, "Hello")  # all at the same moment
    async with office.messenger() as person:
        for _ in range(3):
            assert [row.id for row in person.messenger.list_pane.list.rows] == ids
            await person.press("s")


async def test_opt_outs_are_sorted_like_responses_but_nobody_waits(office: Office) -> None:
    for name, words in (("Bo Berg", "STOP"), ("Ann Ames", "quit"), ("Cy Cole", "Stop.")):
        id = office.contact(name, wrote=words)
        if name == "Bo Berg":
            bo = id
    office.wrote(bo, "Did you hear me?")  # a contact who is opted out does not wait (1.3)
    office.clock.forward(minutes=1)
    async with office.messenger() as person:
        await person.press("4")
        assert person.rows == ["Bo Berg", "Cy Cole", "Ann Ames"]
        await person.press("s")
        assert person.rows == ["Bo Berg", "Cy Cole", "Ann Ames"]
        await person.press("s")
        assert person.rows == ["Ann Ames", "Bo Berg", "Cy Cole"]
        assert not any("●" in line.partition("│")[0] for line in person.lines if "Bo Berg" in line)


@pytest.mark.parametrize("tab", [INITIAL, FOLLOW_UPS])
async def test_initials_and_follow_ups_are_always_by_name(office: Office, tab: str) -> None:
    for name in ("Cy Cole", "ann Berg", "Bo Dunn", "Ann Ames"):
        office.contact(name, texted=tab == FOLLOW_UPS)
    if tab == FOLLOW_UPS:
        follow_up(office)
    async with office.messenger() as person:
        await person.press(tab)
        for _ in range(2):
            assert person.rows == ["Ann Ames", "ann Berg", "Bo Dunn", "Cy Cole"]
            await person.press("s")
            assert person.notice == "This tab is always in order of name."
        await person.press("2", "s", tab)
        assert person.rows == ["Ann Ames", "ann Berg", "Bo Dunn", "Cy Cole"]


# Search (3.1, 3.6)


@pytest.mark.parametrize("tab", [INITIAL, RESPONSES, FOLLOW_UPS, OPT_OUTS, "t"])
async def test_every_tab_is_searched(office: Office, tab: str) -> None:
    words = {RESPONSES: "Hello", OPT_OUTS: "STOP"}.get(tab, "")
    for name in ("Maria Lopez", "Dev Patel"):
        office.contact(name, wrote=words, texted=tab in {FOLLOW_UPS, "t"})
    if tab == FOLLOW_UPS:
        follow_up(office)
    async with office.messenger() as person:
        await person.press(tab, "slash")
        await person.type("lop")
        assert person.rows == ["Maria Lopez"]
        await person.press("escape")
        assert set(person.rows) == {"Maria Lopez", "Dev Patel"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("MARIA", ["Maria Lopez"]),
        ("a lo", ["Maria Lopez"]),  # across first and last name
        ("lopez maria", []),
        ("loez", []),
        ("[red]", ["[red]Ann[/red] O'Hara"]),
        ("ohara", []),
        ("o'h", ["[red]Ann[/red] O'Hara"]),
        ("\\", ["Back\\slash Ng"]),
        ("muller", ["Jörg Müller"]),
        ("JORG MÜ", ["Jörg Müller"]),
        ("5550001", ["Maria Lopez"]),
        ("(415) 555-0001", ["Maria Lopez"]),
        ("+1 415 555 0001", ["Maria Lopez"]),
        ("0003", ["Back\\slash Ng"]),
        ("maria 0001", []),  # words are looked for in names only
    ],
)
async def test_a_search_finds_names_and_digits(office: Office, typed: str, found: list[str]) -> None:
    for name in ("Maria Lopez", "[red]Ann[/red] O'Hara", "Back\\slash Ng", "Jörg Müller"):
        office.contact(name, wrote="Hello")
    async with office.messenger() as person:
        await person.press("slash")
        await person.type(typed)
        assert person.rows == found
        assert person.sees("Nothing matches") == (not found)


async def test_a_search_stays_while_one_works_in_the_tab_and_goes_with_the_sender(office: Office) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    office.contact("Mario Rossi", wrote="Hello")
    office.contact("Dev Patel", wrote="Hello")
    office.contact("Lena Long", "lee", wrote="Hello")
    async with office.messenger() as person:
        await person.press("slash")
        await person.type("mari")
        await person.press("enter", "enter")
        await person.type("Hi")
        await person.press("enter", "escape", "s")
        assert set(person.rows) == {"Maria Lopez", "Mario Rossi"}
        assert person.messenger.search.value == "mari"
        office.contact("Marie Curie", wrote="Hello")
        await person.wait_until(lambda: "Marie Curie" in person.rows, "the new match")
        await person.press("n")
        assert (person.rows, person.messenger.search.value) == (["Lena Long"], "")
    assert office.bodies(maria)[-1] == "Hi"
