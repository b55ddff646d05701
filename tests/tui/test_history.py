"""Reading the journal: of a campaign, of all, of one conversation, of a person (docs/rules.md 8.3)."""

from __future__ import annotations

import pytest

from tests.tui.moving import give
from tests.tui.office import Office
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.imports.opt_outs import import_opt_outs
from thrumsg_tui.tui.screens.overview import OverviewScreen


@pytest.fixture
def maria(office: Office) -> ConversationId:
    """Waits longest of two."""
    id = office.contact("Maria Lopez", wrote="Hello")
    office.contact("Dev Patel", wrote="Hello")
    return id


async def test_a_conversation_s_journal_has_what_was_of_no_campaign(office: Office, maria: ConversationId) -> None:
    """docs/rules.md 5.2, 8.3: an opt-out by a list."""
    file = office.folder / "do-not-text.csv"
    file.write_text(f"phone\n{office.conversation(maria).phone}\n", encoding="utf-8")
    import_opt_outs(office.db, office.ana, file)
    async with office.messenger() as person:
        await person.press("4", "H")
        assert not person.sees("do-not-text.csv")
        await person.press("h")
        assert person.sees("conversation with Maria Lopez", "took in opt-outs from do-not-text.csv")


async def test_without_an_open_conversation_there_is_no_journal_of_one(office: Office, maria: ConversationId) -> None:
    async with office.app() as person:
        assert isinstance(person.app.screen, OverviewScreen)
        await person.press("H", "h")
        assert person.notice == "Open the history from a conversation to see its changes."
        assert person.sees("this campaign, without messages")


async def test_messages_are_in_the_journal_if_one_wants(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("H")
        assert person.sees("without messages")
        assert not person.sees("sent the initial message to Maria Lopez")
        await person.press("t")
        assert person.sees("with messages", "sent the initial message to Maria Lopez", "automatic")  # so messages come
        await person.press("t")
        assert not person.sees("sent the initial message to Maria Lopez")


async def test_the_journal_is_this_campaign_s_or_all_campaigns(office: Office, maria: ConversationId) -> None:
    office.campaign("Autumn")
    office.contact("Lena Long", "lee", campaign="Autumn")
    moved = "moved 1 conversation from Unassigned to Lee Bishop"
    async with office.messenger() as person:
        await person.press("H")
        assert person.sees("this campaign")
        assert not person.sees(moved)
        await person.press("h", "C")
        assert person.sees("all campaigns, without messages", moved)
        await person.press("C")
        assert person.sees("this campaign")
        assert not person.sees(moved)


async def test_the_line_below_the_title_is_whole_in_a_narrow_window(office: Office, maria: ConversationId) -> None:
    async with office.messenger(size=(60, 18)) as person:
        await person.press("H")
        for key in ("t", "t", "C", "t"):
            await person.press(key)
            (line,) = (each for each in person.lines if " changes: " in each)
            assert line.endswith("messages")
        await person.press("h")
        assert person.sees("with messages, conversation with Maria Lopez")


@pytest.mark.parametrize("typed", ["mo", "MÓ DOE"])
async def test_the_journal_is_searched_for_a_person(office: Office, maria: ConversationId, typed: str) -> None:
    office.person("mo", "Mo", Role.MODERATOR)
    give(office, "lee", [maria], office.identity("mo"))
    async with office.messenger() as person:
        await person.press("H", "slash")
        await person.type(typed)
        assert person.sees("1 change: this campaign", "moved 1 conversation from Kim Alvarez to Lee Bishop")
        await person.press("ctrl+u")
        await person.type("nobody of that name")
        assert person.sees("0 changes", "No change by anybody of that name")


async def test_the_journal_says_what_was_undone_and_by_which_change(office: Office, maria: ConversationId) -> None:
    async with office.messenger() as person:
        await person.press("o", "y", "z", "H")
        assert person.sees("undone by")


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_the_titles_stand_above_their_columns(
    office: Office, maria: ConversationId, size: tuple[int, int]
) -> None:
    async with office.messenger(size=size) as person:
        await person.press("H")
        at = [line.lower().rindex("can be undone") for line in person.lines if "an be undone" in line]
        assert len(at) > 1
        assert len(set(at)) == 1
