"""Keys that are a number: a tab, a count before a command, or with Alt a recommended reply."""

from __future__ import annotations

import os

from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.tui.commands import command, key_of
from thrumsg_tui.tui.screens.messenger.context import MessengerContext
from thrumsg_tui.tui.screens.messenger.count_prefix import tab_of
from thrumsg_tui.tui.screens.messenger.pane_switcher import PaneSwitcher
from thrumsg_tui.tui.stale_keys import joins_keys


def counted(digits: str) -> str:
    """Return the keys that reassign so many, where each of the digits names a tab: `03r`."""
    tabs = [key_of(f"messenger.tab_{digit}") for digit in digits]
    return "".join([command("messenger.count").shown_for(0), *tabs, key_of("messenger.reassign")])


class NumberKeys:
    """Goes to tabs, counts, and takes recommended replies."""

    def __init__(self, screen: MessengerContext, panes: PaneSwitcher) -> None:
        self.screen = screen
        self._panes = panes

    @property
    def count(self) -> int | None:
        """The count typed before the current key, None if there is none."""
        return self.screen.state.count.count_at(self.screen.thrumsg.keys_pressed, self.screen.key_clock())

    @property
    def missed_count(self) -> str:
        """The digits typed before the current key that named tabs and may be meant as a count; empty without any."""
        return self.screen.state.count.missed_at(self.screen.thrumsg.keys_pressed, self.screen.key_clock())

    def action_digit(self, digit: int) -> None:
        """Go to a tab by its fixed number. Other digits, or several in a row, are a count for `r`."""
        screen = self.screen
        state = screen.state.type_digit(digit, key=screen.thrumsg.keys_pressed, at=screen.key_clock())
        if state.count.names_no_tab:
            screen.go(state)
            screen.say(f"{state.count.digits} from here down: {key_of('messenger.reassign')} reassigns them")
            return
        if (tab := tab_of(digit)) is None:
            return
        if screen.view and tab in screen.view.tabs:
            screen.go(state.go_to_tab(tab))
        else:
            screen.state = state
            keys = counted(str(digit))
            screen.say(f"There is no tab {tab.label} here now; a count begins with 0: {keys}.", warning=True)

    @property
    def takes_replies(self) -> bool:
        """Whether the open conversation has the focus, and its box sends a reply."""
        conversation = self.screen.conversation
        has_focus = conversation.box.has_focus or self._panes.in_sidebar
        return has_focus and self.screen.open_contact is not None and conversation.kind is MessageKind.REPLY

    def action_reply(self, number: int) -> None:
        """Put a recommended reply into the message box, by its number."""
        screen, thrumsg = self.screen, self.screen.thrumsg
        if not screen.sidebar.replies.take(number):
            screen.say(f"There is no recommended reply {number}.", warning=True)
        elif joins_keys(os.environ):
            screen.conversation.box.sight.not_until(thrumsg.key_pressed_at + thrumsg.timers.joined)
