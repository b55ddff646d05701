"""Dialogs that add senders to a campaign and remove one (`docs/rules.md 4.12`)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.campaigns import Assignment, Campaign
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.reassignment import ToAllOthers
from thrumsg_tui.domain.wording import capitalized, pluralize
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.users import users
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.commands.questions import LEAVE, TO_EVERYONE, TO_ONE, TO_UNASSIGNED, YES
from thrumsg_tui.tui.dialogs.choice import Choice, ChoiceDialog
from thrumsg_tui.tui.screen_context import ScreenContext
from thrumsg_tui.tui.screens.pick_sender import pick_sender


async def choose_new_senders(screen: ScreenContext, campaign: Campaign) -> None:
    """Ask for users, and add them to a campaign as senders."""
    from thrumsg_tui.tui.dialogs.user_picker import UserPicker

    store, who = screen.thrumsg.store, screen.thrumsg.who
    on_it = {each.user.id for each in await store.query(assignments, campaign.id, store.db.clock()) if each.user}
    others = [each for each in await store.query(users) if each.id not in on_it]
    if not others:
        add = key_of("organization.users")
        screen.say(f"Every user is on this campaign; {add} on the campaigns screen adds users.", warning=True)
        return
    chosen = await screen.show_dialog(UserPicker(f"Add senders to {campaign.name}", others, screen.thrumsg.glyphs))
    if not chosen:
        return
    try:
        added = await store.execute(add_senders, who, campaign.id, [each.login for each in chosen])
    except ThrumsgError as refusal:
        screen.say(str(refusal), warning=True)
        return
    names = ", ".join(each.shown_name for each in chosen if each.login in added)
    gives = key_of("senders.reassign_bulk")
    screen.say(f"{names} can work on {campaign.name} now; {gives} in its overview gives them work.")
    screen.ask_again()


async def take_sender_off(screen: ScreenContext, campaign: Campaign, leaving: Assignment) -> None:
    """Ask where a sender's conversations go, and remove the sender from a campaign; Unassigned stays."""
    if leaving.login is None:
        return
    question = f"Take {leaving.shown_name} off {campaign.name}?"
    choices = [Choice(YES, "Take off", "unassigned"), Choice(LEAVE, "Leave it", "")]
    if leaving.assigned:
        question += f" Where do their {pluralize(leaving.assigned, 'conversation')} go?"
        choices = [
            Choice(TO_UNASSIGNED, "To Unassigned", "unassigned"),
            Choice(TO_EVERYONE, "Shared by all others", "everyone"),
            Choice(TO_ONE, "To one sender", "one"),
            Choice(LEAVE, "Leave it", ""),
        ]
    stays = f"{leaving.shown_name} stays on {campaign.name}: nobody was taken off, nothing was moved."
    to = await screen.show_dialog(ChoiceDialog("Remove sender", question, choices, left=stays))
    destinations: Sequence[str] | ToAllOthers = ToAllOthers() if to == "everyone" else ()
    if to == "one":
        chosen = await pick_sender(
            screen, campaign.id, f"{leaving.shown_name}'s conversations go to", without={leaving.id}
        )
        if chosen is None:
            screen.say(stays)
            return
        destinations = [chosen.login] if chosen.login else []
    if not to:
        return
    try:
        outcome = await screen.thrumsg.store.execute(
            remove_sender,
            screen.thrumsg.who,
            campaign.id,
            leaving.login,
            destinations,
        )
    except ThrumsgError as refusal:
        screen.say(str(refusal), warning=True)
        return
    screen.say(f"{capitalized(outcome.sentence)}; {key_of('app.undo')} undoes it.")
    screen.ask_again()
