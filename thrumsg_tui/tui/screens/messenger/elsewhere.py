"""Says of a search that finds nothing in its tab where else there are matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from thrumsg_tui.domain.campaigns import UNASSIGNED
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.lookup import FoundConversation, conversations_by_id
from thrumsg_tui.tui.app_context import AppContext
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.screens.messenger.conversation_list_pane import ConversationListPane
from thrumsg_tui.tui.search_everywhere import search_everywhere

_PLACES = 3
"""How many places are named; the finder shows all."""


async def look_elsewhere(thrumsg: AppContext, request: ListRequest) -> str:
    """Search in all campaigns for what a list does not have, and say where it is.

    Whoever sees their own assignment only is told of that only (`docs/rules.md 8.1`).
    """
    search = await search_everywhere(thrumsg, request.search)
    found = await thrumsg.store.query(conversations_by_id, search.ids)
    places = Counter(_place(each, request) for each in _nearest_first(found.values(), request))
    if not places:
        return f"Nothing matches, here or elsewhere: {key_of('messenger.escape')} clears the search."
    named = ", ".join(f"{count} {place}" for place, count in list(places.items())[:_PLACES])
    more = ", and more" if search.is_cut or len(places) > _PLACES else ""
    return f"None here: {named}{more}. {key_of('search.done')} in the search lists them."


async def tell_elsewhere(thrumsg: AppContext, pane: ConversationListPane, request: ListRequest) -> None:
    """Show in a list where else the search has matches that has none there."""
    pane.show_elsewhere(request, await look_elsewhere(thrumsg, request))


def _nearest_first(found: Iterable[FoundConversation], request: ListRequest) -> list[FoundConversation]:
    """Sort those of this assignment before those of this campaign, and these before others."""
    return sorted(
        found,
        key=lambda each: (each.assignment_id != request.assignment_id, each.campaign_id != request.campaign_id),
    )


def _place(found: FoundConversation, request: ListRequest) -> str:
    if found.assignment_id == request.assignment_id:
        return f"in {found.tab.label}"
    if found.campaign_id != request.campaign_id:
        return f"in {safe_text(found.campaign)}"
    return "in Unassigned" if found.holder == UNASSIGNED else f"with {safe_text(found.holder)}"
