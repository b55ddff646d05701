"""Every screen and dialog with long texts: what is cut ends in an ellipsis, and no dialog loses a line of its frame."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import pytest
from textual.containers import Vertical
from textual.geometry import Region
from textual.widgets import Input, TextArea

from tests.tui.office import Office, Person, settle
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.users import add_user
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.tui.widgets.line_widgets import StripWidget
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines

BEGINNING, END = "¡", "§"
"""What each text of the corpus begins and ends with; both are in GSM-7."""

SIZES = [(60, 18), (80, 24), (100, 30), (120, 40), (200, 60)]

CAMPAIGN = "¡Spring turnout of the harbor district and of all the villages around it§"
WORDS = (
    "¡I would like to know where the polling place is, whether there is a ramp for my walker, and who can drive me "
    "there, since the bus does not go on the day of the election§"
)

SCREENS = {
    "list": "",
    "conversation": "enter",
    "survey": "e",
    "replies": "a",
    "info": "i",
    "opt-outs tab": "4",
    "viewing as": "v",
    "picker of a sender": "r",
    "reassign menu": "R",
    "reassign some": "R s",
    "reassign some, chosen": "R s space down space",
    "unassign all": "R u",
    "opt out": "o",
    "lookup": "p",
    "help": "question_mark",
    "history": "H",
    "history, undo": "H enter",
    "overview": "q",
    "menu": "q m",
    "bulk": "q R a",
    "settings": "q i",
    "state": "q x",
    "export": "q E",
    "results": "q e",
    "new question": "q e c",
    "reply editor": "q a",
    "change reply": "q a enter",
    "follow-ups": "q f",
    "new follow-up": "q f c",
    "organization": "q comma",
    "users": "q U",
    "new user": "q U c",
    "opt-outs": "q O",
    "opt-out form": "q O c",
    "unmatched": "q M",
    "doubts": "q D",
    "failures": "q F",
    "campaigns": "q q",
    "new campaign": "q q c",
    "add senders": "q plus",
}
"""The keys that lead to each screen from the messenger, where a notice may be shown besides."""

HOMES = ("", "q ", "q q ")
"""The keys that lead to the messenger, the overview and the campaigns, from which the others are opened."""

STEPS = 3
"""How often Esc is pressed at most to come back there."""


@pytest.fixture
def wordy(bare: Office) -> Office:
    """An office in which every text is long, and begins and ends with a sign."""
    office = bare
    office.campaign(CAMPAIGN, script="Hi %first_name%, it's %sender_first_name%. Will you vote? Reply STOP to end.")
    names = ("¡Maximiliana Bartholomea§", "¡Featherstonehaugh-Wolstenholme of the Northern Isles§")
    add_user(office.db, office.ana, "max", *names, role=Role.MODERATOR)
    office.survey(
        '"¡Will you vote in the election of the harbor commission on the fourteenth of March?§",'
        '"¡Yes, at the polling place where I have voted since I was eighteen§|¡No, not this time and not the next§"',
        campaign=CAMPAIGN,
    )
    office.replies(f'"¡Where the polling place of the district is, and until when§","{WORDS}"', campaign=CAMPAIGN)
    office.replies(f'"¡Sorry for having bothered you, and thanks for telling us so§","{WORDS}"', campaign=None)
    people = [office.contact("Maria Lopez", wrote=WORDS, campaign=CAMPAIGN) for _ in range(3)]
    people += [office.contact(" ".join(names), wrote=f"please stop. {WORDS}", campaign=CAMPAIGN)]
    field = office.folder / "fields.csv"
    phone = office.conversation(people[0]).phone
    field.write_text(f'First,Last,Cell,Place\n"{names[0]}","{names[1]}",{phone},"{WORDS}"\n', encoding="utf-8")
    import_contacts(office.db, office.ana, field, CAMPAIGN)
    office.contact("Dev Patel", to="lee", wrote=WORDS, campaign=CAMPAIGN)
    opt_out_number(office.db, office.ana, office.conversation(people[2]).phone, note=WORDS)
    return office


def widgets_of(person: Person) -> Iterator[tuple[str, str]]:
    """Every widget that draws texts itself, with all of its text: also the lines that it is scrolled away from."""
    for widget in person.app.screen.query(StripWidget):
        if not widget.display or not widget.size or isinstance(widget, TextArea | Input):
            continue
        if isinstance(widget, ScrollingLines):
            lines = [strip.text for strip in widget._strips]
        else:
            width, height = widget.size
            lines = [strip.text for strip in widget.render_lines(Region(0, 0, width, height))]
        yield type(widget).__name__, "\n".join(lines)


def cut(text: str) -> list[str]:
    """The texts of the corpus that end neither as they should nor in an ellipsis."""
    begun = re.findall(f"{BEGINNING}[^{BEGINNING}]*", text)
    return [each for each in begun if END not in each and "…" not in each]


def lost(person: Person) -> list[str]:
    """What is beyond the edge of a dialog, or of the screen."""
    found = []
    screen = Region(0, 0, *person.app.screen.size)
    for box in person.app.screen.query(Vertical):
        if not box.has_class("dialog"):
            continue
        if not screen.contains_region(box.region):
            found.append(f"the frame is at {box.region} of {screen}")
        found += [
            f"{child!r} is at {child.region} of {box.content_region}"
            for child in box.children
            if child.display and not box.content_region.contains_region(child.region)
        ]
    return found


async def screens(office: Office, size: tuple[int, int]) -> AsyncIterator[tuple[str, Person]]:
    """Open each screen, in one app for as long as Esc leads back to the picture from which it was opened."""
    for home in HOMES:
        left = [name for name, keys in SCREENS.items() if home == max(filter(keys.startswith, HOMES), key=len)]
        while left:
            async with office.messenger(size=size, campaign=CAMPAIGN) as person:
                await person.press(*home.split())
                picture = person.screen
                while left and person.screen == picture:
                    await person.press(*SCREENS[left[0]].removeprefix(home).split())
                    yield left.pop(0), person
                    for _ in range(STEPS):
                        if person.screen != picture:
                            await person.press("escape")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_what_is_cut_ends_in_an_ellipsis_and_no_dialog_loses_a_line(wordy: Office, size: tuple[int, int]) -> None:
    faults, with_texts = {}, 0
    seen = set()
    async for name, person in screens(wordy, size):
        seen.add(name)
        shown = dict(widgets_of(person))
        with_texts += BEGINNING in person.screen
        texts = {widget: cut(text) for widget, text in shown.items() if cut(text)}
        if texts or lost(person):
            faults[name] = (texts, lost(person), person.screen)
    assert seen == SCREENS.keys()
    assert with_texts > len(SCREENS) / 2
    assert not faults, "\n".join(f"{name}: {texts} {away}\n{screen}" for name, (texts, away, screen) in faults.items())


async def test_the_hint_of_an_empty_field_ends_in_an_ellipsis_where_it_has_no_room(office: Office) -> None:
    async with office.app(size=(60, 18)) as person:
        await person.press("I")
        (hint,) = (line for line in person.lines if "(Enter lists the files; or a" in line)
        assert hint.strip(" │").endswith("…")
        await person.pilot.resize_terminal(80, 24)
        await settle(person.pilot)
        assert person.sees("(Enter lists the files; or a path; Tab completes it)")
