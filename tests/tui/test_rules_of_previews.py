"""Few, none, refused; what was previewed is what is done (docs/rules.md 4.6, 4.7, 4.10, 4.11)."""

from __future__ import annotations

import pytest

from tests.store.arranging import sentence_of
from tests.tui.moving import (
    ABE,
    KIM,
    LEE,
    NOBODY,
    NORA,
    OLGA,
    OTTO,
    SAM,
    WILMA,
    fill_in,
    flows,
    give,
    held_by,
    holder,
    journal,
    keys,
    menu_of,
    on_row,
    one_of_each,
    people,
    shares,
)
from tests.tui.office import Office
from thrumsg_tui.domain.enums import CampaignState, StatusFilter
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaign_senders import remove_sender
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.tui.dialogs.bulk_reassign import BulkReassign

# Fewer, none, refused (4.6)


async def test_fewer_than_asked_for_are_moved_and_the_real_number_is_said(office: Office) -> None:
    people(office, 3, "kim")
    async with menu_of(office, "bar") as person:
        await fill_in(person, "s", count=99, to=[LEE])
        assert person.sees("How many  99 of 3 that match", "3 of 3 that match", "Enter moves 3")
        await person.press("enter")
        assert person.notice == "Moved 3 conversations from Kim Alvarez to Lee Bishop; z undoes it."


async def test_where_none_match_nothing_happens_and_there_is_nothing_to_undo(office: Office) -> None:
    office.person("mo", "Mo", Role.MODERATOR)
    people(office, 3, "kim")
    before = journal(office)
    async with office.messenger("kim", login="mo") as person:
        await person.press("R")
        await fill_in(person, "a", status=StatusFilter.NEEDS_REPLY, to=[LEE])
        assert person.sees("Nothing matches: nothing would be moved.", "0 of 0 that match")
        await person.press("enter")
        assert isinstance(person.app.screen, BulkReassign)  # there is nothing that Enter could do
        await person.press("escape", "escape", "escape", "z")  # two choices are taken back first
        assert person.notice == "There is nothing of yours to undo."
    assert journal(office) == before


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (["a"], "Choose a sender: type a name, or press space on a row."),
        (["s", *"lee", "space", "0"], "The count must be at least 1, not 0."),
        (["s", "0"], "The count must be at least 1, not 0."),
        (["a", *"lee", "space", *"lee", "space"], "Choose a sender"),  # chosen, and taken back
    ],
)
async def test_what_cannot_be_done_is_refused_while_it_is_typed(office: Office, typed: list[str], why: str) -> None:
    people(office, 3, "kim")
    before = journal(office)
    async with menu_of(office, "bar") as person:
        await keys(person, *typed)
        assert person.sees(why)
        assert not person.sees("No destination")  # which nobody has at the beginning
        assert not person.sees("Nothing was moved")  # nothing was to be moved yet
        await person.press("enter")
        assert isinstance(person.app.screen, BulkReassign)
    assert journal(office) == before


async def test_whoever_gives_is_not_offered_as_destination(office: Office) -> None:
    async with menu_of(office, "bar") as person:
        await keys(person, "a", *"kim")
        assert not person.sees("[ ] Kim Alvarez")
        await keys(person, *["backspace"] * 3)
        assert person.sees("[ ] Unassigned", "[ ] Lee Bishop")
        assert not person.sees("[ ] Kim Alvarez")


async def test_unassigned_is_not_unassigned_once_more(office: Office) -> None:
    people(office, 2)
    async with office.messenger(None) as person:
        await person.press("R", "u")
        assert person.sees("Every source is also a destination: choose others.")
        await person.press("enter", "escape")
    assert shares(office)["unassigned"] == 2


async def test_the_present_sender_is_not_offered(office: Office) -> None:
    id = office.contact("Maria Lopez", wrote="Hello")
    before = journal(office)
    async with office.messenger() as person:
        await keys(person, "r", *"kim", "enter")
        assert person.sees("Already with Kim Alvarez", "Choose somebody first")
        await keys(person, *["backspace"] * 3, *"zoe")
        assert person.sees("No sender of this campaign matches")
    assert (holder(office, id), journal(office)) == (KIM, before)


async def test_to_who_got_them_while_one_was_picking_is_refused(office: Office) -> None:
    id = office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("r")
        give(office, "lee", [id])
        before = journal(office)
        await keys(person, *"lee", "enter")
        assert person.notice == "Every conversation chosen is already at a destination. Nothing was moved."
    assert (holder(office, id), journal(office)) == (LEE, before)


