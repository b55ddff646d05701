"""The guide: which step of a tour a person is at, and what it says to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.tui.commands import command, key_of
from thrumsg_tui.tui.tour.steps import WAYS_BACK, Place, Scene, Step, Tour
from thrumsg_tui.tui.widgets.line_widgets import Part

KEY = re.compile(r"\{([a-z_]+\.[a-z_0-9]+)\}")
"""The id of a command in a text, in whose place its key is shown."""


def with_keys(text: str) -> list[Part]:
    """Put the keys of commands in the place of their ids."""
    parts: list[Part] = []
    for index, piece in enumerate(KEY.split(text)):
        if index % 2:
            parts.append((key_of(piece), "accent"))
        elif piece:
            parts.append((piece, ""))
    return parts


def commands_in(text: str) -> Sequence[str]:
    """Return the ids of the commands that a text names."""
    return KEY.findall(text)


class Guide:
    """Goes through the steps of a tour.

    Args:
        tour: The tour.
        since: The newest event of the journal: what comes after it was done in the tour.
    """

    def __init__(self, tour: Tour, since: EventId) -> None:
        self.tour = tour
        self.since = since
        """The newest event when the step began."""
        self.index = 0
        self._ran: list[str] = []

    @property
    def step(self) -> Step:
        """The current step."""
        return self.tour.steps[self.index]

    def text(self, place: Place, *, asks: bool = False, viewing: str = "") -> str:
        """Return what to do at a place.

        Args:
            place: The place.
            asks: Whether the contact in front asks to be left alone.
            viewing: The login of the sender whose assignment is viewed.
        """
        step = self.step
        special = step.by_wish.get((place, asks)) or step.by_view.get((place, viewing))
        return special or step.texts.get(place) or WAYS_BACK[place]

    def note_command(self, id: str) -> None:
        """Note that a command of a screen has run."""
        self._ran.append(id)

    def look(self, scene: Scene, newest: EventId) -> bool:
        """Go to the next step if this one is done; return whether it was.

        Args:
            scene: What can be seen, and what has happened since `since`.
            newest: The newest event.
        """
        done = self.step.done
        if done is None or not done(replace(scene, ran=tuple(self._ran))):
            return False
        self.skip(newest)
        return True

    def skip(self, newest: EventId) -> None:
        """Go to the next step, whether this one is done or not; the last one stays."""
        self.index = min(self.index + 1, len(self.tour.steps) - 1)
        self.since = newest
        self._ran.clear()

    def answer_to(self, key: str, ran: Sequence[str], place: Place) -> str:
        """Return what to say about a key that did not help; empty if nothing needs to be said.

        Args:
            key: The key, as it is shown.
            ran: The commands of screens that it ran.
            place: Where the person is now.
        """
        wanted = commands_in(" ".join([*self.step.all_texts, WAYS_BACK[place]]))
        others = [id for id in ran if id not in wanted]
        return f"{key} was “{command(others[0]).title}”: no harm done" if others else ""
