"""What is moved, from whom and to whom, at each level, on the screen (docs/rules.md 4.1, 4.2)."""

from __future__ import annotations

import pytest

from tests.tui.moving import (
    KIM,
    LEE,
    MATCHING,
    NOBODY,
    NORA,
    fill_in,
    held_by,
    holder,
    keys,
    menu_of,
    on_row,
    one_of_each,
    people,
    shares,
    staff,
)
from tests.tui.office import Office, Person
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.store.changes.receive import receive

SENDER = pytest.mark.parametrize("place", ["row", "bar"])
STATUS = pytest.mark.parametrize("status", list(StatusFilter))


# The campaign (4.1)


async def test_bulk_unassign_all_takes_everything_from_everyone_and_asks_for_nothing(office: Office) -> None:
    kims, lees = one_of_each(office), office.contact("Lena Long", "lee")
    async with menu_of(office, "campaign") as person:
        assert person.sees("Conversations of everyone", "Unassign All", "Reassign Some", "Reassign All")
        await person.press("u")
        assert person.sees("Unassign All: everyone", "7 of 7 that match, 2 opted out", "Enter moves 7")
        assert not any(person.sees(field) for field in ("How many", "equal shares", "Distribute to"))
        await person.press("enter")
        assert held_by(office, NOBODY, {**kims, "Lena Long": lees}) == {*kims, "Lena Long"}


@STATUS
async def test_bulk_reassign_all_takes_what_matches_from_all_but_the_destination(
    office: Office, status: StatusFilter
) -> None:
    kims = one_of_each(office)
    unassigned, lees = office.contact("Una Free", None), office.contact("Lena Long", "lee")
    everybody = {**kims, "Una Free": unassigned, "Lena Long": lees}
    async with menu_of(office, "campaign") as person:
        await fill_in(person, "a", status=status, to=[LEE])
        expected = MATCHING[status] | ({"Una Free"} if status is not StatusFilter.NEEDS_REPLY else set())
        assert person.sees(f"{len(expected)} of {len(expected)} that match", f"Enter moves {len(expected)}")
        await person.press("enter")
    assert held_by(office, LEE, everybody) == expected | {"Lena Long"}
    assert held_by(office, KIM, everybody) == set(kims) - expected


@STATUS
async def test_bulk_reassign_some_takes_no_more_than_asked_for(office: Office, status: StatusFilter) -> None:
    kims = one_of_each(office)
    async with menu_of(office, "campaign") as person:
        await fill_in(person, "s", status=status, count=1, to=[LEE])
        matching = len(MATCHING[status])
        assert person.sees("How many  1", f"1 of {matching} that match", "Enter moves 1")
        await person.press("enter")
    assert len(held_by(office, LEE, kims) & MATCHING[status]) == 1
    assert shares(office) == {"unassigned": 0, "kim": 5, "lee": 1}


async def test_the_marked_senders_give_where_some_are_marked(office: Office) -> None:
    staff(office, "Zoe")
    for login, number in (("kim", 1), ("lee", 2), ("zoe", 3)):
        people(office, number, login, first=10 * number)
    async with office.app() as person:
        await on_row(person, KIM)
        await person.press("space", "space", "R")
        assert person.sees("Conversations of 2 marked senders")
        await fill_in(person, "a", to=["Zoe"])
        await person.press("enter")
    assert shares(office) == {"unassigned": 0, "kim": 0, "lee": 0, "zoe": 6}


# A sender (4.1, 4.2)


async def test_a_row_of_the_overview_unassigns_all_of_one_sender(office: Office) -> None:
    kims, lees = one_of_each(office), office.contact("Lena Long", "lee")
    async with menu_of(office, "row") as person:
        await person.press("u")
        assert person.sees("Unassign All: Kim Alvarez", "6 of 6 that match, 2 opted out")
        assert not any(person.sees(field) for field in ("How many", "equal shares", "Distribute to"))
        await person.press("enter")
    assert held_by(office, NOBODY, kims) == set(kims)
    assert holder(office, lees) == LEE


@SENDER
async def test_some_of_a_sender_s_go_to_another(office: Office, place: str) -> None:
    kims = one_of_each(office)
    async with menu_of(office, place) as person:
        assert person.sees("Conversations of Kim Alvarez")
        await fill_in(person, "s", count=2, to=[LEE])
        await person.press("enter")
        assert "Moved 2 conversations from Kim Alvarez to Lee Bishop; z undoes it." in person.notice
    assert len(held_by(office, LEE, kims)) == 2


