"""Writes the documents that are made: `docs/keys.md`, `docs/command-line.md`, the README's tables of keys and of speed.

    make_docs.py [--check]

`--check` writes nothing, says which are stale with the difference, and exits with 1 if any is.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from argparse import Action, ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import fill

from scripts.speed_table import with_speed
from thrumsg_tui.cli import main as exits
from thrumsg_tui.cli.parser import build_parser as command_line
from thrumsg_tui.domain.wording import capitalized
from thrumsg_tui.tui.commands import Command, Scope, command, commands_of, shown_key

ROOT = Path(__file__).parent.parent
MADE = "<!-- Made by `make docs`; change the code, not this file. -->"
KEYS_BEGIN, KEYS_END = "<!-- keys: made by `make docs` -->", "<!-- end of keys -->"

FIRST_KEYS = (
    *("messenger.open", "box.send", "box.leave", "messenger.next_waiting", "messenger.viewing_as"),
    *("messenger.reassign", "messenger.survey", "messenger.replies", "app.undo", "app.help"),
)
"""The keys of the README."""

WHERE = {
    Scope.STAFF: ("In the overview of a campaign.",),
    Scope.MANAGE: ("In the list of campaigns, and in the overview of one.",),
    Scope.ORGANIZATION: ("In the list of campaigns, and in the overview of one.",),
    Scope.CARRIER: ("In the list of campaigns, in the overview of one, and in the messenger.",),
    Scope.OVERLAY: ("The screens that open over another one: history, import, users and the like.",),
    Scope.SEARCH: ("The search above a list.",),
    Scope.SCROLLED: ("The thread and the info beside it.",),
    Scope.SENDER_PICKER: ("They have the keys of pickers, too.",),
    Scope.MULTI_PICKER: ("They have the keys of pickers, too.",),
    Scope.MENU: ("A menu has the keys of pickers, too, and those of the commands that it offers.",),
    Scope.QUESTION: ("The keys of the answers stand in the question.",),
    Scope.ANSWER: ("Each question has a few of them.",),
}
"""Where the keys of a scope work, if its heading does not say it all."""

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

WITHOUT_HELP = {
    "thrumsg campaign create NAME": "what the campaign is called",
    "thrumsg follow-up create --text TEXT": "the message, with `%first_name%` and the like",
    "thrumsg opt-out --note TEXT": "why, for the record",
    "thrumsg reassign --to-unassigned": "nobody gets them",
    "thrumsg receive --body TEXT": "the message",
    "thrumsg send-all --unassigned": "those without a sender",
    "--campaign NAME": "only this campaign's",
    "--conversation ID": "only this conversation's",
    "--description TEXT": "what the campaign is about",
    "--limit N": "how many at most",
}
"""What the command line itself does not explain, by command and argument or by argument alone."""

EXITS = {
    exits.DONE: "done",
    exits.REFUSED: "refused by a rule; the reason is on standard error, in one line",
    2: "the command line could not be read, or the app has no terminal",
    exits.DATABASE: "the database cannot be used",
    exits.BROKEN: "something went wrong that should not have; it is kept in a log, and the message says where",
    exits.INTERRUPTED: "interrupted",
}


def main() -> int:
    """Write or check every document; return the exit status."""
    parser = argparse.ArgumentParser(description="Write the documents that are made from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where one is stale")
    check = parser.parse_args().check
    stale = [path for path, text in documents() if text != _read(path)]
    for path, text in documents():
        if path not in stale:
            continue
        name = path.relative_to(ROOT).as_posix()
        if check:
            print(f"{name} is stale: `make docs` writes it again", file=sys.stderr)
            sys.stderr.writelines(_difference(name, _read(path), text))
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return int(check and bool(stale))


def documents() -> Iterator[tuple[Path, str]]:
    """Every document with the text that it should have."""
    readme = ROOT / "README.md"
    yield ROOT / "docs" / "keys.md", keys_document()
    yield ROOT / "docs" / "command-line.md", command_line_document()
    yield readme, with_speed(with_first_keys(_read(readme)), _read(ROOT / "benchmarks" / "RESULTS.md"))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _difference(name: str, before: str, after: str) -> Iterator[str]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return difflib.unified_diff(old, new, f"{name} as it is", f"{name} as it should be")


# Keys


def keys_document() -> str:
    """All keys, by where they work."""
    parts = [
        MADE,
        "# Keys",
        "In the app, `?` shows the keys of the screen, `F1` those of a dialog, and `:` finds a command by its name.",
    ]
    for scope in Scope:
        rows = [(_keys(each), each.title, each.help) for each in commands_of(scope)]
        if not rows:
            continue
        parts += [f"## {scope}", *WHERE.get(scope, ()), _table(("Key", "Command", "What it does"), rows)]
    return _document(parts)


def with_first_keys(readme: str) -> str:
    """The README with its key table as it should be; unchanged if it has no place for one."""
    where = {Scope.MESSAGE_BOX: " in the message box"}
    rows = [(_keys(each) + where.get(each.scope, ""), each.help) for each in map(command, FIRST_KEYS)]
    made = f"{KEYS_BEGIN}\n{_table(('Key', 'What it does'), rows)}\n{KEYS_END}"
    between = re.compile(f"{re.escape(KEYS_BEGIN)}.*?{re.escape(KEYS_END)}", re.DOTALL)
    return between.sub(lambda _: made, readme)


def _keys(shown_command: Command) -> str:
    keys = shown_command.keys.split()
    if not keys:
        return f"none; from `{shown_key(command('app.palette').keys.split()[0])}`"
    digits = [key for key in keys if key in "123456789"]
    shown = [f"`{digits[0]}` to `{digits[-1]}`"] if len(digits) > 1 else [f"`{key}`" for key in digits]
    shown += [f"`{shown_key(key)}`" for key in keys if key not in digits]
    return " ".join(shown)


# The command line


def command_line_document() -> str:
    """Every command with its options, and the exit statuses."""
    parser = command_line()
    parts = [
        MADE,
        "# The command line",
        _paragraph(
            f"{parser.description} It is installed as `thrumsg` and as `thrumsg-tui`, and `python -m thrumsg_tui` "
            "is the same. `--help` explains a command, `--version` tells the version."
        ),
        _paragraph(
            "Every command prints for people, and with `--json` [for scripts](json.md). What may be left out stands in "
            "brackets. What is followed by `...` may be given several times: a word as in `kim lee`, an option as in "
            "`--to kim --to lee`."
        ),
        "## Options of every command",
        "They stand before the command or after it.",
        _table(("Argument", "Meaning"), [_row(parser, each) for each in _shown(parser) if _is_global(each)]),
        *_commands(parser),
        "## Exit status",
        _table(("Status", "Meaning"), [(f"`{status}`", meaning) for status, meaning in sorted(EXITS.items())]),
        "## The words in capitals",
        _table(("Word", "Stands for"), [(f"`{word}`", meaning) for word, meaning in sorted(PLACEHOLDERS.items())]),
    ]
    return _document(parts)


def parsers(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    """The parsers of all commands below one, in order."""
    for level in parser._actions:
        if isinstance(level, argparse._SubParsersAction):
            for below in level.choices.values():
                found = list(parsers(below))
                yield from found or [below]


def _commands(parser: ArgumentParser) -> Iterator[str]:
    for below in parsers(parser):
        yield f"## {below.prog}"
        yield _sentence(below.description or "")
        yield f"```text\n{_usage(below)}\n```"
        for group in below._action_groups:
            rows = [
                _row(below, each) for each in _shown(below) if each in group._group_actions and not _is_global(each)
            ]
            if rows:
                yield _table((_heading(below, group), "Meaning"), rows)


def _shown(parser: ArgumentParser) -> list[Action]:
    """The arguments to show: not the hidden ones, and not those that argparse explains itself."""
    hidden = (argparse._HelpAction, argparse._VersionAction, argparse._SubParsersAction)
    return [each for each in parser._actions if each.help != argparse.SUPPRESS and not isinstance(each, hidden)]


def _is_global(action: Action) -> bool:
    return action.dest in {"db", "acting_for", "json"}


def _heading(parser: ArgumentParser, group: argparse._ArgumentGroup) -> str:
    """The title of a command's own group, and what argparse's two are."""
    if group is parser._positionals:
        return "Argument"
    return "Option" if group is parser._optionals else (group.title or "").capitalize()


def _usage(parser: ArgumentParser) -> str:
    """What a command takes, in order, with exclusive options side by side."""
    exclusive = {each: group for group in parser._mutually_exclusive_groups for each in group._group_actions}
    own = [each for each in _shown(parser) if not _is_global(each)]
    pieces: list[str] = []
    told: list[object] = []
    for each in sorted(own, key=lambda action: bool(action.option_strings)):
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


def _row(parser: ArgumentParser, action: Action) -> tuple[str, str]:
    """An argument and its help, with choices and default where the help does not name them."""
    written = _written(action)
    said = (action.help or "") % vars(action)
    if action.choices and not said:
        said = ", ".join(f"`{choice}`" for choice in action.choices)
    for known in (f"{parser.prog} {written}", written):
        said = said or WITHOUT_HELP.get(known, "")
    said = said or PLACEHOLDERS.get(str(action.metavar), "")
    if not said:
        raise SystemExit(f"{parser.prog} {written} has no help: give it one in thrumsg_tui/cli/*_arguments.py")
    if isinstance(action.default, str) and action.default not in {"", argparse.SUPPRESS} and "default" not in said:
        said += f"; default: `{action.default}`"
    return f"`{written}`", said


def _sentence(text: str) -> str:
    return f"{capitalized(text)}."


# Markdown


def _paragraph(text: str) -> str:
    return fill(text, 118, break_long_words=False, break_on_hyphens=False)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _document(parts: Sequence[str]) -> str:
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(main())
