"""What the documents say about the command line, read from its parser."""

from __future__ import annotations

import argparse
from argparse import Action, ArgumentParser
from collections.abc import Iterator, Sequence

from thrumsg_tui.cli import main as exits

PLACEHOLDERS = {
    "CONVERSATION": "a conversation, by its id",
    "DATE": "like `2026-11-03`",
    "E": "an email address",
    "EVENT": "a change, by its id in `thrumsg history`",
    "F": "a first name",
    "FIELD=COLUMN": "a field, and the column that holds it, like `phone=Mobile`; `phone=Mobile,Phone` in that order",
    "FILE": "the path of a file",
    "ID": "an id, as the listings show it",
    "KEY": "the name of a setting",
    "L": "a last name",
    "LOGIN": "a user, by login",
    "N": "a whole number",
    "NAME": "a campaign, by its name or id",
    "PATH": "the path of a database",
    "PHONE": "a phone number",
    "QUESTION": "a survey question",
    "CHOICE": "a choice of that question",
    "REGION": "a country, by its two letters",
    "ROLE": "a role",
    "SHELL": "`bash`, `zsh` or `fish`",
    "SORT": "an order",
    "STATUS": "`not_started`, `sent`, `needs_reply` or `answered`; `reassign` takes what its own table says",
    "TAB": "a tab of the messenger",
    "T": "a title",
    "TEXT": "a text",
    "TIME": "a time of day like `09:00`, or a moment like `2026-11-03T18:30`",
    "TZ": "a time zone like `America/New_York`",
    "VALUE": "the value of a setting",
    "WHOSE": "`campaign` or `contact`",
}
"""What the words in capitals stand for; they also explain an argument that has no help of its own."""

EXITS = {
    exits.DONE: "done",
    exits.REFUSED: "refused by a rule; the reason is on standard error, in one line",
    2: "the command line could not be read, or the app has no terminal",
    exits.DATABASE: "the database cannot be used",
    exits.BROKEN: "something went wrong that should not have; it is kept in a log, and the message says where",
    exits.INTERRUPTED: "interrupted",
}


def parsers(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    """The parsers of all commands below one, in order."""
    for level in parser._actions:
        if isinstance(level, argparse._SubParsersAction):
            for below in level.choices.values():
                found = list(parsers(below))
                yield from found or [below]


def shown(parser: ArgumentParser) -> list[Action]:
    """The arguments to show: not the hidden ones, and not those that argparse explains itself."""
    hidden = (argparse._HelpAction, argparse._VersionAction, argparse._SubParsersAction)
    return [each for each in parser._actions if each.help != argparse.SUPPRESS and not isinstance(each, hidden)]


def own(parser: ArgumentParser) -> list[Action]:
    """The arguments of a command without those of every command."""
    return [each for each in shown(parser) if not is_global(each)]


def is_global(action: Action) -> bool:
    """Whether an argument is one of every command."""
    return action.dest in {"db", "acting_for", "json"}


def heading(parser: ArgumentParser, group: argparse._ArgumentGroup) -> str:
    """The title of a command's own group, and what argparse's two are."""
    if group is parser._positionals:
        return "Argument"
    return "Option" if group is parser._optionals else (group.title or "").capitalize()


def usage(parser: ArgumentParser) -> str:
    """What a command takes, in order, with exclusive options side by side."""
    exclusive = {each: group for group in parser._mutually_exclusive_groups for each in group._group_actions}
    pieces: list[str] = []
    told: list[object] = []
    for each in sorted(own(parser), key=lambda action: bool(action.option_strings)):
        group = exclusive.get(each)
        if group is None:
            pieces.append(_written(each) if each.required else f"[{_written(each)}]")
        elif group not in told:
            told.append(group)
            either = " | ".join(map(_written, group._group_actions))
            pieces.append(f"({either})" if group.required else f"[{either}]")
    return _broken([parser.prog, *pieces])


def _written(action: Action) -> str:
    """An argument as one writes it."""
    named = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        word = named
        return f"{word} ..." if action.nargs == "+" else word
    option = action.option_strings[-1]
    if isinstance(action, argparse.BooleanOptionalAction):
        return " | ".join(action.option_strings)
    if action.nargs == 0:
        return option
    return f"{option} {named} ..." if isinstance(action, argparse._AppendAction) else f"{option} {named}"


def _broken(pieces: Sequence[str]) -> str:
    """Put pieces on lines of at most 100 characters; none is cut in two."""
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + 1 + len(piece) > 100:
            lines.append("   ")
        lines[-1] += f" {piece}"
    return "\n".join(lines)


def row(parser: ArgumentParser, action: Action) -> tuple[str, str]:
    """An argument and its help, with choices and default where the help does not name them."""
    written = _written(action)
    said = (action.help or "") % vars(action)
    if action.choices and not said:
        said = ", ".join(f"`{choice}`" for choice in action.choices)
    said = said or PLACEHOLDERS.get(str(action.metavar), "")
    if not said:
        raise SystemExit(f"{parser.prog} {written} has no help: give it one in thrumsg_tui/cli/*_arguments.py")
    if isinstance(action.default, str) and action.default not in {"", argparse.SUPPRESS} and "default" not in said:
        said += f"; default: `{action.default}`"
    return f"`{written}`", said
