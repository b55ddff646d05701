"""Keys of questions, and those of their answers."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope

LEAVE = Command("question.leave", "n escape", "leave", "Leave it", "Give the safe answer, the last one", Scope.QUESTION)

YES = Command("answer.yes", "y", "", "Yes", "Do what is asked", Scope.ANSWER)
APPEND = Command("answer.append", "a", "", "Append", "Append the reply to the text in the message box", Scope.ANSWER)
REPLACE = Command(
    "answer.replace", "r", "", "Replace", "Replace the text in the message box with the reply", Scope.ANSWER
)
LAUNCH = Command("answer.launch", "l", "", "Launch", "Launch a draft campaign", Scope.ANSWER)
PAUSE = Command("answer.pause", "p", "", "Pause", "Pause an active campaign", Scope.ANSWER)
RESUME = Command("answer.resume", "r", "", "Resume", "Resume a paused campaign", Scope.ANSWER)
ARCHIVE = Command("answer.archive", "a", "", "Archive", "End a campaign for good", Scope.ANSWER)
UNASSIGN_ALL = Command("answer.unassign_all", "u", "", "Unassign all", "Move all to Unassigned", Scope.ANSWER)
REASSIGN_SOME = Command(
    "answer.reassign_some", "s", "", "Reassign some", "Move a number of them to other senders", Scope.ANSWER
)
REASSIGN_ALL = Command("answer.reassign_all", "a", "", "Reassign all", "Move all to other senders", Scope.ANSWER)
TO_UNASSIGNED = Command(
    "answer.to_unassigned",
    "u",
    "",
    "To Unassigned",
    "Move a leaving sender's conversations to Unassigned",
    Scope.ANSWER,
)
TO_EVERYONE = Command(
    "answer.to_everyone", "e", "", "Shared by all others", "Share them among all other senders", Scope.ANSWER
)
TO_ONE = Command("answer.to_one", "o", "", "To one sender", "Move them to a sender whom you choose next", Scope.ANSWER)
RENUMBER = Command(
    "answer.renumber", "y", "", "From another number", "Text this contact from another of our numbers", Scope.ANSWER
)
RENUMBER_ALL = Command(
    "answer.renumber_all",
    "a",
    "",
    "All of its conversations",
    "Give others to all conversations of the number",
    Scope.ANSWER,
)

COMMANDS = (
    Command("question.next", "right down tab", "step(1)", "Next answer", "Go to the next answer", Scope.QUESTION),
    Command(
        "question.previous", "left up shift+tab", "step(-1)", "Answer before", "Go to the answer before", Scope.QUESTION
    ),
    Command("question.choose", "enter", "choose", "Choose", "Give the answer under the cursor", Scope.QUESTION),
    LEAVE,
    YES,
    REPLACE,
    APPEND,
    LAUNCH,
    PAUSE,
    RESUME,
    ARCHIVE,
    UNASSIGN_ALL,
    REASSIGN_SOME,
    REASSIGN_ALL,
    TO_UNASSIGNED,
    TO_EVERYONE,
    TO_ONE,
    RENUMBER,
    RENUMBER_ALL,
)
"""Several answers share a key: each dialog binds only those that it offers."""
