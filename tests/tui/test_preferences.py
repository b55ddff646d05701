"""What the person has configured, on the screen (docs/rules.md 12.1)."""

from __future__ import annotations

import pytest

from tests.tui.office import Office, Person, settle
from thrumsg_tui.domain.enums import ConversationSort
from thrumsg_tui.domain.preferences import AfterSend, Dates, Density, Preferences
from thrumsg_tui.store.changes.preferences import set_preference


def prefer(office: Office, **preferences: object) -> None:
    """Configure the app that is opened next."""
    office.preferences = Preferences(**preferences)  # type: ignore[arg-type]


def gap(person: Person) -> int:
    """How many lines lie between two contacts of the list."""
    lines = person.lines
    first, second = (
        next(number for number, line in enumerate(lines) if name in line.partition("│")[0])
        for name in ("Maria Lopez", "Dev Patel")
    )
    return abs(second - first)


@pytest.mark.parametrize(
    ("density", "tall", "low"),
    [(Density.AUTO, 2, 1), (Density.COMFORTABLE, 2, 2), (Density.COMPACT, 1, 1)],
)
async def test_a_conversation_takes_as_many_lines_as_the_person_prefers(
    office: Office, density: Density, tall: int, low: int
) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    office.contact("Dev Patel", wrote="Hello")
    prefer(office, density=density)
    async with office.messenger(size=(120, 40)) as person:
        assert gap(person) == tall
    async with office.messenger(size=(80, 18)) as person:
        assert gap(person) == low


@pytest.mark.parametrize(
    ("dates", "shown"),
    [
        (Dates.RELATIVE, ("2 min", "Today")),
        (Dates.CLOCK, ("18:00", "Today")),
        (Dates.ISO, ("2026-03-03 18:00", "─ 2026-03-03 ─")),
    ],
)
async def test_times_have_the_form_that_the_person_prefers(
    office: Office, dates: Dates, shown: tuple[str, str]
) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    office.clock.forward(minutes=1)
    prefer(office, dates=dates)
    async with office.messenger() as person:
        [row] = [line.partition("│")[0] for line in person.lines if "Maria Lopez" in line.partition("│")[0]]
        assert row.rstrip().endswith(shown[0])
        assert person.sees(shown[1])


async def test_the_age_of_a_campaign_has_that_form_too(office: Office) -> None:
    prefer(office, dates=Dates.ISO)
    async with office.app() as person:
        await person.press("q")
        assert person.sees("2026-03-03")


async def test_lists_begin_in_the_configured_order_until_another_one_is_chosen(office: Office) -> None:
    office.contact("Zoe Adams", wrote="Hello")
    office.contact("Ann Zimmer", wrote="Hello")
    prefer(office, default_sort=ConversationSort.A_TO_Z)
    async with office.messenger() as person:
        assert person.rows == ["Ann Zimmer", "Zoe Adams"]
        await person.press("s")
    async with office.messenger() as person:
        assert person.rows == ["Zoe Adams", "Ann Zimmer"]


async def test_after_a_reply_the_cursor_does_what_is_configured_until_the_person_chooses(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    office.contact("Dev Patel", wrote="Hello")
    prefer(office, after_send=AfterSend.STAY)
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi")
        await person.press("enter")
        assert person.row == "Maria Lopez"
        await person.app.screen.run_action("run_command('messenger.after_reply')")
        await settle(person.pilot)
        assert "goes to the next waiting contact" in person.notice


async def test_what_was_chosen_in_the_app_comes_before_the_configuration(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    office.contact("Dev Patel", wrote="Hello")
    prefer(office, after_send=AfterSend.STAY)
    set_preference(office.db, office.ana.user.id, "after_reply", "next")
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi")
        await person.press("enter")
        assert person.row == "Dev Patel"


async def test_what_is_wrong_in_the_file_stands_on_the_first_screen(office: Office) -> None:
    office.notice = "config.toml:3: [look] dates: nonsense."
    async with office.app() as person:
        assert "config.toml:3: [look] dates: nonsense." in person.notice
