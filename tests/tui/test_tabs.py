"""The tabs of the messenger: which are there when, and in what order their rows are (docs/rules.md 3.1 to 3.7)."""

from __future__ import annotations

from datetime import date

from tests.tui.office import Office
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.presence import show_presence
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.tui.timers import Timers


async def test_responses_and_opt_outs_are_always_there(office: Office) -> None:
    async with office.messenger() as person:
        assert person.tabs == {"responses": 0, "opt-outs": 0}


async def test_initials_are_there_while_any_are_left(office: Office) -> None:
    office.contact("Maria Lopez")
    async with office.messenger() as person:
        assert person.tabs == {"initial": 1, "responses": 0, "opt-outs": 0}
        await person.press("1", "enter", "enter")
        assert person.tabs == {"responses": 0, "opt-outs": 0}


async def test_initials_are_gone_once_their_window_is_over(bare: Office) -> None:
    bare.campaign(ends=date(2026, 3, 3))
    bare.contact("Maria Lopez")
    async with bare.messenger() as person:
        assert "initial" in person.tabs
        bare.clock.forward(days=1)
        person.app.ask_again()
        await person.wait_until(lambda: "initial" not in person.tabs, "the end of the tab")


async def test_an_opted_out_contact_is_in_opt_outs_only(office: Office) -> None:
    id = office.contact("Maria Lopez", wrote="Yes")
    opt_out_number(office.db, office.ana, office.conversation(id).phone)
    async with office.messenger() as person:
        assert person.tabs == {"responses": 0, "opt-outs": 1}


async def test_follow_ups_are_there_while_one_is_pending(office: Office) -> None:
    office.contact("Maria Lopez", texted=True)
    dev = office.contact("Dev Patel", wrote="Yes")
    async with office.messenger() as person:
        assert "follow-ups" not in person.tabs
        create_follow_up(office.db, office.ana, "Spring", "Hours", "Polls close at 8, %first_name%.")
        await person.wait_for("Follow-ups 2")
        assert person.tabs == {"responses": 1, "follow-ups": 2, "opt-outs": 0}  # 3.4: Dev is in two
        await person.press("3")
        assert person.rows == ["Dev Patel", "Maria Lopez"]
        await person.press("enter")
        assert person.box == "Polls close at 8, Dev."
        await person.press("enter")
        assert person.box == "Polls close at 8, Maria."
        await person.press("enter")
        assert person.tabs == {"responses": 1, "opt-outs": 0}
    assert office.bodies(dev)[-1] == "Polls close at 8, Dev."


async def test_the_sent_tab_is_off_until_it_is_switched_on(office: Office) -> None:
    office.contact("Maria Lopez", texted=True)
    async with office.messenger() as person:
        assert person.tabs == {"responses": 0, "opt-outs": 0}
        await person.press("t")
        assert person.tabs == {"responses": 0, "opt-outs": 0, "sent": 1}
        assert person.rows == ["Maria Lopez"]
        await person.press("t")
        assert person.tabs == {"responses": 0, "opt-outs": 0}


async def test_the_tab_beside_the_last_is_the_first(office: Office) -> None:
    office.contact("Maria Lopez")
    async with office.messenger() as person:
        await person.press("1")
        for key, tab in (
            ("right_square_bracket", Tab.RESPONSES),
            ("right_square_bracket", Tab.OPT_OUTS),
            ("right_square_bracket", Tab.INITIAL),
            ("left_square_bracket", Tab.OPT_OUTS),
        ):
            await person.press(key)
            assert person.messenger.state.tab is tab


async def test_the_longest_wait_is_on_top_and_keeps_its_place(office: Office) -> None:
    dev = office.contact("Dev Patel", wrote="Hello")
    office.contact("Ann Otieno", wrote="Hello")
    maria = office.contact("Maria Lopez", wrote="Hello")
    send(office.db, office.ana, maria, body="Hi")
    office.wrote(dev, "Hello?")
    async with office.messenger() as person:
        assert person.rows == ["Dev Patel", "Ann Otieno", "Maria Lopez"]


