"""Keys of the overview: its table of senders, and adding or removing them."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import (
    all_of,
    has_campaign,
    has_sender,
    is_not_archived,
    may_reassign_in_bulk,
    role_allows,
)

_STAFFS = all_of(role_allows(Permission.MANAGE_PEOPLE), has_campaign, is_not_archived)

COMMANDS = (
    Command("senders.escape", "escape", "escape", "Clear the search", "Clear the search of senders", Scope.OVERVIEW),
    Command(
        "senders.search",
        "slash",
        "search",
        "Search",
        "Find a sender by name; says how many contacts match, too",
        Scope.OVERVIEW,
        "search",
    ),
    Command(
        "senders.sort",
        "s",
        "sort",
        "Sort",
        "Go to the next order: sender, progress, needs reply, longest waiting",
        Scope.OVERVIEW,
        "sort",
    ),
    Command("senders.reverse", "b", "reverse", "Reverse", "Reverse the order", Scope.OVERVIEW, "reverse"),
    Command("senders.mark", "space", "mark", "Mark", "Mark this sender or unmark them", Scope.OVERVIEW, "mark"),
    Command(
        "senders.reassign",
        "r",
        "reassign",
        "Reassign the row's",
        "Move the conversations of the marked senders, else of the one under the cursor",
        Scope.OVERVIEW,
        "reassign",
        may_reassign_in_bulk,
    ),
    Command(
        "senders.reassign_bulk",
        "R",
        "reassign_bulk",
        "Bulk reassign",
        "Move the conversations of the marked senders, else of everyone",
        Scope.OVERVIEW,
        "bulk",
        may_reassign_in_bulk,
    ),
    Command(
        "senders.remove",
        "minus",
        "remove_sender",
        "Remove the sender",
        "Take the sender off this campaign; asks where their conversations go",
        Scope.STAFF,
        "",
        all_of(_STAFFS, has_sender),
    ),
    Command(
        "senders.remind",
        "w",
        "remind",
        "Who has not started",
        "Show only senders who hold conversations and have sent nothing yet, or all again",
        Scope.STAFF,
    ),
)
