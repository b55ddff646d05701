"""A search for contacts in all campaigns, done to its end, for the person at the keyboard."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.queries.contact_search import ContactSearch, Wanted
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.tui.app_context import AppContext


async def search_everywhere(thrumsg: AppContext, text: str) -> ContactSearch:
    """Search, slice by slice, for what the person may see: a sender's own contacts, else everybody's.

    Numbers are searched unless they are hidden (`docs/rules.md` 3.20, 8.1).
    """
    store, who = thrumsg.store, thrumsg.who
    own = None if who.may(Permission.VIEW_ALL) else who.user.id
    search = ContactSearch(Wanted(text, by_phone=not (await store.query(settings)).redact_phones, own=own))
    while not search.is_done:
        await store.query(search.advance)
    return search