@SENDER
@STATUS
async def test_all_of_a_sender_s_that_match_go_to_another(office: Office, place: str, status: StatusFilter) -> None:
    kims, una = one_of_each(office), office.contact("Una Free", None)
    async with menu_of(office, place) as person:
        await fill_in(person, "a", status=status, to=[LEE])
        await person.press("enter")
    assert held_by(office, LEE, kims) == MATCHING[status]
    assert holder(office, una) == NOBODY


async def test_unassigned_gives_like_a_sender(office: Office) -> None:
    people(office, 3)
    async with office.messenger(None) as person:
        await person.press("R")
        await fill_in(person, "a", to=[KIM])
        await person.press("enter")
    assert shares(office) == {"unassigned": 0, "kim": 3, "lee": 0}


# Conversations (4.1)


@pytest.fixture
def five(office: Office) -> list[ConversationId]:
    """Five who wait for Kim, the longest first."""
    return [office.contact(f"Pat {name}", wrote="Hello") for name in ("Ames", "Bond", "Cole", "Dunn", "Eads")]


async def give_to_lee(person: Person) -> None:
    """Choose Lee in the picker, and say yes where it asks."""
    await person.type("lee")
    await person.press("enter", "y")


async def test_the_open_conversation_goes_to_unassigned(office: Office, five: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("r")
        await person.type("unass")
        await person.press("enter")
        assert "Moved 1 conversation from Kim Alvarez to Unassigned" in person.notice
    assert [holder(office, each) for each in five] == [NOBODY, KIM, KIM, KIM, KIM]


@pytest.mark.parametrize(
    ("pressed", "moved"),
    [
        (["space"], [0]),
        (["space", "j", "space"], [0, 2]),
        (["space", "k", "space", "space"], [1]),  # taken off again
        (["V", "j", "j", "V"], [0, 1, 2]),
        (["j", "0", "3"], [1, 2, 3]),
        (["1", "0"], [0, 1, 2, 3, 4]),
        (["j", "1", "2"], [1, 2, 3, 4]),  # two tabs on the way, and then it was a number
        (["0", "3", "j"], [1]),  # something else came between
        (["0", "3", "escape"], [0]),
        (["0", "3", "r", "escape"], [0]),  # it was for the first r
        (["0", "r", "j", "0", "2"], [1, 2]),  # 0 is no count of anything
        (["1", "2", "left_square_bracket", "right_square_bracket"], [0]),
        (["A"], [0, 1, 2, 3, 4]),
        (["A", "escape"], [0]),
        (["A", "n", "N"], [0]),  # marks go with the sender on view
        (["slash", *"bond", "enter", "A"], [1]),
    ],
)
async def test_several_conversations_are_picked_by_marks_and_by_a_count(
    office: Office, five: list[ConversationId], pressed: list[str], moved: list[int]
) -> None:
    async with office.messenger() as person:
        await keys(person, *pressed, "r")
        await give_to_lee(person)
    assert [place for place, each in enumerate(five) if holder(office, each) == LEE] == moved


@pytest.mark.parametrize(("seconds", "moved"), [(0.9, 5), (1.0, 1)])
async def test_digits_that_name_tabs_are_a_count_only_if_they_follow_within_a_second(
    office: Office, five: list[ConversationId], seconds: float, moved: int
) -> None:
    async with office.messenger() as person:
        await person.press("1")
        office.digits_at += seconds
        await person.press("2", "r")
        await give_to_lee(person)
    assert [holder(office, each) for each in five].count(LEE) == moved


async def test_a_count_that_can_only_be_one_has_no_hurry(office: Office, five: list[ConversationId]) -> None:
    async with office.messenger() as person:
        for digit in ("0", "2"):
            await person.press(digit)
            office.digits_at += 60
        await person.press("r")
        await give_to_lee(person)
    assert [holder(office, each) for each in five].count(LEE) == 2


async def test_a_count_is_shown_while_it_is_typed_and_one_that_is_too_large_says_so(
    office: Office, five: list[ConversationId]
) -> None:
    """A digit meant for a tab and two for a count, typed quickly, are one number."""
    async with office.messenger(size=(80, 24)) as person:
        for key, shown in (("2", None), ("0", "20 from here down"), ("3", "203 from here down")):
            await person.press(key)
            assert shown is None or person.notice.startswith(shown), person.notice
        await person.press("r")
        assert person.sees("Reassign 5 conversations (203 asked, 5 are there) to")
        await person.type("lee")
        await person.press("enter")
        assert "203 asked, 5 are there." in person.question
        await person.press("y")
    assert [holder(office, each) for each in five].count(LEE) == 5


async def test_a_count_that_is_there_says_nothing_of_it(office: Office, five: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await keys(person, "0", "5", "r")
        assert person.sees("Reassign 5 conversations to")


@pytest.mark.parametrize(
    ("pressed", "note"),
    [
        (["2", "r"], "This moves 1 contact: 02r would move 2."),
        (["j", "space", "space", "3", "r"], "This moves 2 contacts: 03r would move 3."),  # there is no third tab
        (["1", "wait", "2", "wait", "r"], "This moves 1 contact: 02r would move 2."),
        (["1", "2", "wait", "r"], "This moves 1 contact: 012r would move 12."),
        (["1", "r"], None),
        (["2", "j", "r"], None),
        (["0", "2", "r"], None),
        (["r"], None),
    ],
)
async def test_digits_that_named_tabs_are_not_silently_one(
    office: Office, five: list[ConversationId], pressed: list[str], note: str | None
) -> None:
    async with office.messenger(size=(80, 24)) as person:
        for key in pressed:
            office.digits_at += 60 if key == "wait" else 0
            await person.press(*([] if key == "wait" else [key]))
        assert person.sees("would move") == (note is not None)
        assert note is None or person.sees(note), person.screen
        await person.type("lee")
        assert note is None or person.sees(note)


async def test_leaving_after_a_digit_that_named_a_tab_goes_back_to_the_tab_before(
    office: Office, five: list[ConversationId]
) -> None:
    office.contact("Zoe Young")
    async with office.messenger(size=(80, 24)) as person:
        await person.press("1")
        begun = person.row
        office.digits_at += 60  # as two numbers, not 12
        await person.press("2", "r")
        assert person.sees(" alone to ")
        await person.press("escape")
        assert person.row == begun
    assert [holder(office, each) for each in five].count(LEE) == 0


async def test_a_digit_that_names_no_tab_here_says_how_a_count_begins(
    office: Office, five: list[ConversationId]
) -> None:
    async with office.messenger(size=(80, 24)) as person:
        await person.press("3")
        assert person.notice == "There is no tab Follow-ups here now; a count begins with 0: 03r."
        office.digits_at += 2
        await person.press("0", "3", "r")
        assert person.sees("Reassign 3 conversations to")


async def test_a_count_of_none_is_said_to_be_one(office: Office, five: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await keys(person, "0", "r")
        assert person.notice == "No conversations to count from here."


async def test_fewer_than_a_count_that_are_one_are_said_to_be_one(office: Office, five: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("G", "0", "3", "r")
        assert person.sees("Reassign Pat Eads (3 asked, 1 is there) to")


@pytest.mark.parametrize("pressed", [["0", "2"], ["V", "j"]])
async def test_a_list_that_changes_its_order_meanwhile_moves_no_others(
    office: Office, five: list[ConversationId], pressed: list[str]
) -> None:
    async with office.messenger() as person:
        await keys(person, "s", "j", "j", *pressed)  # the most recent first: from the third down
        office.clock.forward(minutes=1)
        receive(office.db, None, office.conversation(five[0]).phone, "Again")  # the last one comes to the top
        await person.wait_for("Again")
        await keys(person, *(["V"] if "V" in pressed else []), "r")
        await give_to_lee(person)
    assert [place for place, each in enumerate(five) if holder(office, each) == LEE] == [1, 2]


async def test_marks_of_several_tabs_move_together(office: Office, five: list[ConversationId]) -> None:
    nora = office.contact(NORA)
    async with office.messenger() as person:
        await person.press("1", "space", "2", "space", "r")
        assert person.sees("Reassign 2 conversations to")
        await give_to_lee(person)
    assert (holder(office, nora), holder(office, five[0]), holder(office, five[1])) == (LEE, LEE, KIM)


async def test_the_one_that_is_marked_is_the_one_that_is_named(office: Office, five: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("space", "r")
        assert person.sees("Reassign Pat Ames to")
