"""Protocols of the app for the screens and the key queue, which do not import it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from textual.events import Event
from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
    from thrumsg_tui.domain.conversations import Conversation
    from thrumsg_tui.domain.preferences import Preferences
    from thrumsg_tui.domain.reassignment import Outcome
    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.store.queries.lookup import FoundConversation
    from thrumsg_tui.tui.carrier_view import CarrierView
    from thrumsg_tui.tui.glyphs import Glyphs
    from thrumsg_tui.tui.notice_log import NoticeLog
    from thrumsg_tui.tui.store_client import StoreClient
    from thrumsg_tui.tui.timers import Timers
    from thrumsg_tui.tui.unstored_drafts import UnstoredDrafts


class AppContext(Protocol):
    """The app as screens see it: identity, store client and navigation."""

    store: StoreClient
    who: Identity
    zone: tzinfo
    glyphs: Glyphs
    preferences: Preferences
    """What the person has configured (`docs/rules.md 12.1`)."""
    forced_command: bool
    """Whether the person came with a key that has a forced command, and so names files in one folder only."""
    timers: Timers
    unstored: UnstoredDrafts
    carrier: CarrierView | None
    """How delivery stood when anybody last wrote; None before the first screen."""
    opened_at: datetime
    """When the app was opened, by the clock of the store."""
    notices: NoticeLog
    """What the bottom line has said."""

    @property
    def keys_pressed(self) -> int:
        """Number of keys and pastes handled so far, including the current one."""

    @property
    def key_pressed_at(self) -> float:
        """When the current key was pressed, by the monotonic clock."""

    async def open_campaign(self, campaign_id: CampaignId, notice: str = "") -> None:
        """Open a campaign, whose screen says `notice`."""

    def open_messenger(self, campaign_id: CampaignId, assignment_id: AssignmentId) -> None:
        """Open the messenger on an assignment."""

    def open_conversation(self, found: FoundConversation) -> None:
        """Open the messenger on a conversation."""

    def show_history(self, campaign_id: CampaignId | None, conversation: Conversation | None) -> None:
        """Show the journal."""

    def finish_later(self, begun: Outcome) -> None:
        """Finish a move that a change has only begun, in the background."""

    def show_over(self, screen: Screen[None]) -> None:
        """Show a screen over the current one."""

    def viewing(self, assignment_id: AssignmentId) -> None:
        """Remember the assignment that the messenger shows."""

    def resting_on_a_conversation(self) -> None:
        """Tell others which conversation is open here."""

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text to the terminal's clipboard (OSC 52)."""

    def bell(self) -> None:
        """Ring the terminal's bell."""

    def go_back(self) -> None:
        """Go up to the parent screen."""

    def tell(self, sentence: str) -> None:
        """Show a sentence as a warning."""


def app_context(widget: Widget) -> AppContext:
    """Return the app of a widget; `tests/tui/test_app_context.py` lets mypy compare it with `AppContext`."""
    return cast(AppContext, widget.app)


class Keyboard(Protocol):
    """The app as the key queue sees it."""

    @property
    def screen(self) -> Screen[object]:
        """The front screen."""

    @property
    def focused(self) -> Widget | None:
        """The widget that receives keys."""

    @property
    def ready_for_keys(self) -> bool:
        """Whether the result of the last key is on the screen."""

    def takes_early(self, event: Event) -> bool:
        """Whether an event may be taken before the result of the last key is on the screen."""

    def has_command(self, key: str) -> bool:
        """Whether a command is on a key here."""

    @property
    def keeps_keys(self) -> bool:
        """Whether keys wait without limit: for another writer, or until a screen is up."""

    @property
    def step_keys(self) -> Collection[str]:
        """The keys that here only move a cursor."""


@runtime_checkable
class Saying(Protocol):
    """A screen or dialog that can show a sentence."""

    def say(self, sentence: str) -> None:
        """Show a sentence."""