async def test_sorts_follow_each_other_and_are_remembered(office: Office) -> None:
    for name in ("Dev Patel", "Ann Otieno", "Maria Lopez"):
        office.contact(name, wrote="Hello")
    async with office.messenger() as person:
        await person.press("s")
        assert person.rows == ["Maria Lopez", "Ann Otieno", "Dev Patel"]
        await person.press("s")
        assert person.rows == ["Ann Otieno", "Dev Patel", "Maria Lopez"]
    async with office.messenger() as person:
        assert person.messenger.state.sort is ConversationSort.A_TO_Z
        assert person.rows == ["Ann Otieno", "Dev Patel", "Maria Lopez"]


async def test_every_tab_has_a_search_of_its_own(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    office.contact("Dev Patel", wrote="Hello")
    office.contact("Ann Otieno")
    async with office.messenger() as person:
        await person.press("2", "slash")
        await person.type("mar")
        assert person.rows == ["Maria Lopez"]
        await person.press("enter", "1")
        assert person.rows == ["Ann Otieno"]
        assert person.messenger.search.value == ""
        await person.press("2")
        assert (person.rows, person.messenger.search.value) == (["Maria Lopez"], "mar")
        await person.press("escape")
        assert (len(person.rows), person.messenger.search.value) == (2, "")


async def test_a_search_is_literal_and_knows_no_accents(office: Office) -> None:
    office.contact("José Núñez", wrote="Hello")
    office.contact("Percy 100%_x", wrote="Hello")
    async with office.messenger() as person:
        for wanted, found in {
            "nunez": ["José Núñez"],
            "%": ["Percy 100%_x"],
            "_": ["Percy 100%_x"],
            "é n": ["José Núñez"],
        }.items():
            await person.press("slash")
            person.messenger.search.value = wanted
            await person.wait_until(lambda found=found: person.rows == found, f"{found}")  # type: ignore[misc]
            await person.press("escape")


async def test_a_flag_and_a_dot_are_shown_where_they_belong(office: Office) -> None:
    office.contact("Maria Lopez", wrote="please stop")
    office.timers = Timers(reading=0)
    async with office.messenger() as person:
        line = next(line for line in person.lines if "Maria Lopez" in line.partition("│")[0])
        assert "● Maria Lopez ⚑ opt out?" in line
        assert person.banner == "May be an opt-out request: o opts out."
        await person.press("enter")
        await person.type("Sorry")
        await person.press("enter", "enter")
        line = next(line for line in person.lines if "Maria Lopez" in line.partition("│")[0])
        assert "●" not in line
        assert "⚑" not in line


async def test_the_last_initial_leads_on_to_responses(office: Office) -> None:
    office.contact("Maria Lopez")
    office.contact("Dev Patel", wrote="Hello")
    async with office.messenger() as person:
        await person.press("1", "enter", "enter")
        assert person.messenger.state.tab is Tab.RESPONSES
        assert person.row == "Dev Patel"


async def test_the_tab_that_is_open_looks_unlike_the_others(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Yes")
    async with office.messenger() as person:
        opened, other = person.style_of("Responses"), person.style_of("Opt Outs")
        assert opened != other
        await person.press("4")
        assert (person.style_of("Opt Outs"), person.style_of("Responses")) == (opened, other)


async def test_ages_stand_out_where_somebody_waits(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Yes")
    dev = office.contact("Dev Patel", wrote="No")
    send(office.db, office.ana, dev, body="Thanks")
    office.clock.forward(minutes=7)
    async with office.messenger() as person:
        assert person.row == "Maria Lopez"
        waits, waits_not = person.style_of(" 9 min "), person.style_of(" 7 min ")
        assert waits.color != waits_not.color
        assert waits_not.color == person.style_of("You (queued): Thanks").color


async def test_the_bar_says_whether_the_sender_on_view_is_online(office: Office) -> None:
    kim = office.identity("kim").user.id
    async with office.messenger() as person:
        assert "Viewing as: Kim Alvarez ▾   offline" in person.lines[1]
        show_presence(office.db, "kims", kim, office.campaigns["Spring"].id, None)
        await person.wait_until(lambda: "Viewing as: Kim Alvarez ▾   ● online" in person.lines[1], "Kim")


async def test_on_a_low_screen_each_contact_has_one_line(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    office.contact("Dev Patel", wrote="Who?")
    for height, apart in ((24, 2), (23, 1)):  # one of them is taken by the banner: no gateway has run
        async with office.messenger(size=(80, height)) as person:
            maria, dev = (next(n for n, line in enumerate(person.lines) if name in line) for name in ("Maria", "Dev"))
            assert dev - maria == apart
            assert person.sees("Hello", "Who?")
