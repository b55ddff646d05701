"""Keys of the practice campaign's tours; they work everywhere in `thrumsg demo`, in boxes and dialogs too."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import is_in_tour

COMMANDS = (
    Command(
        "tour.newcomer",
        "f6",
        "tour('newcomer')",
        "Tour",
        "Begin the tour for newcomers, or begin it again, with the practice campaign as new",
        Scope.TOUR,
    ),
    Command(
        "tour.presenter",
        "f7",
        "tour('presenter')",
        "Presenter's tour",
        "Begin the tour for an audience, or begin it again, with the practice campaign as new",
        Scope.TOUR,
    ),
    Command(
        "tour.skip",
        "f8",
        "skip_step",
        "Next step",
        "Go to the tour's next step without doing this",
        Scope.TOUR,
        "",
        is_in_tour,
    ),
    Command(
        "tour.leave",
        "f9",
        "leave_tour",
        "Leave the tour",
        "End the tour; the campaign stays",
        Scope.TOUR,
        "",
        is_in_tour,
    ),
)
