"""Filling in forms as a person does who has the texts at hand: they are pasted, in place of what a field holds."""

from __future__ import annotations

from tests.tui.office import Person
from thrumsg_tui.tui.dialogs.form import FormDialog


async def fill(person: Person, **values: str) -> None:
    """Put texts into fields, in place of what they hold."""
    for name, value in values.items():
        form_of(person).form.begin(name)
        await person.press("end", "ctrl+u")
        if value:
            await person.paste(value)


async def choose(person: Person, **wanted: str) -> None:
    """Go through the options of fields until the wanted one is chosen."""
    for name, value in wanted.items():
        form = form_of(person).form
        form.begin(name)
        for _ in range(40):
            if form.entered[name] == value:
                break
            await person.press("right")
        assert form.entered[name] == value


def form_of(person: Person) -> FormDialog[object]:
    """The form in front."""
    screen = person.app.screen
    assert isinstance(screen, FormDialog), person.screen
    return screen