async def test_a_destination_that_left_meanwhile_is_refused(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("R", "a")
        remove_sender(office.db, office.ana, "Spring", "lee")
        await keys(person, *"lee", "space")
        assert person.sees("A destination is no longer active on this campaign.")
        await person.press("enter", "escape")
        assert shares(office) == {"unassigned": 0, "kim": 1}


async def test_a_destination_that_left_while_it_was_picked_is_refused(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("r")
        remove_sender(office.db, office.ana, "Spring", "lee")
        await keys(person, *"lee", "enter")
        assert "A destination is no longer active on this campaign." in person.notice


async def test_of_several_those_already_there_count_as_skipped(office: Office) -> None:
    ids = [office.contact(f"Pat {name}", wrote="Hello") for name in ("Ames", "Bond", "Cole")]
    async with office.messenger() as person:
        await person.press("A")
        give(office, "lee", ids[:1])
        await keys(person, "r", *"lee", "enter")
        assert "to Lee Bishop?\n\n2 need a reply. 1 more is there already." in person.question
        await person.press("y")
        assert "Moved 2 conversations from Kim Alvarez to Lee Bishop; 1 skipped" in person.notice


# Preview (4.7)


async def test_the_preview_says_who_gives_how_many_to_whom_by_status_and_who_is_opted_out(office: Office) -> None:
    one_of_each(office)
    office.contact("Una Free", None)
    async with menu_of(office, "campaign") as person:
        await fill_in(person, "a", to=[LEE])
        assert person.sees("Not started", "Sent", "Needs reply", "Answered", "Opted out", "Moved")
        assert flows(person) == {
            "Unassigned → Lee Bishop": [1, 0, 0, 0, 0, 1],
            "Kim Alvarez → Lee Bishop": [1, 1, 1, 1, 2, 6],
        }
        assert person.sees("7 of 7 that match, 2 opted out", "Enter moves 7")


async def test_leaving_the_preview_moves_nothing(office: Office) -> None:
    people(office, 3, "kim")
    before = journal(office)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        await person.press("escape")
    assert journal(office) == before


async def test_what_is_applied_is_what_was_previewed_while_others_move_and_write(office: Office) -> None:
    kims = one_of_each(office)
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        assert person.sees("Enter moves 6")
        give(office, None, [kims[NORA]])  # changed hands
        give(office, "lee", [kims[SAM]])  # is there already, but by somebody else's hand
        give(office, "lee", [kims[OTTO]])
        give(office, "kim", [kims[OTTO]])  # there and back has changed hands too
        office.wrote(kims[ABE], "One more question")  # another status, the same conversation
        opt_out_number(office.db, office.ana, office.conversation(kims[WILMA]).phone)
        late = office.contact("Lena Long")  # was in no preview
        await person.press("enter")
        assert "Moved 3 conversations from Kim Alvarez to Lee Bishop; 3 skipped" in person.notice
    assert held_by(office, LEE, kims) == {SAM, WILMA, ABE, OLGA}
    assert held_by(office, NOBODY, kims) == {NORA}
    assert [holder(office, each) for each in (kims[OTTO], late)] == [KIM, KIM]
    assert [sentence_of(event) for event in office.conversation(kims[SAM]).events][-1].endswith("by Ana Ortiz")


@pytest.mark.parametrize(("action", "moved"), [("s", {"lee": 1, "zoe": 1}), ("a", {"lee": 3, "zoe": 2})])
async def test_shares_stay_as_previewed_where_some_are_skipped(
    office: Office, action: str, moved: dict[str, int]
) -> None:
    office.person("zoe", "Zoe", Role.SENDER)
    async with office.app() as person:
        await keys(person, "plus", *"zoe", "space", "enter")
        six = people(office, 6, "kim")
        await on_row(person, KIM)
        await person.press("r")
        await fill_in(person, action, count=3 if action == "s" else None, everyone=True)
        give(office, None, [six[0] if action == "s" else six[1]])
        await person.press("enter")
        assert f"Moved {sum(moved.values())} conversations" in person.notice
        assert "1 skipped (moved by somebody else meanwhile)" in person.notice
    assert {login: held for login, held in shares(office).items() if login in moved} == moved


async def test_if_all_changed_hands_nothing_is_done(office: Office) -> None:
    three = people(office, 3, "kim")
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        give(office, None, three)
        before = journal(office)
        await person.press("enter")
        assert "Nothing was moved; 3 skipped (moved by somebody else meanwhile)." in person.notice
    assert journal(office) == before


async def test_it_is_said_that_the_destination_left_since_the_preview(office: Office) -> None:
    people(office, 3, "kim")
    async with menu_of(office, "bar") as person:
        await fill_in(person, "a", to=[LEE])
        remove_sender(office.db, office.ana, "Spring", "lee")
        await person.press("enter")
        assert "Nothing was moved; 3 skipped" in person.notice
        assert "moved by somebody else" not in person.notice


async def test_picked_conversations_that_changed_hands_while_one_was_asked_are_skipped(office: Office) -> None:
    ids = [office.contact(f"Pat {name}", wrote="Hello") for name in ("Ames", "Bond", "Cole")]
    async with office.messenger() as person:
        await keys(person, "A", "r", *"lee", "enter")
        give(office, None, ids[:1])
        await person.press("y")
        assert "Moved 2 conversations from Kim Alvarez to Lee Bishop; 1 skipped" in person.notice
    assert [holder(office, each) for each in ids] == [NOBODY, LEE, LEE]


# States of the campaign (4.10)


async def test_in_a_paused_campaign_all_three_levels_move(office: Office) -> None:
    maria, dev = office.contact("Maria Lopez", wrote="Hello"), office.contact("Dev Patel", wrote="Hello")
    change_state(office.db, office.ana, "Spring", CampaignState.PAUSED)
    async with office.messenger() as person:
        await keys(person, "r", *"lee", "enter")
        assert holder(office, maria) == LEE
        await person.press("R", "u", "enter")
        assert holder(office, dev) == NOBODY
        await person.press("q", "R")
        await fill_in(person, "a", to=[KIM])
        await person.press("enter")
        assert shares(office) == {"unassigned": 0, "kim": 2, "lee": 0}
        await person.press("z", "y")
        assert shares(office) == {"unassigned": 1, "kim": 0, "lee": 1}


async def test_in_an_archived_campaign_every_level_says_why_not(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    change_state(office.db, office.ana, "Spring", CampaignState.ARCHIVED)
    async with office.messenger() as person:
        for pressed in (["r"], ["R"], ["A", "r"], ["q", "R"], ["r"]):
            await person.press(*pressed)
            assert person.notice == "The campaign is archived: nothing in it can be reassigned."
        await person.press("z")
        assert person.notice == "What you did last cannot be undone."
    assert shares(office) == {"unassigned": 0, "kim": 1, "lee": 0}


@pytest.mark.parametrize("pressed", [["R", "u"], ["r", *"lee"], ["A", "r", *"lee", "enter"]])
async def test_a_campaign_that_is_archived_meanwhile_refuses_it_still(office: Office, pressed: list[str]) -> None:
    people(office, 2, "kim")
    async with office.messenger() as person:
        await keys(person, "1", *pressed)
        change_state(office.db, office.ana, "Spring", CampaignState.ARCHIVED)
        await person.press("y" if pressed[0] == "A" else "enter")
        assert "'Spring' is archived: nothing in it can be reassigned any more." in person.notice
    assert shares(office) == {"unassigned": 0, "kim": 2, "lee": 0}


# While one writes (4.11)


@pytest.mark.parametrize("moved_to", ["lee", None])
async def test_a_sender_s_own_message_is_refused_with_the_new_name_and_stays_a_draft(
    office: Office, moved_to: str | None
) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    before = office.bodies(maria)
    async with office.messenger(login="kim") as person:
        await person.press("enter")
        await person.type("Hi Maria")
        give(office, moved_to, [maria])
        await person.press("enter")
        name = LEE if moved_to else NOBODY
        whose = f"{name}'s" if moved_to else "unassigned"
        assert person.banner == f"This conversation is {whose} now; nothing was sent."
        assert name.lower() in person.notice.lower()  # in which words depends on whether the move was noticed before
        assert person.box == "Hi Maria"
        await person.wait_until(lambda: office.draft(maria, "kim") == "Hi Maria", "the draft")
    assert office.bodies(maria) == before
    give(office, "kim", [maria])
    async with office.messenger(login="kim") as person:
        assert person.box == "Hi Maria"
        await person.press("enter", "enter")
    assert office.bodies(maria)[-1] == "Hi Maria"


async def test_an_admin_s_message_goes_through_and_the_conversation_stays_where_it_went(office: Office) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("enter")
        await person.type("Hi Maria")
        give(office, "lee", [maria])
        await person.press("enter")
        assert "Reply queued for Maria Lopez" in person.notice
    stored = office.conversation(maria)
    assert (stored.messages[-1].body, stored.messages[-1].author, stored.sender_name) == ("Hi Maria", "Ana Ortiz", LEE)


async def test_a_sender_s_initial_is_refused_too(office: Office) -> None:
    maria = office.contact("Maria Lopez")
    async with office.messenger(login="kim") as person:
        await person.press("1", "enter", "end")
        await person.type(" Please!")
        give(office, "lee", [maria])
        await person.press("enter")
        assert person.banner == "This conversation is Lee Bishop's now; nothing was sent."
        kept = person.box
        assert kept.endswith("Will you vote? Please!")
        await person.wait_until(lambda: office.draft(maria, "kim") == kept, "the draft")
    assert office.bodies(maria) == []


async def test_a_sender_can_still_read_what_was_theirs_while_they_write(office: Office) -> None:
    maria = office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(login="kim") as person:
        await person.press("enter")
        await person.type("Hi Maria")
        give(office, "lee", [maria])
        send(office.db, office.ana, maria, body="Lee here")
        await person.wait_for("now Lee Bish", "Lee here")
        assert person.send_key == "reassigned"
        await person.press("escape")
        await person.wait_until(lambda: person.rows == [], "the end of the row")
