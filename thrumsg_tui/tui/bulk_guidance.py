"""The bulk dialog's sentences about its keys (`docs/rules.md 4.3`)."""

from __future__ import annotations

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.reassignment import Plan
from thrumsg_tui.domain.reassignment_summary import will_move
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.bulk_choices import BulkChoices
from thrumsg_tui.tui.commands import key_of


@dataclass(frozen=True, slots=True)
class BulkGuidance:
    """The dialog's current state, and the sentences that follow from it.

    `found` is the name of the destination under the cursor. `plan` is None while `counting`, and if it is refused, with
    the reason in `refusal`.
    """

    choices: BulkChoices
    whose: str
    asks_for_destinations: bool
    search: str
    found: str | None
    plan: Plan | None
    counting: bool
    counting_for: int = 0
    """For how many seconds the plan has been counted."""
    counted: int = 0
    """How many per cent of it have been counted."""
    refusal: str = ""

    @property
    def awaits_destination(self) -> bool:
        """Whether all that is missing is somebody to choose, which is where everybody begins: no reason to warn."""
        return self.asks_for_destinations and not self.choices.receivers and self.choices.request.count != 0

    @property
    def enter(self) -> str:
        """The effect of Enter, as a sentence."""
        if self.search:
            if self.found is None:
                return f"Nobody is called {safe_text(self.search)!r}: {key_of('bulk.back')} clears the search."
            return f"{key_of('bulk.apply')} chooses {safe_text(self.found)}."
        if self.plan is None:
            if self.counting:
                lasts = f": {self.counted} %, {self.counting_for} s so far" if self.counting_for else ""
                return f"Counting {self.choices.matching:,} conversations{lasts}."
            choose = f"Choose a sender: type a name, or press {key_of('bulk.mark')} on a row."
            return "" if self.choices.receivers else choose
        if not self.plan.moves:
            return f"{key_of('bulk.apply')} would move nothing."
        return will_move(self.plan, self.whose, self.choices.receivers)

    @property
    def escape(self) -> str:
        """The effect of Esc, as the end of "Esc …"."""
        if self.search:
            return "clears the search"
        return "takes a step back" if self.choices.can_step_back else "leaves"

    @property
    def why_nothing_moved(self) -> str:
        """The reason why Enter moved nothing."""
        if self.counting:
            apply = key_of("bulk.apply")
            return f"Still counting, so nothing was moved: press {apply} again when the numbers are there."
        if self.asks_for_destinations and not self.choices.receivers:
            return "Nothing was moved: nobody is chosen yet."
        return f"Nothing was moved. {self.refusal}".strip()
