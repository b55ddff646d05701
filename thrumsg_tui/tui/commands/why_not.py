"""Conditions of commands: each returns the reason why a command is not allowed, None if it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thrumsg_tui.domain.enums import CampaignState, Tab
from thrumsg_tui.domain.permissions import WEAKEST_ROLE, Permission, needed_role

if TYPE_CHECKING:
    from thrumsg_tui.tui.commands.command import Facts, WhyNot


def role_allows(action: Permission) -> WhyNot:
    """Require a permission of the user's role."""
    return lambda facts: None if facts.who.may(action) else f"To {action} needs the role {WEAKEST_ROLE[action]}."


def all_of(*conditions: WhyNot) -> WhyNot:
    """Require several conditions; the reason is that of the first one that fails."""
    return lambda facts: next((reason for condition in conditions if (reason := condition(facts))), None)


def has_campaign(facts: Facts) -> str | None:
    """Require a campaign."""
    return None if facts.campaign else "There is no campaign here yet."


def is_not_archived(facts: Facts) -> str | None:
    """Require that the campaign is not archived (`docs/rules.md 6.5`)."""
    archived = facts.campaign and facts.campaign.state is CampaignState.ARCHIVED
    return "The campaign is archived: nothing in it changes any more." if archived else None


def is_idle(facts: Facts) -> str | None:
    """Require that no long work is under way."""
    return f"It is still running: {_key('overlay.escape')} stops it." if facts.busy else None


def has_sender(facts: Facts) -> str | None:
    """Require a sender under the cursor."""
    return None if facts.sender else "Unassigned cannot be removed: it is not a sender."


def needs_conversation(facts: Facts) -> str | None:
    """Require an open conversation."""
    return None if facts.conversation else "No conversation is open."


def may_view_all(facts: Facts) -> str | None:
    """Require that the user may see the assignments of others."""
    return "You see your own assignment only." if facts.own_only else None


def may_reassign_in_bulk(facts: Facts) -> str | None:
    """Require the permission to reassign, in a campaign that is not archived."""
    if not facts.who.may(Permission.REASSIGN):
        return f"Reassigning needs {needed_role(Permission.REASSIGN)}."
    if facts.campaign and facts.campaign.state is CampaignState.ARCHIVED:
        return "The campaign is archived: nothing in it can be reassigned."
    return None


def may_mark(facts: Facts) -> str | None:
    """Require the permission to reassign, because marks serve nothing else."""
    if facts.who.may(Permission.REASSIGN):
        return None
    return f"Marks are for reassigning, which needs {needed_role(Permission.REASSIGN)}."


def may_reassign(facts: Facts) -> str | None:
    """Require `may_reassign_in_bulk`, and a marked or open conversation."""
    return may_reassign_in_bulk(facts) or (None if facts.marked else needs_conversation(facts))


def may_opt(facts: Facts) -> str | None:
    """Require an open conversation, and for an opted-out number the permission to opt in."""
    if facts.conversation and facts.conversation.opted_out and not facts.who.may(Permission.OPT_IN):
        return f"Opting a number in needs {needed_role(Permission.OPT_IN)}."
    return needs_conversation(facts)


def is_in_tour(facts: Facts) -> str | None:
    """Require a tour of the practice campaign."""
    return None if facts.in_tour else no_tour()


def no_tour() -> str:
    """Say that there is no tour now."""
    return f"There is no tour now: {_key('tour.newcomer')} begins one."


def _key(id: str) -> str:
    """Return the key of a command for a sentence."""
    from thrumsg_tui.tui.commands import key_of  # which imports this module with the commands

    return key_of(id)


def may_send_all(facts: Facts) -> str | None:
    """Require an active campaign with QuickSend, in a tab of initials or follow-ups."""
    if facts.campaign and facts.campaign.state is not CampaignState.ACTIVE:
        return f"Nothing can be sent now: the campaign is {facts.campaign.state.said}."
    if facts.tab is None or facts.tab.send_all_kind is None:
        initial, follow_ups = _key("messenger.tab_1"), _key("messenger.tab_3")
        return f"Send All is for initial messages (tab {initial}) and follow-ups (tab {follow_ups}) only."
    if facts.campaign and not facts.campaign.quicksend:
        who = needed_role(Permission.RUN_CAMPAIGN)
        key = _key("manage.edit")
        return f"Send All needs QuickSend: {who} turns it on with {key} on the overview."
    return None


def may_skip(facts: Facts) -> str | None:
    """Require an open conversation in the Follow-ups tab."""
    return needs_conversation(facts) if facts.tab is Tab.FOLLOW_UPS else "Only a follow-up can be skipped, in its tab."
