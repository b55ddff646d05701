"""Dialogs that launch, pause, resume and archive a campaign (`docs/rules.md 6.5`)."""

from __future__ import annotations

from typing import NamedTuple

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.compliance import Level, of_level
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.tui.commands.questions import ARCHIVE, LAUNCH, LEAVE, PAUSE, RESUME
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog, confirmation
from thrumsg_tui.tui.dialogs.confirm_points import read_points
from thrumsg_tui.tui.screen_context import ScreenContext
from thrumsg_tui.tui.store_client import Progress


class _StateChange(NamedTuple):
    """A change of a campaign's state: its choice in the dialog, and its effect in words."""

    choice: Choice[CampaignState | None]
    effect: str


_LAUNCH = _StateChange(
    Choice(LAUNCH, "Launch", CampaignState.ACTIVE), "From now on messages can be sent, within its hours and window."
)
_PAUSE = _StateChange(
    Choice(PAUSE, "Pause", CampaignState.PAUSED),
    "Nothing is sent until it is resumed; answers still come in, and can be reassigned.",
)
_RESUME = _StateChange(
    Choice(RESUME, "Resume", CampaignState.ACTIVE),
    "Messages can be sent again; scheduled messages leave when its hours allow.",
)
_ARCHIVE = _StateChange(
    Choice(ARCHIVE, "Archive", CampaignState.ARCHIVED),
    "For good: nothing is sent or taken in any more, and nothing can be reassigned.",
)

_STATE_CHANGES: dict[CampaignState, tuple[_StateChange, ...]] = {
    CampaignState.DRAFT: (_LAUNCH, _ARCHIVE),
    CampaignState.ACTIVE: (_PAUSE, _ARCHIVE),
    CampaignState.PAUSED: (_RESUME, _ARCHIVE),
    CampaignState.ARCHIVED: (),
}
"""The state changes possible from each state (`docs/rules.md 6.5`)."""


async def choose_state(screen: ScreenContext, campaign: Campaign) -> None:
    """Launch, pause, resume or archive after a dialog that explains it; archiving asks twice."""
    changes = _STATE_CHANGES[campaign.state]
    effects = [f"{change.choice.title}: {change.effect}" for change in changes]
    text = "\n".join([f"It is {campaign.state.said}.", "", *effects])
    leave: Choice[CampaignState | None] = Choice(LEAVE, "Leave it", None)
    choices = [*(change.choice for change in changes), leave]
    dialog = ChoiceDialog(
        campaign.name, text, choices, left=f"{campaign.name} stays {campaign.state.said}.", must_be_seen=True
    )
    if (to := await screen.show_dialog(dialog)) is None:
        return
    if to is CampaignState.ARCHIVED:
        question = f"Archive {campaign.name} for good? This cannot be undone."
        sure = confirmation("Archive", question, "Archive it", left=f"{campaign.name} was not archived")
        if not await screen.show_dialog(sure):
            return
    confirmed: tuple[str, ...] = ()
    if campaign.state is CampaignState.DRAFT and to is CampaignState.ACTIVE:
        if (seen := await _confirm_points(screen, campaign)) is None:
            return
        confirmed = seen
    try:
        thrumsg = screen.thrumsg
        changed = await thrumsg.store.execute(change_state, thrumsg.who, campaign.id, to, confirmed=confirmed)
    except ThrumsgError as refusal:
        screen.say(str(refusal), warning=True)
        return
    screen.say(f"{changed.name} is {changed.state.said} now.")
    screen.ask_again()


async def _confirm_points(screen: ScreenContext, campaign: Campaign) -> tuple[str, ...] | None:
    """Show what an owner must confirm before a launch; return the codes, or None if it was not confirmed.

    What refuses the launch, and a role that may not confirm, is left to the change, which says so.
    """
    thrumsg = screen.thrumsg
    points = await thrumsg.store.run_long(read_points, Progress(), thrumsg.who, campaign)
    to_confirm = of_level(points, Level.CONFIRM)
    if not to_confirm or of_level(points, Level.REFUSE) or not thrumsg.who.may(Permission.CONFIRM_COMPLIANCE):
        return ()
    text = "\n".join(["Before it is launched, confirm:", "", *(f"- {each.sentence}" for each in to_confirm)])
    sure = confirmation(
        campaign.name, text, "Confirm and launch", left=f"{campaign.name} stays a draft", must_be_seen=True
    )
    return tuple(each.code for each in to_confirm) if await screen.show_dialog(sure) else None
