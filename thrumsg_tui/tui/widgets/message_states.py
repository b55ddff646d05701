"""How the state of a message of ours is shown: by a glyph or words, never by a colour alone (`docs/rules.md 10.5`)."""

from __future__ import annotations

from thrumsg_tui.domain.carrier import Delivery
from thrumsg_tui.domain.conversations import Message
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import Part

STANDSTILL = {
    Delivery.PRACTICE: "",
    Delivery.RUNNING: "",
    Delivery.STOPPED: ", delivery stands still",
    Delivery.SILENT: ", delivery stands still",
    Delivery.NEVER: ", no gateway",
}
"""What is said behind the state of a message that waits."""


def state_in_thread(message: Message, delivery: Delivery, phones: PhoneDisplay, glyphs: Glyphs) -> Part:
    """Return the state of a message in its thread, with what the carrier said of it."""
    why = safe_text(phones.text(message.failure))
    said = f": {why}" if why else ""
    sent, delivered, failed = (
        sign if glyphs.ascii_only else f"{sign} {word}"
        for sign, word in ((glyphs.sent, "sent"), (glyphs.delivered, "delivered"), (glyphs.failed, "failed"))
    )
    return {
        MessageState.RECEIVED: ("", ""),
        MessageState.UNSENT: (f"unsent{STANDSTILL[delivery]}", "warning"),
        MessageState.QUEUED: (f"queued{STANDSTILL[delivery]}{said}", "warning"),
        MessageState.SENDING: ("sending", "quiet"),
        MessageState.SENT: (sent, "quiet"),
        MessageState.DELIVERED: (delivered, "quiet"),
        MessageState.FAILED: (f"{failed}{said}", "warning"),
        MessageState.IN_DOUBT: (f"{glyphs.in_doubt} in doubt{said}", "warning"),
        MessageState.CANCELLED: (f"cancelled{said}", "warning"),
    }[message.state]


def own_words(words: str, state: MessageState, glyphs: Glyphs) -> Part:
    """Return our last message in a list, with its state before the words."""
    match state:
        case MessageState.SENT | MessageState.DELIVERED if not glyphs.ascii_only:
            tick = glyphs.sent if state is MessageState.SENT else glyphs.delivered
            return f"{tick} You: {words}", "quiet"
        case MessageState.FAILED if not glyphs.ascii_only:
            return f"{glyphs.failed} You: {words}", "warning"
        case MessageState.IN_DOUBT if not glyphs.ascii_only:
            return f"{glyphs.in_doubt} You: {words}", "warning"
        case _:
            look = "warning" if state in {MessageState.FAILED, MessageState.IN_DOUBT} else "quiet"
            return f"You ({state.replace('_', ' ')}): {words}", look
