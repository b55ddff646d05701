"""Send All: sends all messages of a tab in batches, in the background (`docs/rules.md 3.12`)."""

from __future__ import annotations

from functools import partial

from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.wording import inflect, pluralize
from thrumsg_tui.store.changes.send_all import send_batch, sent_before
from thrumsg_tui.store.queries.field_codes import send_all_warnings
from thrumsg_tui.store.queries.follow_ups import waiting_in_follow_ups
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.screen_context import action_worker
from thrumsg_tui.tui.screens.messenger.context import MessengerContext
from thrumsg_tui.tui.screens.messenger.notices import SendingVerb, sending_verb


class SendAllRunner:
    """Sends all messages of the messenger's tab, one batch after the other."""

    def __init__(self, screen: MessengerContext) -> None:
        self.screen = screen
        self.running = False
        """Set it to False to stop after the current batch."""

    @action_worker
    async def action_send_all(self) -> None:
        """Ask whether to send all of the tab and begin, or stop a run."""
        if self.running:
            self.running = False
            return
        view, tab = self.screen.view, self.screen.state.tab
        if view is None or tab is None:
            return
        total = view.tabs[tab]
        what = pluralize(total, "initial message" if tab is Tab.INITIAL else "follow-up")
        which = "" if total == 1 else "all "
        stop = key_of("messenger.send_all")
        question = f"Send {which}{what} of {view.viewing.shown_name}? {stop} stops it, and it can be continued later."
        store = self.screen.thrumsg.store
        warnings = await store.query(send_all_warnings, view.campaign, tab)
        if tab is Tab.FOLLOW_UPS and (waiting := await store.query(waiting_in_follow_ups, view.viewing.id)):
            wait = inflect(waiting, "waits", "wait")
            warnings = [f"{waiting} of them {wait} for a reply: after the follow-up they count as answered.", *warnings]
        question = "\n\n".join([question, *warnings])
        sure = confirmation("Send All", question, f"Send {total}", left="Nothing was sent", must_be_seen=True)
        if await self.screen.show_dialog(sure):
            self.running = True
            run = partial(self._run, view.viewing.id, tab, total, sending_verb(self.screen.thrumsg))
            self.screen.run_worker(run, group="send all")

    async def _run(self, assignment_id: AssignmentId, tab: Tab, total: int, verb: SendingVerb) -> None:
        thrumsg = self.screen.thrumsg
        sent, refused, last = 0, 0, None
        try:
            while self.running:
                batch = await thrumsg.store.execute(send_batch, thrumsg.who, assignment_id, tab, last)
                sent, refused, last = sent + len(batch.sent), refused + len(batch.refused), batch.last
                self.screen.say_progress(
                    f"{verb.capitalize()} {sent} of {total}. {key_of('messenger.send_all')} stops."
                )
                self.screen.ask_again()
                if last is None:
                    break
        except ThrumsgError as refusal:
            self.screen.say(f"{refusal}{sent_before(sent)}", warning=True)
            return
        finally:
            stopped, self.running = not self.running, False
        left = f"; {refused} could not be sent; open {inflect(refused, 'it', 'each')} to see why" if refused else ""
        done = f"Stopped: {verb}" if stopped else verb.capitalize()
        self.screen.say(f"{done} {sent} of {total}{left}.", warning=bool(refused))
