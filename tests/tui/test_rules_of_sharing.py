"""How many go, where to, and how they are shared out, on the screen (docs/rules.md 4.3 to 4.5)."""

from __future__ import annotations

import pytest

from tests.tui.moving import KIM, LEE, NOBODY, fill_in, flows, holder, keys, menu_of, on_row, people, shares, staff
from tests.tui.office import Office
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.store.changes.send import send

# Where to (4.3)


async def test_the_count_is_the_total_over_all_destinations(office: Office) -> None:
    people(office, 288)
    async with office.app() as person:
        await person.press("r")  # the cursor is on Unassigned
        await fill_in(person, "s", count=6, to=[KIM, LEE])
        assert person.sees("How many  6 of 288 that match", "6 of 288 that match", "Enter moves 6")
        assert flows(person) == {
            "Unassigned → Kim Alvarez": [3, 0, 0, 0, 0, 3],
            "Unassigned → Lee Bishop": [3, 0, 0, 0, 0, 3],
        }
        await person.press("enter")
        assert person.sees("6 assigned + 282 Unassigned = 288 contacts")
    assert shares(office) == {"unassigned": 282, "kim": 3, "lee": 3}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("bar", {"unassigned": 2, "kim": 0, "lee": 2, "zoe": 2}),  # all others, not Unassigned
        ("campaign", {"unassigned": 0, "kim": 5, "lee": 1, "zoe": 0}),
    ],
)
async def test_distribute_to_all_users_means_every_other_active_sender(
    office: Office, place: str, expected: dict[str, int]
) -> None:
    staff(office, "Zoe")
    people(office, 4, "kim")
    people(office, 2, first=10)
    async with menu_of(office, place) as person:
        others = "2 other senders" if place == "bar" else "3 other senders"
        await fill_in(person, "a", everyone=True)
        assert person.sees(f"[x] Distribute to all {others}")
        await person.press("enter")
    assert shares(office) == expected


async def test_the_only_other_sender_is_not_called_all_of_one(office: Office) -> None:
    people(office, 1, "kim")
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", everyone=True)
        assert person.sees("[x] Distribute to the one other sender")
        assert not person.sees("all 1 other")


async def test_a_sender_who_left_gets_nothing_when_all_do(office: Office) -> None:
    people(office, 4)
    async with office.app() as person:
        await on_row(person, LEE)
        await person.press("minus", "y", "g", "r")
        await fill_in(person, "a", everyone=True)
        assert list(flows(person)) == ["Unassigned → Kim Alvarez"]
        await person.press("enter")
    assert shares(office) == {"unassigned": 0, "kim": 4}


async def test_unassigned_can_be_one_of_the_destinations(office: Office) -> None:
    people(office, 4, "kim")
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[NOBODY, LEE])
        await person.press("enter")
    assert shares(office) == {"unassigned": 2, "kim": 0, "lee": 2}


async def test_a_destination_is_taken_back_by_the_same_key(office: Office) -> None:
    people(office, 4, "kim")
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[NOBODY, LEE, NOBODY])
        assert flows(person) == {"Kim Alvarez → Lee Bishop": [4, 0, 0, 0, 0, 4]}


async def test_unassigned_is_found_by_its_name(office: Office) -> None:
    people(office, 4, "kim")
    async with menu_of(office, "bar") as person:
        await keys(person, "a", *"unas", "space")
        assert flows(person) == {"Kim Alvarez → Unassigned": [4, 0, 0, 0, 0, 4]}


# Shares (4.4)


@pytest.mark.parametrize(
    ("number", "to", "expected"),
    [(5, 4, [2, 1, 1, 1]), (17, 8, [3, 2, 2, 2, 2, 2, 2, 2]), (1, 4, [1, 0, 0, 0]), (8, 4, [2, 2, 2, 2])],
)
async def test_shares_differ_by_one_at_most_and_the_first_displayed_get_more(
    office: Office, number: int, to: int, expected: list[int]
) -> None:
    staff(office, "Abe", "Bea", "Cal", "Dot", "Eli", "Fay")
    logins = ["abe", "bea", "cal", "dot", "eli", "fay", "kim", "lee"]
    people(office, number)
    async with office.app() as person:
        await person.press("r")
        await fill_in(person, "a", to=logins[:to][::-1])  # however they were chosen
        await person.press("enter")
    held = shares(office)
    assert [held[login] for login in logins] == expected + [0] * (8 - to)


