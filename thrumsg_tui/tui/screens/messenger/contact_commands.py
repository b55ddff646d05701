"""Commands for the contact of the open conversation (`docs/rules.md` 3, 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thrumsg_tui.domain.campaigns import ChoiceId, QuestionId
from thrumsg_tui.domain.conversations import heard_of_opt_out
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.fields import no_value
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.skip_follow_up import skip_follow_up
from thrumsg_tui.store.queries.next_message import fill_in
from thrumsg_tui.store.queries.opt_out_message import told_by_hand
from thrumsg_tui.tui.commands import Command
from thrumsg_tui.tui.commands.questions import APPEND, LEAVE, REPLACE
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog, confirmation
from thrumsg_tui.tui.screen_context import action_worker
from thrumsg_tui.tui.screens.messenger.context import MessengerContext

_FOR_OPTED_OUT = {"messenger.open": "open", "messenger.opt_out": "opt in"}
"""What the bottom line says first of a contact to whom nothing can be sent, by the id of the command."""


class ContactCommands:
    """The messenger's commands for the open conversation, except sending and reassigning."""

    def __init__(self, screen: MessengerContext) -> None:
        self.screen = screen

    def named(self, commands: Sequence[Command]) -> list[Command]:
        """Return commands as the bottom line names them for the open contact: an opted-out one cannot be written to.

        Without a contact it names none that needs one.
        """
        contact, facts = self.screen.open_contact, self.screen.facts()
        if contact is None:
            return [each for each in commands if each.id != "messenger.open" and each.why_not(facts) is None]
        if not contact.opted_out:
            return list(commands)
        left = [each for each in commands if each.id != "messenger.replies" and each.why_not(facts) is None]
        named = [replace(each, footer=_FOR_OPTED_OUT.get(each.id, each.footer)) for each in left]
        return sorted(named, key=lambda each: each.id not in _FOR_OPTED_OUT)

    async def action_skip(self) -> None:
        """Skip this contact's current follow-up."""
        screen = self.screen
        if (contact := screen.open_contact) and await screen.make(skip_follow_up, screen.thrumsg.who, contact.id):
            screen.state = screen.state.changed(contact.id)
            screen.say(f"Skipped for {contact.name}; {screen.conversation.undo_keys} undoes it.")

    @action_worker
    async def action_opt_out(self) -> None:
        """Opt the number out, or back in."""
        screen, who, contact = self.screen, self.screen.thrumsg.who, self.screen.open_contact
        if contact is None or screen.view is None:
            return
        name = contact.name
        if contact.opted_out:
            caution = contact.opt_out.caution if contact.opt_out else ""
            question = f"Opt {name} in again, in all campaigns? No message is sent. {caution}".strip()
            dialog = confirmation("Opt In", question, "Opt in", left=f"{name} was not opted in")
            change = opt_in_number
        else:
            message = await screen.thrumsg.store.query(told_by_hand, contact.phone, screen.thrumsg.store.db.clock())
            told = heard_of_opt_out(message)
            question = f"Opt {name} out, in all campaigns? {told}"
            dialog = confirmation("Opt Out", question, "Opt out", left=f"{name} was not opted out", must_be_seen=True)
            change = opt_out_number
        if await screen.show_dialog(dialog) and await screen.make(change, who, contact.phone, done_in=contact.id):
            screen.state = screen.state.changed(contact.id)
            undo = f"; {screen.conversation.undo_keys} undoes it" if who.may(Permission.OPT_IN) else ""
            screen.say(f"{name} is opted {'in' if contact.opted_out else 'out'}{undo}.")

    async def action_copy_phone(self) -> None:
        """Copy the number to the terminal's clipboard."""
        screen = self.screen
        if screen.open_contact is None or screen.view is None:
            return
        if screen.view.settings.redact_phones:
            screen.say("Phone numbers are hidden here, so they cannot be copied.", warning=True)
            return
        from thrumsg_tui.tui.clipboard import copy

        screen.say(await copy(screen.thrumsg, screen.open_contact.phone, screen.open_contact.phone_national))

    async def record_answer(self, question: QuestionId, choice: ChoiceId | None, *, is_last: bool) -> None:
        """Record the answer to a survey question; None as the choice clears it. The last one leaves the survey."""
        screen, contact = self.screen, self.screen.open_contact
        if contact is None:
            return
        store, who = screen.thrumsg.store, screen.thrumsg.who
        try:
            event = await store.execute(record_answer, who, contact.id, question, choice)
        except ThrumsgError as refusal:
            screen.say(str(refusal), warning=True)
            return
        if is_last:
            screen.leave_sidebar()
        if event:
            screen.say(f"Answer {'recorded' if choice else 'cleared'}; {screen.conversation.undo_keys} undoes it.")
        screen.ask_again()

    async def use_reply(self, body: str) -> bool:
        """Put a recommended reply into the message box without sending it (`docs/rules.md 3.15`).

        If there is text in the box, ask first.

        Returns:
            Whether the reply is in the box.
        """
        screen, box = self.screen, self.screen.conversation.box
        if (contact := screen.open_contact) is None:
            return False
        filled = await screen.thrumsg.store.query(fill_in, contact, screen.thrumsg.who, body)
        answer = "replace"
        if box.text.strip():
            question = "There is something in the message box already."
            choices = [
                Choice(REPLACE, "Replace it", "replace"),
                Choice(APPEND, "Append to it", "append"),
                Choice(LEAVE, "Cancel", "cancel"),
            ]
            left = "The reply was not used: the message box is as it was."
            answer = await screen.show_dialog(ChoiceDialog("Use this reply", question, choices, left=left))
        if answer == "cancel":
            return False
        if answer == "append":
            box.append(filled.text)
        else:
            box.write(filled.text)
        if unresolved := filled.unresolved:
            screen.say(f"{no_value(unresolved[0])}: put the words in its place.", warning=True)
        return True
