"""The Admin Messenger: any sender's conversations, worked by keys (`docs/rules.md` 3).

Each action is one change, after which the panes ask again.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.fields import Rendered, no_value
from thrumsg_tui.domain.people import Permission
from thrumsg_tui.domain.reassignment import FromAssignments, FromConversations, Request, ToAssignments, by_status
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.skip_follow_up import skip_follow_up
from thrumsg_tui.store.queries.conversations import ids_from
from thrumsg_tui.store.queries.next_message import fill_in
from thrumsg_tui.store.queries.reassignment import holders, plan
from thrumsg_tui.store.queries.thread import conversation_head
from thrumsg_tui.tui.commands import Scope, bindings, command, commands_of
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog, confirmation
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.bulk_reassignment import apply_plan, reassign_in_bulk
from thrumsg_tui.tui.screens.messenger_panes import Front
from thrumsg_tui.tui.screens.messenger_writing import MessengerWriting
from thrumsg_tui.tui.screens.pick_sender import pick_sender
from thrumsg_tui.tui.widgets.replies_pane import RepliesPane
from thrumsg_tui.tui.widgets.sidebar import SidebarTab
from thrumsg_tui.tui.widgets.survey_pane import SurveyPane


class MessengerScreen(MessengerWriting):
    """The messenger with all that one does in it."""

    SCOPES = (Scope.MESSENGER, Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES)
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(commands_of(Scope.MESSENGER, Scope.EVERYWHERE)),
        *(Binding(key, f"digit({key})", show=False) for key in command("messenger.count").keys.split()),
    ]

    # Follow-ups, survey and replies

    async def action_skip(self) -> None:
        """Pass over the follow-up that is up for this contact."""
        if (of := self.open_one) is None:
            return
        if await self.make(skip_follow_up, self.thrumsg.who, of.id):
            self.state = self.state.changed(of.id)
            self.say(f"Skipped for {of.name}; z undoes it.")

    async def action_survey(self) -> None:
        """Go to the survey."""
        self.turn_sidebar(SidebarTab.SURVEY)

    async def action_replies(self) -> None:
        """Go to the recommended replies."""
        self.turn_sidebar(SidebarTab.REPLIES)

    async def action_info(self) -> None:
        """Go to the campaign's settings."""
        self.turn_sidebar(SidebarTab.INFO)

    @on(SurveyPane.Answered)
    async def _answered(self, answered: SurveyPane.Answered) -> None:
        if self.open_one is None:
            return
        try:
            event = await self.thrumsg.store.execute(
                record_answer, self.thrumsg.who, self.open_one.id, answered.question, answered.choice
            )
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        if event:
            self.say("Answer recorded; z undoes it." if answered.choice else "Answer cleared; z undoes it.")
        self.ask_again()

    @on(RepliesPane.Chosen)
    @work(group=ACTION)
    async def _reply_chosen(self, chosen: RepliesPane.Chosen) -> None:
        """Put a reply into the message box, never sending it (`docs/rules.md 3.15`)."""
        if self.open_one is None:
            return
        filled = await self.thrumsg.store.query(fill_in, self.open_one, self.thrumsg.who, chosen.reply.body)
        answer = "replace"
        if self.box.text.strip():
            question = "There is something in the message box already."
            choices = [
                Choice("r", "Replace it", "replace"),
                Choice("a", "Append to it", "append"),
                Choice("n", "Cancel", "cancel"),
            ]
            left = "The reply was not used: the message box is as it was."
            answer = await self.app.push_screen_wait(ChoiceDialog("Use this reply", question, choices, left=left))
        if answer == "cancel":
            return
        self.bring_to_front(Front.CONVERSATION)
        if answer == "append":
            self.box.append(filled.text)
        else:
            self.box.hold(filled.text, self.box.starting_text)
        self._say_unfilled(filled)

    def _say_unfilled(self, filled: Rendered) -> None:
        if unresolved := filled.unresolved:
            self.say(f"{no_value(unresolved[0])}: put the words in its place.", warning=True)

    # Opting out and in

    @work(group=ACTION)
    async def action_opt_out(self) -> None:
        """Opt the number out, or in again."""
        of, view = self.open_one, self.view
        if of is None or view is None:
            return
        if of.opted_out:
            question = f"Opt {of.name} in again, in all campaigns? No message is sent."
            dialog = confirmation("Opt In", question, "Opt in", left=f"{of.name} was not opted in")
            change = opt_in_number
        else:
            told = f"They are told, unless they were never texted: “{view.settings.opt_out_message}”"
            question = f"Opt {of.name} out, in all campaigns? {told}"
            left = f"{of.name} was not opted out"
            dialog = confirmation("Opt Out", question, "Opt out", left=left, must_be_seen=True)
            change = opt_out_number
        if await self.app.push_screen_wait(dialog) and await self.make(change, self.thrumsg.who, of.phone):
            self.state = self.state.changed(of.id)
            undo = "; z undoes it" if self.thrumsg.who.may(Permission.OPT_IN) else ""
            self.say(f"{of.name} is opted {'in' if of.opted_out else 'out'}{undo}.")

    # Reassigning

    async def _chosen(self, number: int | None) -> tuple[ConversationId, ...]:
        """As many as were counted from the cursor's conversation down, else the marked ones, else the open one."""
        if number is not None:
            start = self.state.count.start
            self.go(self.state.return_to_count_start())
            first = start.cursor.conversation_id if start else None
            found = (
                await self.thrumsg.store.query(ids_from, self.list_request, first, number) if first and number else []
            )
            if not found:
                self.say("There are none to count from here.", warning=True)
            return tuple(found)
        if self.state.marks:
            return tuple(sorted(self.state.marks))
        return (self.open_one.id,) if self.open_one else ()

    def action_reassign(self) -> None:
        """Give conversations to somebody else."""
        self._reassign(self.count)

    @work(group=ACTION)
    async def _reassign(self, number: int | None) -> None:
        view = self.view
        if view is None or not (chosen := await self._chosen(number)):
            return
        what = pluralize(len(chosen), "conversation")
        if len(chosen) == 1:
            what = (await self.thrumsg.store.query(conversation_head, chosen[0])).name
        store = self.thrumsg.store
        holding = await store.query(holders, view.campaign.id, chosen)
        has_all = holding if len(holding) == 1 else frozenset()
        picked = await pick_sender(self, view.campaign.id, f"Reassign {what} to", without=has_all)
        if picked is None:
            return
        to = picked.id
        try:
            request = Request(view.campaign.id, FromConversations(chosen), ToAssignments((to,)))
            planned = await store.query(plan, request, store.db.clock())
            if len(planned.moves) > 1:
                sources = sorted({planned.names[move.source] for move in planned.moves})
                question = f"Move {len(planned.moves)} conversations of {', '.join(sources)} to {planned.names[to]}?"
                question += f"\n\n{by_status(planned.moves)}."
                if planned.already_there:
                    question += f" {len(planned.already_there)} more are there already."
                sure = confirmation("Reassign", question, "Move them", left="Nothing was moved")
                if not await self.app.push_screen_wait(sure):
                    return
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
            return
        self.state = self.state.changed(chosen[0] if len(chosen) == 1 else None)
        if await apply_plan(self, planned):
            self.go(self.state.unmark())

    def undone(self) -> None:
        """Go back to the conversation, and to the question, that the change was about."""
        self.sidebar.survey.follow_change()
        self.state = self.state.undone()

    @work(group=ACTION)
    async def action_reassign_sender(self) -> None:
        """Move this sender's conversations in bulk."""
        if (view := self.view) is not None:
            await reassign_in_bulk(self, view.viewing.name, view.campaign.id, FromAssignments((view.viewing.id,)))

    # The number

    def action_copy_phone(self) -> None:
        """Copy the number to the terminal's clipboard (OSC 52)."""
        if self.open_one is None or self.view is None:
            return
        if self.view.settings.redact_phones:
            self.say("Phone numbers are hidden here, so they cannot be copied.", warning=True)
            return
        self.app.copy_to_clipboard(self.open_one.phone)
        self.say(f"Copied {self.open_one.phone_national}.")
