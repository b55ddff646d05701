"""The presenter's tour as a table of a document, from the steps that the app goes through."""

from __future__ import annotations

import re

from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.tour.guide import KEY
from thrumsg_tui.tui.tour.presenter import PRESENTER
from thrumsg_tui.tui.tour.steps import Step

_BEGIN, _END = "<!-- tour: made by `make docs` -->", "<!-- end of tour -->"


def with_tour(document: str) -> str:
    """Return a document with the table of the tour as it should be, if it has a place for it."""
    rows = [
        ("", "Step", "Say", "Do"),
        ("---",) * 4,
        *((str(number), step.title, step.point, _told(step)) for number, step in enumerate(PRESENTER.steps, 1)),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    between = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
    return between.sub(lambda _: f"{_BEGIN}\n{table}\n{_END}", document)


def _told(step: Step) -> str:
    """Return what to do at the places of a step, once where only the key differs; also where a contact asks for it."""
    places = [text for place, told in step.texts.items() for text in (told, step.by_wish.get((place, True))) if text]
    texts = {KEY.sub("", text): text for text in places[::-1]}
    return " ".join(KEY.sub(lambda found: f"`{key_of(found[1])}`", text) for text in [*texts.values()][::-1])
