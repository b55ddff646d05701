"""The steps of a tour: what to do at each place, and the condition that says that it was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum, auto

from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass


class Place(StrEnum):
    """Where a person is: the screen or dialog in front, and in the messenger the pane that has the focus."""

    CAMPAIGNS = auto()
    OVERVIEW = auto()
    LIST = auto()
    SEARCH = auto()
    BOX = auto()
    SURVEY = auto()
    REPLIES = auto()
    INFO = auto()
    HISTORY = auto()
    SCREEN = auto()
    """Any other screen."""
    PICKER = auto()
    QUESTION = auto()
    BULK = auto()
    HELP = auto()
    DIALOG = auto()
    """Any other dialog."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What can be seen, and what has happened since the step began.

    Attributes:
        place: Where the person is.
        viewing: The login of the sender whose assignment is viewed; empty for Unassigned, and outside the messenger.
        marked: How many conversations are marked.
        changes: The changes that the person has made, undone ones included.
        wishes: How many contacts the person has opted out who had asked for it.
        received: How many messages contacts have written.
        ran: The ids of the commands that ran on screens.
    """

    place: Place
    viewing: str = ""
    marked: int = 0
    changes: tuple[EventKind, ...] = ()
    wishes: int = 0
    received: int = 0
    ran: tuple[str, ...] = ()


Condition = Callable[[Scene], bool]
"""Whether a step is done."""


def at(place: Place) -> Condition:
    """Return whether the person has come to a place."""
    return lambda scene: scene.place is place


def viewing(login: str) -> Condition:
    """Return whether the messenger shows a sender's assignment."""
    return lambda scene: scene.viewing == login and scene.place is Place.LIST


def marked(least: int) -> Condition:
    """Return whether so many conversations are marked."""
    return lambda scene: scene.marked >= least


def made(kind: EventKind, least: int = 1) -> Condition:
    """Return whether so many changes of a kind were made."""
    return lambda scene: scene.changes.count(kind) >= least


def heeded(scene: Scene) -> bool:
    """Return whether somebody was opted out who had asked for it."""
    return scene.wishes > 0


def ran(id: str) -> Condition:
    """Return whether a command of a screen ran."""
    return lambda scene: id in scene.ran


def heard(scene: Scene) -> bool:
    """Return whether a contact has written."""
    return scene.received > 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a tour.

    In a text, the id of a command in braces stands for its key: `{app.undo}`.

    Attributes:
        title: What it is about.
        texts: What to do, by the place where the person is. At other places they are told the way back.
        done: Whether the person has done it; None for the last step, which stays until they leave.
        point: What a presenter says, as one line.
        by_wish: What to do instead at a place where the contact in front asks to be left alone, or does not.
        by_view: What to do instead at a place where a sender's assignment is viewed, by their login.
    """

    title: str
    texts: Mapping[Place, str]
    done: Condition | None
    point: str = ""
    by_wish: Mapping[tuple[Place, bool], str] = field(default_factory=dict)
    by_view: Mapping[tuple[Place, str], str] = field(default_factory=dict)

    @property
    def all_texts(self) -> Sequence[str]:
        """Whatever may be told in it."""
        return [*self.texts.values(), *self.by_wish.values(), *self.by_view.values()]


@dataclass(frozen=True, slots=True)
class Tour:
    """The steps of a tour, in order."""

    name: str
    steps: tuple[Step, ...]


WAYS_BACK: Mapping[Place, str] = {
    Place.CAMPAIGNS: "{list.choose} opens the campaign.",
    Place.OVERVIEW: "{list.choose} opens the conversations of the sender under the cursor.",
    Place.LIST: "{app.back} goes back to the overview.",
    Place.SEARCH: "{messenger.escape} leaves the search.",
    Place.BOX: "{box.leave} goes back to the list.",
    Place.SURVEY: "{pane.leave} goes back to where you were.",
    Place.REPLIES: "{pane.leave} goes back to where you were.",
    Place.INFO: "{pane.leave} goes back to where you were.",
    Place.HISTORY: "{app.back} goes back to the screen before.",
    Place.SCREEN: "{app.back} goes back to the screen before.",
    Place.PICKER: "{picker.leave} leaves without choosing.",
    Place.QUESTION: "{question.leave} leaves everything as it is.",
    Place.BULK: "{bulk.back} takes choices back, and then leaves.",
    Place.HELP: "{help.leave} closes the help.",
    Place.DIALOG: "{form.leave} leaves this dialog.",
}
"""How to leave each place, for a step that is not done there."""
