"""A way through the app that comes by every kind of screen, pane and dialog."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from tests.tui.office import Office, Person

STEPS: Sequence[Sequence[str]] = (
    *([], ["enter"], ["escape"], ["e"], ["escape"], ["a"], ["escape"], ["i"], ["escape"], ["v"], ["escape"]),
    *(["r"], ["escape"], ["o"], ["escape"], ["p"], ["escape"], ["space"], ["question_mark"], ["escape"], ["H"], ["q"]),
    *(["colon"], ["down"], ["escape"], ["slash", "M"], ["escape"], ["escape"]),
    *(["q"], ["j", "R"], ["s"], ["escape"], ["O"], ["escape"], ["e"], ["escape"], ["m"], ["escape"]),
    *(["I"], ["escape"], ["E"], ["escape"], ["q"], ["c"], ["tab"], ["ctrl+o"]),
)
"""The keys to each next place, from the messenger on Kim's responses to the form for a campaign."""


def furnish(office: Office) -> None:
    """Give the campaign what its screens show: a survey, replies, people who wait, and one who seems to opt out."""
    office.survey("Will you vote?,Yes|No")
    office.replies("Where,At the library.")
    office.contact("Dev Patel", texted=True)
    office.contact("Ann Otieno", wrote="Please stop texting me")


SCREENS = {
    *("CampaignsScreen", "ChoiceDialog", "CommandMenu", "Palette", "HelpDialog"),
    *("HistoryScreen", "MessengerScreen", "OptOutsScreen", "OverviewScreen", "PhoneLookup", "SenderPicker"),
    *("BulkReassign", "FormDialog", "SurveyScreen"),
}


async def walk(person: Person) -> AsyncIterator[Sequence[str]]:
    """Go from place to place; yield the keys that led there."""
    seen = set()
    for keys in STEPS:
        await person.press(*keys)
        seen.add(type(person.app.screen).__name__)
        yield keys
    assert seen >= SCREENS, SCREENS - seen
