"""The question that an admin gets who sends where our number was withdrawn (`docs/rules.md 10.8`)."""

from __future__ import annotations

from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.renumber import renumber, replace_number
from thrumsg_tui.store.queries.gateway_numbers import replacement
from thrumsg_tui.tui.commands import Command, key_of
from thrumsg_tui.tui.commands.questions import LEAVE, RENUMBER, RENUMBER_ALL
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog
from thrumsg_tui.tui.screens.messenger.context import MessengerContext


async def ask_for_number(screen: MessengerContext, contact: Conversation) -> str:
    """Ask whether to give the conversation another number, and give it; nothing is sent.

    Returns:
        What was done, as a sentence.

    Raises:
        Refused: If no number is ready in its place.
    """
    store, who = screen.thrumsg.store, screen.thrumsg.who
    found = await store.query(replacement, contact.id)
    if found is None:
        return f"Our number is ready again: {key_of('box.send')} sends."
    if found.number is None:
        raise Refused(f"Our number {found.was.number} was withdrawn, and no other one is ready here.")
    several = found.was.conversations > 1
    others = f" {found.was.conversations} conversations keep the old one, this one included."
    choices: list[Choice[Command]] = [Choice(RENUMBER, f"From {found.number}", RENUMBER)]
    if several:
        choices.append(Choice(RENUMBER_ALL, f"All {found.was.conversations}, each from the best", RENUMBER_ALL))
    choices.append(Choice(LEAVE, "Leave it", LEAVE))
    question = ChoiceDialog(
        "Our number was withdrawn",
        f"{contact.name} was texted from {found.was.number}, which is ours no more. From which number is "
        f"{contact.name} texted from now on?{others if several else ''}",
        choices,
    )
    answer = await screen.show_dialog(question)
    if answer is RENUMBER:
        done = await store.execute(renumber, who, contact.id)
        return f"{contact.name} is texted from {done.number} from now on. {key_of('box.send')} sends."
    if answer is RENUMBER_ALL:
        done = await store.execute(replace_number, who, found.was.number)
        return f"{pluralize(done.conversations, 'conversation')} got another number. {key_of('box.send')} sends."
    return f"Nothing was sent to {contact.name}. The text is still in the box."
