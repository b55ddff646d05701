"""The survey screen of a campaign: its questions and live results (`docs/rules.md 3.14`)."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult

from thrumsg_tui.domain.campaigns import Campaign, CampaignId, Question, QuestionId
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.questions import move_question, restore_question, retire_question
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.survey_results import QuestionResult, survey_results
from thrumsg_tui.tui.commands import Facts, Scope, bindings, commands_of
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.dialogs.content_forms import question_form
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import OverlayScreen
from thrumsg_tui.tui.widgets.line_widgets import LineWidget
from thrumsg_tui.tui.widgets.survey_results import ResultsPane


class SurveyScreen(OverlayScreen):
    """The survey results, with commands that add, change, order, retire and restore questions."""

    SCOPES = (Scope.SURVEY_EDITOR, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.SURVEY_EDITOR))

    def __init__(self, campaign_id: CampaignId) -> None:
        super().__init__()
        self._campaign_id = campaign_id
        self._campaign: Campaign | None = None
        self._results: tuple[QuestionResult, ...] = ()
        self._by_sender = False
        self._follow: QuestionId | None = None
        self._summary = LineWidget(id="summary")

    def compose(self) -> ComposeResult:
        self.pane = ResultsPane(self.thrumsg.glyphs, id="results")
        yield self.title_line
        yield self._summary
        yield self.pane
        yield self.key_line

    def on_mount(self) -> None:
        self.key_line.name_keys(self.shown_commands())
        self.set_focus(self.pane)

    def facts(self) -> Facts:
        return Facts(self.thrumsg.who, campaign=self._campaign)

    async def ask_and_paint(self) -> None:
        campaign, self._results = await self.thrumsg.store.query(_read, self._campaign_id, self._by_sender)
        self._campaign = campaign
        self.show_title(safe_text(campaign.name), "Survey")
        self.pane.show_results(self._results, by_sender=self._by_sender)
        ids = [each.question.id for each in self._results]
        if self._follow in ids:
            self.pane.move_to(ids.index(self._follow))
        self._follow = None
        retired = sum(each.question.retired for each in self._results)
        asked = f"  {pluralize(len(self._results) - retired, 'question')}" + (f", {retired} retired" if retired else "")
        self._summary.show([(asked, "quiet")])

    def action_by_sender(self) -> None:
        """Switch between results by sender and in total."""
        self._by_sender = not self._by_sender
        self.ask_again()

    @work(group=ACTION)
    async def action_add(self) -> None:
        """Add a question."""
        await self._edit(None)

    @work(group=ACTION)
    async def action_change(self) -> None:
        """Change the question under the cursor."""
        if chosen := self.pane.chosen:
            await self._edit(chosen.question)

    async def _edit(self, question: Question | None) -> None:
        thrumsg = self.thrumsg
        form = question_form(thrumsg.store, thrumsg.who, thrumsg.glyphs, self._campaign_id, question)
        if stored := await self.app.push_screen_wait(form):
            self._follow = stored.id
            self.say(f"{stored.text} is saved; open messengers show it at once.")
            self.ask_again()

    async def action_move_question(self, step: int) -> None:
        """Move the question under the cursor up or down."""
        if (chosen := self.pane.chosen) is None:
            return
        asked = [each.question.id for each in self._results if not each.question.retired]
        question = chosen.question
        place = max(asked.index(question.id) + 1 + step, 1) if question.id in asked else 1
        self._follow = question.id
        await self.make(move_question, self.thrumsg.who, question.id, place)

    @work(group=ACTION)
    async def action_retire(self) -> None:
        """Retire the question under the cursor, or restore a retired one."""
        if (chosen := self.pane.chosen) is None:
            return
        asked, store, who = chosen.question, self.thrumsg.store, self.thrumsg.who
        try:
            if asked.retired:
                await store.execute(restore_question, who, asked.id)
                self.say(f"{asked.text} is asked again.")
            else:
                answers_stay = pluralize(chosen.answered, "answer stays", "answers stay")
                stays = f"Its {answers_stay}, here and in exports." if chosen.answered else ""
                question = f"Stop asking this question? {asked.text!r} {stays}".rstrip()
                sure = confirmation("Retire", question, "Retire it", left=f"{asked.text!r} was not retired")
                if not await self.app.push_screen_wait(sure):
                    return
                kept = await store.execute(retire_question, who, asked.id)
                self.say(f"{asked.text} is {'retired' if kept else 'deleted: it never had an answer'}.")
        except ThrumsgError as refusal:
            self.say(str(refusal), warning=True)
        self._follow = asked.id
        self.ask_again()


def _read(conn: Connection, campaign_id: CampaignId, by_sender: bool) -> tuple[Campaign, tuple[QuestionResult, ...]]:
    return get_campaign(conn, campaign_id), survey_results(conn, campaign_id, by_sender=by_sender)
