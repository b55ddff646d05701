"""What the screens and the key queue need of the app, so that they need not know it."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Protocol, cast, runtime_checkable

from textual.screen import Screen
from textual.widget import Widget

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.domain.people import Identity
from thrumsg_tui.domain.reassignment import Outcome
from thrumsg_tui.store.queries.lookup import FoundConversation
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.timers import Timers


class AppContext(Protocol):
    """Who is here, the way to the store, and the ways to other screens."""

    store: StoreClient
    who: Identity
    zone: tzinfo
    glyphs: Glyphs
    names_files: bool
    """Whether the person may name files."""
    timers: Timers
    opened_at: datetime
    """When the app was opened, by the clock of the store."""

    @property
    def keys_pressed(self) -> int:
        """How many keys have been taken so far, the present one among them."""

    @property
    def key_pressed_at(self) -> float:
        """When the present key was pressed, by the monotonic clock."""

    async def open_campaign(self, campaign_id: CampaignId) -> None:
        """Open a campaign."""

    def open_messenger(self, campaign_id: CampaignId, assignment_id: AssignmentId) -> None:
        """Open the messenger on an assignment."""

    def open_conversation(self, found: FoundConversation) -> None:
        """Open the messenger on a conversation."""

    def show_history(self, campaign_id: CampaignId | None, conversation: Conversation | None) -> None:
        """Show the journal."""

    def finish_later(self, begun: Outcome) -> None:
        """Make the moves that a change has only begun, while everything else goes on."""

    def show_over(self, screen: Screen[None]) -> None:
        """Show a screen over the present one."""

    def viewing(self, assignment_id: AssignmentId) -> None:
        """Remember whose assignment is viewed."""

    def resting_on_a_conversation(self) -> None:
        """Let others see which conversation is open here."""

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text to the terminal's clipboard (OSC 52)."""

    def go_back(self) -> None:
        """Go to the screen before."""


def app_context(widget: Widget) -> AppContext:
    """The app that a widget is in; `tests/tui/test_app_context.py` lets mypy compare the app with `AppContext`."""
    return cast(AppContext, widget.app)


class Keyboard(Protocol):
    """What the key queue waits for."""

    @property
    def screen(self) -> Screen[object]:
        """The screen in front."""

    @property
    def focused(self) -> Widget | None:
        """The widget that keys go to."""

    @property
    def ready_for_keys(self) -> bool:
        """Whether what the last key led to is on the screen."""

    @property
    def keeps_keys(self) -> bool:
        """Whether keys wait for as long as it takes: another writer to be done, or a screen to be up."""


@runtime_checkable
class Saying(Protocol):
    """A screen or dialog that has a place for a sentence."""

    def say(self, sentence: str) -> None:
        """Say what happened."""


@runtime_checkable
class Waiting(Protocol):
    """A screen or dialog that shows what the last key led to only after a while."""

    @property
    def ready_for_keys(self) -> bool:
        """Whether it does now."""
