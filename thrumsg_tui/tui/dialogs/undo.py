"""The question before an undo (`docs/rules.md 4.9`)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.events import UndoPreview
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import inflect, pluralize
from thrumsg_tui.store.queries.thread import contact_names
from thrumsg_tui.store.queries.undo_preview import ASKED_FOR, TOLD, preview_undo
from thrumsg_tui.tui.dialogs.choice import ChoiceDialog, confirmation
from thrumsg_tui.tui.store_client import StoreClient

_MOST_NAMES = 8
"""How many of the contacts whose conversations stay are named."""


async def undo_confirmation(
    store: StoreClient,
    who: Identity,
    event_id: EventId,
    phones: PhoneDisplay,
    *,
    title: str = "Undo",
    late: str | None = None,
    campaign: str | None = None,
) -> ChoiceDialog[bool]:
    """Make the question whether to undo a change, which says what that would do; raise `Refused` if it is impossible.

    Args:
        store: Where the change is stored.
        who: Who undoes it.
        event_id: The change.
        phones: How numbers are shown.
        title: What is done, for the frame.
        late: The reason why a newer change cannot be undone; the dialog says it first.
        campaign: The campaign on the screen; the question names another one.
    """
    shown = await store.query(preview_undo, who, event_id)
    staying = await store.query(contact_names, shown.skipped[:_MOST_NAMES]) if shown.skipped else []
    question = _question(shown, staying, phones, "Undo what you did before" if late else "Undo")
    if (elsewhere := shown.entry.campaign) not in {None, campaign}:
        question = f"In {elsewhere}: {question}"
    text = f"{phones.text(late)}\n\n{question}" if late else question
    return confirmation(f"{title} change {event_id}", text, "Take it back", left="Nothing was taken back")


def _question(shown: UndoPreview, staying: Sequence[str], phones: PhoneDisplay, verb: str) -> str:
    question = f"{verb}: {summary(shown.entry.facts, phones)}?"
    if shown.moves or shown.skipped:
        question += f"\n\n{pluralize(shown.moves, 'goes back', 'go back')}"
        if shown.skipped:
            were_moved = pluralize(len(shown.skipped), "was moved", "were moved")
            stay = inflect(len(shown.skipped), "stays", "stay")
            question += f"; {were_moved} again since, or cannot go back, and {stay}"
        more = f" and {len(shown.skipped) - len(staying)} more" if len(shown.skipped) > len(staying) else ""
        question += f": {phones.text(', '.join(staying))}{more}." if staying else "."
    elif not shown.takes_effect:
        question += "\n\nNothing of it is left to take back: it was changed again since."
    if shown.asked_for:
        question += f"\n\n{ASKED_FOR}"
    elif shown.told:
        question += f"\n\n{TOLD}"
    return question
