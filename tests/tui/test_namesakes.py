"""Two senders with one name are told apart wherever work is given (docs/rules.md 2.2, 4.7)."""

from __future__ import annotations

import re

import pytest

from tests.tui.moving import flows, journal, keys, people, shares
from tests.tui.office import Office, Person
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.redaction import IN_FULL
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import add_user, edit_user

ONE, OTHER = "Kim Alvarez (kim)", "Kim Alvarez (kim2)"

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def two(office: Office) -> Office:
    """Kim Alvarez has six; another Kim Alvarez, Lee Bishop, and Ann Doe with the login aka have none."""
    for login, first_name, last_name in (("kim2", "Kim", "Alvarez"), ("aka", "Ann", "Doe")):
        add_user(office.db, office.ana, login, first_name, last_name, role=Role.SENDER)
    add_senders(office.db, office.ana, "Spring", ["kim2", "aka"])
    people(office, 6, "kim")
    return office


def named(person: Person) -> list[str]:
    """The names that rows of senders begin with."""
    found = (re.search(r"[│ ](Kim Alvarez \(kim2?\)|Kim Alvarez|Lee Bishop|Ann Doe) ", line) for line in person.lines)
    return [match[1] for match in found if match]


def words(person: Person) -> str:
    """What is on the screen, without frames and the breaks of lines."""
    return " ".join(" ".join(person.lines).replace("│", " ").split())


@pytest.mark.parametrize("size", SIZES)
async def test_the_overview_and_its_search_tell_them_apart(two: Office, size: tuple[int, int]) -> None:
    async with two.app(size=size) as person:
        assert named(person) == ["Ann Doe", ONE, OTHER, "Lee Bishop"]
        await keys(person, "slash", *"kim2")
        assert named(person) == [OTHER]


@pytest.mark.parametrize("size", SIZES)
async def test_the_picker_finds_a_login_and_the_yellow_bar_says_whose_it_is(two: Office, size: tuple[int, int]) -> None:
    async with two.messenger("kim", size=size) as person:
        assert person.sees(f"Viewing as: {ONE}")
        await keys(person, "v", *"kim2")
        assert person.sees(OTHER)
        await keys(person, "enter")
        assert person.sees(f"Viewing as: {OTHER}")


async def test_a_login_is_found_of_somebody_without_a_namesake_and_a_name_goes_before_it(two: Office) -> None:
    async with two.messenger("kim") as person:
        await keys(person, "v", *"aka", "enter")
        assert person.sees("Viewing as: Ann Doe")
        await keys(person, "v", *"k", "enter")  # Ann is above, but only her login has it
        assert person.sees(f"Viewing as: {ONE}")


@pytest.mark.parametrize("size", SIZES)
async def test_a_bulk_move_says_in_full_which_of_them_gives_and_which_gets(two: Office, size: tuple[int, int]) -> None:
    async with two.messenger("kim", size=size) as person:
        await keys(person, "R", "s", *"lee", "space", *"kim2", "space", "4")
        assert f"Enter moves 4 of {ONE}'s conversations to {OTHER}: 2, Lee Bishop: 2." in words(person)
        await keys(person, *"lee", "space")
        assert person.sees(f"[x] {OTHER}", f"{ONE} → {OTHER}")
        assert f"Enter moves 4 of {ONE}'s conversations to {OTHER}." in words(person)
        assert f"Holds Gets Then {OTHER} 0 4 4" in words(person)
        await keys(person, "enter")
        moved = f"oved 4 conversations from {ONE} to {OTHER}"
        assert moved in person.notice
        assert moved in summary(journal(two)[0].facts, IN_FULL)
    assert (shares(two)["kim"], shares(two)["kim2"]) == (2, 4)


async def test_the_preview_has_a_line_for_both_names_where_they_would_be_cut(two: Office) -> None:
    async with two.messenger("kim", size=(80, 24)) as person:
        await keys(person, "R", "a", *"lee", "space")
        assert person.sees(f"{ONE} → Lee Bishop")
        assert not flows(person), "the numbers are on the next line"


async def test_what_stays_names_the_one_who_keeps_it(two: Office) -> None:
    people(two, 3, "kim2", first=50)
    async with two.app() as person:
        await keys(person, "R", "a", *"kim2", "space")
        assert f"{OTHER} is a destination, so the 3 conversations that {OTHER} holds stay." in words(person)


async def test_a_picker_says_which_of_them_has_the_conversation_already(two: Office) -> None:
    async with two.messenger("kim") as person:
        await keys(person, "r", *"alvarez (kim)")
        assert person.sees(f"Already with {ONE}.")


async def test_a_thread_says_which_of_them_wrote(two: Office) -> None:
    waiting = two.contact("Maria Lopez", "kim2", wrote="Hello")
    send(two.db, two.identity("kim2"), waiting, body="Hi")
    async with two.messenger("kim2") as person:
        assert re.search(r"Kim Alvarez \(kim2\) \d\d:\d\d", person.screen)


async def test_a_long_name_is_cut_and_its_login_is_not(two: Office) -> None:
    for login in ("kim", "kim2"):
        edit_user(two.db, two.ana, login, first_name="Kimberly " + "Anne " * 12)
    async with two.app(size=(80, 24)) as person:
        cut = [line for line in person.lines if "Kimberly" in line]
        assert [re.sub(r".*… (\(\w+\)).*", r"\1", line) for line in cut] == ["(kim)", "(kim2)"]
        await keys(person, "R", "a", *"kimberly")
        listed = [line for line in person.lines if "[ ] Kimberly" in line]
        assert [re.sub(r".*… (\(\w+\)) +holds.*", r"\1", line).strip() for line in listed] == ["(kim)", "(kim2)"]
