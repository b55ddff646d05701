"""Where the initial of a contact is scheduled, the message box says what waits for it (docs/rules.md 3.1, 10.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.store.changes.campaigns import edit_campaign
from thrumsg_tui.store.changes.follow_ups import create_follow_up

AFTER = "The initial leaves tomorrow 09:00 UTC. What you send now leaves after it."


@pytest.fixture
def maria(bare: Office) -> ConversationId:
    """A contact who has written before the first day of her campaign, on which her initial is to leave."""
    made = bare.campaign(hours=DailyHours("UTC", 9 * 60, 21 * 60))
    edit_campaign(bare.db, bare.ana, made.id, replace(made.setup, starts=date(2026, 3, 4)))
    return bare.contact("Maria Lopez", wrote="Who is this?")


async def test_a_reply_is_said_to_leave_after_the_initial(bare: Office, maria: ConversationId) -> None:
    async with bare.messenger() as person:
        assert person.banner == AFTER
        await person.press("enter")
        await person.type("It is Kim")
        assert person.banner == AFTER
        await person.press("enter")
        await person.wait_for("unsent until tomorrow 09:00 UTC, after the")  # the rest is on the next line
    assert bare.conversation(maria).messages[-1].state is MessageState.UNSENT


@pytest.mark.parametrize(("day", "waits"), [(3, "What you send now waits until then."), (2, AFTER)])
async def test_a_closed_campaign_is_still_said_to_be_closed(
    bare: Office, maria: ConversationId, day: int, waits: str
) -> None:
    bare.clock.now = datetime(2026, 3, day, 22, 0, tzinfo=UTC)
    async with bare.messenger() as person:
        assert person.banner.startswith("Campaign is currently closed")
        assert person.banner.endswith(waits.replace("tomorrow", "Wed 4 March") if waits is AFTER else waits)


async def test_a_follow_up_is_refused_until_the_initial_has_left(bare: Office, maria: ConversationId) -> None:
    create_follow_up(bare.db, bare.ana, "Spring", "Reminder", "As I wrote, %first_name%")
    async with bare.messenger() as person:
        await person.press("3", "enter")
        assert person.send_key == "the initial has not left"
        await person.press("enter")
        assert person.notice == "The initial leaves tomorrow 09:00 UTC; a follow-up can be sent after that."
        assert person.box == "As I wrote, Maria"
    assert len(bare.bodies(maria)) == 2
