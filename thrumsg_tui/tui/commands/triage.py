"""Keys of the messenger that work while one writes, too: chords that type nothing."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import may_opt, needs_conversation

COMMANDS = (
    Command(
        "triage.reply",
        " ".join(f"alt+{digit}" for digit in range(1, 10)),
        "reply({key})",
        "Reply by number",
        "Put the recommended reply with this number into the message box; not from the list, whose digits are tabs",
        Scope.TRIAGE,
        "reply",
    ),
    Command(
        "triage.replies",
        "ctrl+r",
        "replies",
        "Replies",
        "Choose a recommended reply",
        Scope.TRIAGE,
        "replies",
        needs_conversation,
    ),
    Command(
        "triage.survey",
        "ctrl+e",
        "survey",
        "Survey",
        "Record the contact's answers; the last answer goes back to where you were",
        Scope.TRIAGE,
        "survey",
        needs_conversation,
    ),
    Command(
        "triage.opt_out",
        "ctrl+o",
        "opt_out",
        "Opt out or in",
        "Opt the number out, or in again, in all campaigns",
        Scope.TRIAGE,
        "",
        may_opt,
    ),
    Command(
        "triage.next_waiting",
        "ctrl+g",
        "write_to_next",
        "Next waiting",
        "Go to the message box of the next contact who waits for a reply; keeps the draft",
        Scope.TRIAGE,
        "next",
    ),
    Command(
        "triage.find",
        "ctrl+f",
        "find",
        "Find a contact",
        "Find a contact by name or part of a number, in all campaigns and with all senders",
        Scope.TRIAGE,
    ),
)
