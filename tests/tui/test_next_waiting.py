"""`u`: whoever waits next, the one under the cursor first (docs/rules.md 3.5, 3.19)."""

from __future__ import annotations

import pytest

from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId

NORA = "Nora North"


async def test_the_first_who_waits_is_not_passed_over_in_a_list_that_was_just_opened(
    office: Office, dev: ConversationId
) -> None:
    async with office.messenger(size=(80, 24)) as person:
        await person.press("u")
        assert person.row == "Maria Lopez"
        assert person.notice == "Maria Lopez waits: Enter opens the conversation, u goes on to the next."
        await person.press("u")
        assert person.row == "Dev Patel"


async def test_after_the_last_who_waits_comes_the_first_again(office: Office, dev: ConversationId) -> None:
    async with office.messenger() as person:
        for name in ("Maria Lopez", "Dev Patel", "Maria Lopez", "Dev Patel"):
            await person.press("u")
            assert person.row == name


@pytest.mark.parametrize("visit", [["enter", "escape"], ["e", "escape"], ["a", "escape"], ["i", "escape"]])
async def test_who_was_opened_is_passed_over(office: Office, dev: ConversationId, visit: list[str]) -> None:
    async with office.messenger() as person:
        await person.press(*visit, "u")
        assert person.row == "Dev Patel"


async def test_who_waits_and_was_only_reached_by_the_cursor_is_not_passed_over(
    office: Office, dev: ConversationId
) -> None:
    office.contact("Ann Otieno", wrote="Hello")
    async with office.messenger() as person:
        await person.press("u", "j", "u")
        assert person.row == "Dev Patel"
        await person.press("u")
        assert person.row == "Ann Otieno"


async def test_who_moves_up_under_the_cursor_is_not_passed_over(office: Office, dev: ConversationId) -> None:
    """The cursor keeps its place when a conversation leaves the list (docs/rules.md 3.19)."""
    async with office.messenger() as person:
        await person.press("u", "o", "y")
        assert person.row == "Dev Patel"
        await person.press("u")
        assert person.row == "Dev Patel"
        assert person.notice.startswith("Dev Patel waits")
        await person.press("u")
        assert person.notice == "Nobody else waits for a reply."


async def test_from_the_box_it_is_always_another_one(office: Office, dev: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter", "ctrl+g")
        assert person.row == "Dev Patel"
        assert person.messenger.box.has_focus
        await person.press("escape", "u")
        assert person.row == "Maria Lopez"


async def test_the_chord_opens_the_box_of_the_first_who_waits(office: Office, dev: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("ctrl+g")
        assert person.row == "Maria Lopez"
        assert person.messenger.box.has_focus


async def test_after_a_reply_the_next_who_waits_is_opened_already(office: Office, dev: ConversationId) -> None:
    office.contact("Ann Otieno", wrote="Hello")
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Yes")
        await person.press("enter")
        assert person.row == "Dev Patel"
        await person.press("escape", "u")
        assert person.row == "Ann Otieno"


async def test_another_sender_s_first_is_reached_once(office: Office, maria: ConversationId) -> None:
    office.contact("Lena Long", "lee", wrote="Hello")
    office.contact("Zoe Young", "lee", wrote="Hello")
    async with office.messenger() as person:
        for name in ("Maria Lopez", "Lena Long", "Zoe Young", "Maria Lopez"):
            await person.press("u")
            assert person.row == name


async def test_the_first_of_a_sender_who_was_chosen_by_hand_is_not_passed_over(
    office: Office, maria: ConversationId
) -> None:
    office.contact("Lena Long", "lee", wrote="Hello")
    office.contact("Zoe Young", "lee", wrote="Hello")
    async with office.messenger() as person:
        await person.press("u", "n", "u")
        assert person.row == "Lena Long"


async def test_from_any_tab_the_next_who_waits_is_another_sender_s_where_here_is_none(office: Office) -> None:
    office.contact(NORA)
    office.contact("Lena Long", "lee", wrote="Hello")
    office.contact(NORA, "lee")
    async with office.messenger() as person:
        await person.press("1", "u")
        assert person.sees("Viewing as: Lee Bishop")
        assert person.rows == ["Lena Long"]


async def test_the_next_who_waits_is_shown_although_a_search_hides_them(office: Office, dev: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("slash")
        await person.type("maria")
        await person.press("enter", "u")
        assert (person.rows, person.messenger.search.value) == (["Maria Lopez"], "maria")
        await person.press("u")
        assert (person.row, person.messenger.search.value) == ("Dev Patel", "")
        assert person.rows == ["Maria Lopez", "Dev Patel"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("keys", [["n"], ["v", *"lee", "enter"], ["u"]])
async def test_from_the_sidebar_one_goes_on_to_another_contact_and_leaves_the_open_one(
    office: Office, size: tuple[int, int], keys: list[str]
) -> None:
    office.contact("Ann Otieno", wrote="Hello")
    office.contact("Bo Berg", to="lee", wrote="Hello")
    async with office.messenger(size=size) as person:
        await person.press("i", *keys)
        assert person.sees("Viewing as: Lee Bishop", "Bo Berg  (415)", "Held by")
        assert not person.sees("Ann Otieno  (415)")
