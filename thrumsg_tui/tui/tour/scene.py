"""Reads the scene of a tour off the app."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from textual.screen import ModalScreen

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.queries.history import EVERYTHING, history
from thrumsg_tui.store.queries.opt_outs import was_asked_for
from thrumsg_tui.tui.dialogs.bulk_reassign import BulkReassign
from thrumsg_tui.tui.dialogs.choice import ChoiceDialog
from thrumsg_tui.tui.dialogs.help import HelpDialog
from thrumsg_tui.tui.dialogs.picker import Picker
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen
from thrumsg_tui.tui.screens.history import HistoryScreen
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.tour.steps import Place, Scene

if TYPE_CHECKING:
    from textual.screen import Screen

    from thrumsg_tui.store.engines.connection import Connection

_PLACES: Mapping[type[Any], Place] = {
    BulkReassign: Place.BULK,
    ChoiceDialog: Place.QUESTION,
    Picker: Place.PICKER,
    HelpDialog: Place.HELP,
    ModalScreen: Place.DIALOG,
    CampaignsScreen: Place.CAMPAIGNS,
    OverviewScreen: Place.OVERVIEW,
    HistoryScreen: Place.HISTORY,
}
"""The place of each class of screens; of two that fit, the first counts."""

_MOST_EVENTS = 200
"""How many events of a step are read at most."""


def place_of(screen: Screen[Any]) -> Place:
    """Return the place that is in front."""
    if isinstance(screen, MessengerScreen):
        return _pane_of(screen)
    return next((place for kind, place in _PLACES.items() if isinstance(screen, kind)), Place.SCREEN)


def _pane_of(messenger: MessengerScreen) -> Place:
    if not messenger.is_mounted:
        return Place.LIST  # where it will begin
    if messenger.box.has_focus:
        return Place.BOX
    if messenger.search.has_focus:
        return Place.SEARCH
    if messenger.list_pane.list.has_focus:
        return Place.LIST
    sidebar = messenger.sidebar
    if sidebar.survey.has_focus_within:
        return Place.SURVEY
    return Place.REPLIES if sidebar.replies.has_focus_within else Place.INFO


def asks_to_be_left(under: Screen[Any] | None) -> bool:
    """Return whether the contact in front, of the screen under dialogs, seems to ask to be left alone."""
    contact = under.open_contact if isinstance(under, MessengerScreen) else None
    return contact is not None and contact.flagged


def viewed_by(under: Screen[Any] | None) -> str:
    """Return the login of the sender whose assignment the screen under dialogs shows; empty if it shows nobody's."""
    view = under.view if isinstance(under, MessengerScreen) else None
    return (view and view.viewing.login) or ""


@dataclass(frozen=True, slots=True)
class Happened:
    """What has happened since an event.

    Attributes:
        changes: The changes of the person.
        wishes: How many contacts the person has opted out who had asked for it.
        received: How many messages came.
        newest: The newest event.
    """

    changes: tuple[EventKind, ...]
    wishes: int
    received: int
    newest: EventId


def scene_of(front: Screen[Any], under: Screen[None] | None, happened: Happened) -> Scene:
    """Return the scene of the front screen, the screen under dialogs, and what has happened."""
    messenger = under if isinstance(under, MessengerScreen) else None
    return Scene(
        place_of(front),
        viewing=viewed_by(under),
        marked=len(messenger.state.marks) if messenger else 0,
        changes=happened.changes,
        wishes=happened.wishes,
        received=happened.received,
    )


def read_happened(conn: Connection, login: str, since: EventId) -> Happened:
    """Read what has happened since an event."""
    events = history(conn, EVERYTHING, limit=_MOST_EVENTS)
    newer = [event for event in events if event.id > since]
    own = [event for event in newer if event.by == login]
    return Happened(
        tuple(event.kind for event in own),
        sum(event.kind is EventKind.OPT_OUT and was_asked_for(conn, event.id) for event in own),
        sum(event.kind is EventKind.RECEIVE for event in newer),
        events[0].id if events else EventId(0),
    )


def has_worked(conn: Connection, login: str) -> bool:
    """Return whether a person has done anything in the practice campaign.

    They are the author of some of its past, too; but the last words of that are the senders'.
    """
    since = takewhile(lambda event: event.by in {login, ""}, history(conn, EVERYTHING, limit=_MOST_EVENTS))
    return any(event.by == login for event in since)