async def test_conversations_are_dealt_in_turn_and_not_cut_in_blocks(office: Office) -> None:
    dealt = people(office, 5)
    async with office.app() as person:
        await person.press("r")
        await fill_in(person, "a", everyone=True)
        await person.press("enter")
    assert [holder(office, each) for each in dealt] == [KIM, LEE, KIM, LEE, KIM]


async def test_level_brings_the_totals_together(office: Office) -> None:
    staff(office, "Zoe")
    people(office, 5, "kim")
    people(office, 2, "lee", first=10)
    people(office, 6, first=20)
    async with office.app() as person:
        await person.press("r")
        await fill_in(person, "a", everyone=True, level=True)
        assert flows(person) == {
            "Unassigned → Lee Bishop": [2, 0, 0, 0, 0, 2],
            "Unassigned → Zoe Doe": [4, 0, 0, 0, 0, 4],
        }
        await person.press("enter")
    assert shares(office) == {"unassigned": 0, "kim": 5, "lee": 4, "zoe": 4}


async def test_the_extra_one_goes_to_whoever_stands_first_on_this_screen(office: Office) -> None:
    people(office, 1)
    async with office.app() as person:
        await person.press("b")  # Z to A
        await person.press("r")
        await fill_in(person, "a", everyone=True)
        await person.press("enter")
    assert shares(office) == {"unassigned": 0, "kim": 0, "lee": 1}


# Which ones (4.5)


async def test_some_of_those_who_wait_are_the_ones_who_wait_longest(office: Office) -> None:
    late, early = office.contact("Pat Late"), office.contact("Pat Early")
    for each in (early, late):
        send(office.db, office.ana, each)
        office.wrote(each, "Hello")
        office.clock.forward(minutes=1)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "s", status=StatusFilter.NEEDS_REPLY, count=1, to=[LEE])
        await person.press("enter")
    assert (holder(office, early), holder(office, late)) == (LEE, KIM)


@pytest.mark.parametrize("status", [StatusFilter.ANY, StatusFilter.NOT_STARTED])
async def test_else_the_lowest_ids_go_first(office: Office, status: StatusFilter) -> None:
    three = [office.contact(name) for name in ("Zack Last", "Mike Middle", "Adam First")]
    async with menu_of(office, "bar") as person:
        await fill_in(person, "s", status=status, count=2, to=[LEE])
        await person.press("enter")
    assert [holder(office, each) for each in three] == [LEE, LEE, KIM]


async def test_unassigned_gives_first_then_the_senders_in_displayed_order_and_a_destination_never(
    office: Office,
) -> None:
    staff(office, "Zoe")
    for login, first in (("kim", 10), ("lee", 20), ("zoe", 30), (None, 40)):
        people(office, 2, login, first=first)
    async with menu_of(office, "campaign") as person:
        await fill_in(person, "s", count=5, to=[KIM])
        assert list(flows(person).items()) == [
            ("Unassigned → Kim Alvarez", [2, 0, 0, 0, 0, 2]),
            ("Lee Bishop → Kim Alvarez", [2, 0, 0, 0, 0, 2]),
            ("Zoe Doe → Kim Alvarez", [1, 0, 0, 0, 0, 1]),
        ]
        assert person.sees("5 of 6 that match", "Kim Alvarez is a destination, so the 2 conversations")
        await person.press("enter")
    assert shares(office) == {"unassigned": 0, "kim": 7, "lee": 0, "zoe": 1}


async def test_the_senders_give_in_the_order_of_this_screen(office: Office) -> None:
    staff(office, "Zoe")
    for login, first in (("lee", 20), ("zoe", 30)):
        people(office, 2, login, first=first)
    async with office.app() as person:
        await person.press("b")  # Z to A
        await person.press("R")
        await fill_in(person, "s", count=2, to=[KIM])
        await person.press("enter")
    assert shares(office) == {"unassigned": 0, "kim": 2, "lee": 2, "zoe": 0}


async def test_the_longest_wait_counts_within_a_sender_only(office: Office) -> None:
    longest = office.contact("Lena Long", "lee", wrote="Hello")
    free = office.contact("Una Free", None, wrote="Hello")
    async with menu_of(office, "campaign") as person:
        await fill_in(person, "s", status=StatusFilter.NEEDS_REPLY, count=1, to=[KIM])
        await person.press("enter")
    assert (holder(office, free), holder(office, longest)) == (KIM, LEE)
