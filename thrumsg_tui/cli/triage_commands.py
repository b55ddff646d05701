"""The lines that `thrumsg triage --plain` understands."""

from __future__ import annotations

from thrumsg_tui.domain.lazy_dataclass import dataclass

_WITHOUT_ARGUMENT = {
    "s": "skip it for now",
    "o": "opt the number out; asks first",
    "z": "undo your last change of this session; u does the same",
    "d": "send your draft, which is shown first",
    "m": "show all messages and events",
    "i": "show the fields of the contact",
    "l": "show the conversation again",
    "q": "stop, and say what was done",
    "?": "this list",
}
_WITH_ARGUMENT = {
    "e": ("e QUESTION ANSWER", "record a survey answer, both by number; 0 clears it; e alone asks each question"),
    "r": ("r LOGIN", "reassign it to a sender, r - to nobody; r alone lists the senders"),
    "t": ("t TEXT", "send a text of your own, which is shown first; a text of several words needs no t"),
}
_ALIASES = {"u": "z"}

HELP = (
    "A number: send that recommended reply, which is shown first.",
    *(f"{usage}: {does}." for usage, does in _WITH_ARGUMENT.values()),
    *(f"{letter}: {does}." for letter, does in _WITHOUT_ARGUMENT.items()),
)


@dataclass(frozen=True, slots=True)
class Command:
    """What a line asks for: a letter, or `reply` with its number; `unknown` has the line."""

    name: str
    argument: str = ""


def parse_line(line: str) -> Command:
    """Return the command of a line; text of several words is a message, unless it begins with a command's letter."""
    words = line.strip()
    letter, _, argument = words.partition(" ")
    letter = _ALIASES.get(letter.lower(), letter.lower())
    if words.isascii() and words.isdigit() and len(words) < 5:
        return Command("reply", words)
    if letter in _WITH_ARGUMENT and (letter != "t" or argument.strip()):
        return Command(letter, argument.strip())
    if letter in _WITHOUT_ARGUMENT and not argument:
        return Command(letter)
    if " " in words and letter not in _WITHOUT_ARGUMENT:
        return Command("t", words)
    return Command("unknown", words)
