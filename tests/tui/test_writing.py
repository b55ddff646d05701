"""The message box: what is in it, what is kept, and why something cannot be sent (docs/rules.md 3.11 to 3.19)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.tui.moving import give
from tests.tui.office import Office, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, MessageState
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.send import Sent, send
from thrumsg_tui.tui.screens.messenger import message_sender
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.timers import Timers


async def test_after_a_reply_the_next_waiting_conversation_is_open(
    office: Office, maria: ConversationId, dev: ConversationId
) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter")
        assert (person.row, person.box) == ("Dev Patel", "")
        assert person.messenger.box.has_focus
        await person.type("Hi Dev")
        await person.press("enter")
        assert "Nobody else waits here" in person.notice
    assert (office.bodies(maria)[-1], office.bodies(dev)[-1]) == ("Hi Maria", "Hi Dev")


async def test_who_waits_next_is_said_in_responses_only(office: Office) -> None:
    """docs/rules.md 3.19."""
    office.contact("Sam Sent", texted=True)
    async with office.messenger() as person:
        await person.press("t", "enter")
        await person.type("One more thing")
        await person.press("enter")
        assert person.notice.startswith("Reply queued for Sam Sent.")
        assert "Nobody else waits" not in person.notice


async def test_whoever_wants_stays_after_a_reply(office: Office, maria: ConversationId, dev: ConversationId) -> None:
    async with office.messenger() as person:
        await person.app.screen.run_action("run_command('messenger.after_reply')")
        await settle(person.pilot)
        assert "stays where it is" in person.notice
        await person.press("enter")
        await person.type("Hi")
        await person.press("enter")
        assert person.row == "Maria Lopez"


async def test_the_author_is_whoever_wrote_and_the_conversation_stays(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        assert "as Ana Ortiz" in person.screen
        await person.type("Hi")
        await person.press("enter")
    stored = office.conversation(maria)
    assert (stored.messages[-1].author, stored.sender_name) == ("Ana Ortiz", "Kim Alvarez")


async def test_the_bottom_line_has_the_keys_of_what_has_the_focus(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        in_the_list = person.notice
        assert "u next" in in_the_list
        await person.press("enter")
        assert "u next" not in person.notice
        await person.press("escape")
        assert person.notice == in_the_list


async def test_enter_works_through_the_initials(office: Office) -> None:
    ids = [office.contact(name) for name in ("Ann Otieno", "Bo Berg", "Cy Cohen")]
    async with office.messenger() as person:
        await person.press("enter")
        for name in ("Ann", "Bo", "Cy"):
            assert person.box == f"Hi {name}, it's Kim. Will you vote?"
            await person.press("enter")
    assert [len(office.bodies(id)) for id in ids] == [1, 1, 1]


async def test_the_box_counts_and_names_the_encoding(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hello")
        assert person.sees("5/160 · 1 segment · GSM-7 · ↵ Send")
        person.messenger.box.load_text("Hello — you")
        await settle(person.pilot)
        assert person.sees("11/70 · 1 segment · UCS-2 for —")
        await person.press("ctrl+t")
        assert person.box == "Hello - you"


async def test_the_box_offers_plain_look_alikes_where_there_are_any(office: Office, maria: ConversationId) -> None:
    async with office.messenger(size=(200, 40)) as person:
        await person.press("enter")
        for text, said in (
            ("Hello — you", "UCS-2 for —, ctrl+t: plain · ↵ Send"),
            ("Hello 語", "UCS-2 for 語 · ↵ Send"),
        ):
            person.messenger.box.load_text(text)
            await settle(person.pilot)
            assert person.sees(said)


async def test_a_new_line_is_not_the_end(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter", "a", "ctrl+n", "b")
        assert person.box == "a\nb"
        await person.press("enter")
    assert office.bodies(maria)[-1] == "a\nb"


# Drafts


async def test_a_draft_is_kept_for_each_conversation_and_person(
    office: Office, maria: ConversationId, dev: ConversationId
) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("For Maria")
        await person.press("escape", "j", "enter")
        assert person.box == ""
        await person.type("For Dev")
        await person.press("escape", "k")
        assert person.box == "For Maria"
        await person.press("j")
        assert person.box == "For Dev"
    assert (office.draft(maria), office.draft(dev)) == ("For Maria", "For Dev")
    assert office.draft(maria, "kim") is None
    async with office.messenger() as person:
        assert person.box == "For Maria"


async def test_a_draft_is_stored_while_one_writes(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Your polling place")
        await person.wait_until(lambda: office.draft(maria) == "Your polling place", "the draft")


async def test_a_draft_is_kept_by_whoever_goes_back_at_once(office: Office, maria: ConversationId) -> None:
    office.timers = Timers(draft=60)
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Your polling place")
        person.send("escape", "q")
        await person.wait_until(lambda: isinstance(person.app.screen, OverviewScreen), "the overview")
        assert office.draft(maria) == "Your polling place"


async def test_a_draft_goes_with_the_message(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi")
        await person.wait_until(lambda: office.draft(maria) == "Hi", "the draft")
        await person.press("enter")
        assert office.draft(maria) is None
        await person.wait_until(lambda: office.draft(maria) is None, "no draft")


async def test_an_initial_is_no_draft_until_it_is_changed(office: Office) -> None:
    id = office.contact("Ann Otieno")
    async with office.messenger() as person:
        await person.press("enter", "escape")
        assert office.draft(id) is None
        await person.press("enter", "exclamation_mark", "escape")
        await person.wait_until(lambda: (office.draft(id) or "").endswith("vote?!"), "the draft")


ODD_LINES = "Hi %first_name%\u2028see you\x0bthere\r\nor\nhere\x85"


async def test_looking_at_a_script_with_odd_line_ends_makes_no_draft_and_sends_it_as_it_is(bare: Office) -> None:
    bare.campaign(script=ODD_LINES)
    id = bare.contact("Ann Otieno")
    async with bare.messenger() as person:
        await person.press("enter", "escape", "j", "k")
        assert bare.draft(id) is None
        await person.press("enter", "enter")
    assert bare.bodies(id) == [ODD_LINES.replace("%first_name%", "Ann")]


# Why not


async def test_a_paused_campaign_is_closed(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        change_state(office.db, office.ana, "Spring", CampaignState.PAUSED)
        await person.wait_until(lambda: person.banner == "Campaign is currently closed: it is paused.", "the banner")
        await person.press("enter")
        await person.type("Hi")
        assert person.send_key == "campaign closed"
        await person.press("enter")
        assert "it is paused" in person.notice
        assert person.box == "Hi"
        await person.wait_until(lambda: office.draft(maria) == "Hi", "the draft")
    assert len(office.bodies(maria)) == 2


async def test_outside_the_hours_the_banner_says_when_it_opens(bare: Office) -> None:
    bare.campaign(hours=DailyHours("UTC", 9 * 60, 21 * 60))
    id = bare.contact("Maria Lopez", wrote="Hello")
    bare.clock.now = datetime(2026, 3, 3, 22, 0, tzinfo=UTC)
    async with bare.messenger() as person:
        assert person.sees("Campaign is currently closed")
        closed = "Campaign is currently closed: its hours are 09:00–21:00 UTC; it opens tomorrow 09:00 UTC."
        assert person.banner == f"{closed} What you send now waits until then."
        await person.press("enter")
        await person.type("Hi")
        assert person.send_key == "↵ Send"  # from moderator up it is held (6.4)
        await person.press("enter")
        await person.wait_for("unsent until tomorrow 09:00 UTC")
    assert bare.conversation(id).messages[-1].state is MessageState.UNSENT


@pytest.mark.parametrize("others", [0, 1])
async def test_a_held_reply_is_said_to_be_held(bare: Office, others: int) -> None:
    bare.campaign(hours=DailyHours("UTC", 9 * 60, 21 * 60))
    for number in range(1 + others):
        bare.contact(f"Person {number}", wrote="Hello")
    bare.clock.now = datetime(2026, 3, 3, 22, 0, tzinfo=UTC)
    async with bare.messenger() as person:
        await person.press("enter")
        await person.type("Hi")
        await person.press("enter")
        assert "waits until it may leave" in person.notice


async def test_a_sender_waits_for_the_opening(bare: Office) -> None:
    bare.campaign(hours=DailyHours("UTC", 9 * 60, 21 * 60))
    id = bare.contact("Maria Lopez", wrote="Hello")
    bare.clock.now = datetime(2026, 3, 3, 22, 0, tzinfo=UTC)
    async with bare.messenger(login="kim") as person:
        await person.press("enter")
        await person.type("Hi")
        assert person.send_key == "closed until tomorrow 09:00 UTC"
        await person.press("enter")
        assert "closed" in person.notice
    assert len(bare.bodies(id)) == 2


async def test_the_banner_goes_when_the_campaign_opens(bare: Office) -> None:
    bare.campaign(hours=DailyHours("UTC", 9 * 60, 21 * 60))
    bare.contact("Maria Lopez", wrote="Hello")
    bare.clock.now = datetime(2026, 3, 4, 8, 59, tzinfo=UTC)
    async with bare.messenger() as person:
        await person.wait_for("Campaign is currently closed")
        bare.clock.forward(minutes=1)
        person.app.ask_again()
        await person.wait_until(lambda: not person.sees("currently closed"), "the end of the banner")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_whole_reason_can_be_read(office: Office, maria: ConversationId, size: tuple[int, int]) -> None:
    change_state(office.db, office.ana, "Spring", CampaignState.PAUSED)
    async with office.messenger(size=size) as person:
        await person.press("enter")
        await person.type("Hi")
        assert person.sees("campaign closed ─")


async def test_an_opted_out_number_gets_nothing(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        opt_out_number(office.db, office.ana, office.conversation(maria).phone)
        await person.wait_for("Opt Outs 1")
        await person.press("4")
        assert person.banner.endswith("No message may be sent to this number.")
        await person.press("enter")
        await person.type("Hi")
        assert person.send_key == "opted out"
        await person.press("enter")
        assert "opted out" in person.notice
    assert office.bodies(maria)[-1] != "Hi"


@pytest.mark.parametrize(
    ("text", "obstacle"),
    [("  ", "empty"), ("Go to %place%", "a field is not filled in"), ("x" * 1400, "over 9 segments")],
)
async def test_the_box_says_what_is_wrong_with_a_text(
    office: Office, maria: ConversationId, text: str, obstacle: str
) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        person.messenger.box.load_text(text)
        await settle(person.pilot)
        assert person.send_key == obstacle
        await person.press("enter")
        assert person.box == text
    assert len(office.bodies(maria)) == 2


async def test_a_script_with_a_hole_is_not_sent(bare: Office) -> None:
    bare.campaign(script="Hi %first_name%, vote at %place%")
    id = bare.contact("Maria Lopez")
    async with bare.messenger() as person:
        await person.press("enter")
        assert person.send_key == "a field is not filled in"
        await person.press("enter")
        assert "%place%" in person.notice
    assert bare.bodies(id) == []


async def test_what_looks_like_a_field_is_said_above_the_box_and_may_be_sent(bare: Office) -> None:
    """docs/rules.md 7.1."""
    bare.campaign(script="Hi {firstName}, will you vote?")
    id = bare.contact("Maria Lopez")
    async with bare.messenger() as person:
        await person.press("enter")
        assert person.sees("{firstName} looks like a field", "%first_name% was")
        person.messenger.box.load_text("Hi Maria, will you vote?")
        await settle(person.pilot)
        assert not person.sees("looks like a field")
        person.messenger.box.load_text("Hi [name]")
        await settle(person.pilot)
        assert person.sees("[name] looks like a field")
        await person.press("enter")
    assert bare.bodies(id) == ["Hi [name]"]


@pytest.mark.parametrize("written", ["%firstName%", "%first name%", "% first_name %"])
async def test_percent_signs_around_a_known_meaning_block(bare: Office, written: str) -> None:
    """docs/rules.md 7.1, in the script as in what is typed."""
    bare.campaign(script="Hi")
    id = bare.contact("Maria Lopez")
    with bare.db.writing() as tx:  # an edit to this is refused, an older version took it
        tx.conn.execute("UPDATE campaign SET initial_script = ?", (f"Hi {written}",))
    async with bare.messenger() as person:
        await person.press("enter")
        assert person.send_key == "a field is not filled in"
        person.messenger.box.load_text(f"Hello {written}!")
        await settle(person.pilot)
        assert person.send_key == "a field is not filled in"
        await person.press("enter")
    assert bare.bodies(id) == []


async def test_an_initial_whose_window_ends_meanwhile_is_not_sent(bare: Office) -> None:
    bare.campaign(ends=date(2026, 3, 3))
    id = bare.contact("Maria Lopez")
    async with bare.messenger() as person:
        await person.press("enter", "exclamation_mark")
        bare.clock.forward(days=1)
        await person.press("enter")
        assert bare.bodies(id) == []
        assert person.sees("nitial window")


async def test_a_sender_whose_conversation_went_keeps_the_words(office: Office, maria: ConversationId) -> None:
    async with office.messenger(login="kim") as person:
        await person.press("enter")
        await person.type("Hi Maria")
        give(office, "lee", [maria])
        await person.wait_until(lambda: person.send_key == "reassigned", "the obstacle")
        assert person.box == "Hi Maria"
        await person.press("enter")
        assert person.sees("Lee Bishop")
        await person.wait_until(lambda: office.draft(maria, "kim") == "Hi Maria", "the draft")
    assert len(office.bodies(maria)) == 2


async def test_who_empties_the_box_goes_on_with_the_same_contact(office: Office, maria: ConversationId) -> None:
    """Else the next words, meant for Maria, would go to whoever comes up."""
    dev = office.contact("Dev Patel", wrote="Who is this?")
    async with office.messenger() as person:
        await person.press("home", "enter")
        assert person.sees("Maria Lopez  ")
        await person.type("Hi")
        give(office, "lee", [maria])
        await person.wait_for("now Lee")
        await person.press("backspace", "backspace")
        office.wrote(dev, "Are you there?")
        await person.wait_for("Are you there?")
        await person.type("Hello")
        await person.press("enter")
    assert office.bodies(dev)[-1] == "Are you there?"
    assert office.bodies(maria)[-1] == "Hello"


async def test_an_admin_s_words_still_go_out(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        give(office, "lee", [maria])
        await person.wait_for("now Lee")
        assert person.box == "Hi Maria"
        await person.press("enter")
    assert office.bodies(maria)[-1] == "Hi Maria"


@pytest.mark.parametrize("pressed", [["y"], ["n", "enter"]])
async def test_what_comes_while_one_sends_is_read_before_or_the_message_goes_anyway(
    office: Office, maria: ConversationId, monkeypatch: pytest.MonkeyPatch, pressed: list[str]
) -> None:
    """docs/rules.md 3.11."""

    def overtaken_send(*args: Any, **kwargs: Any) -> Sent:
        if "Too late!" not in office.bodies(maria):
            office.wrote(maria, "Too late!")
        return send(*args, **kwargs)

    monkeypatch.setattr(message_sender, "send", overtaken_send)
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        await person.press("enter")
        assert person.question.startswith("Maria Lopez wrote meanwhile: ")
        for key in pressed:
            assert office.bodies(maria)[-1] == "Too late!"
            await person.press(key)
        assert office.bodies(maria)[-1] == "Hi Maria"
        assert person.box == ""


async def test_a_message_without_words_is_shown_as_one(office: Office, maria: ConversationId) -> None:
    """docs/rules.md 1.5: it was a picture."""
    office.wrote(maria, "")
    async with office.messenger() as person:
        assert person.row == "Maria Lopez"
        assert person.screen.count("(no text)") == 2  # in the list, and in the thread
