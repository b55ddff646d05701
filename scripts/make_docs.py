"""Writes the documents that are made: keys, configuration, command line, the manual page, the README's tables.

    make_docs.py [--check]

`--check` writes nothing, says which are stale with the difference, and exits with 1 if any is.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import fill

from scripts.command_line import EXITS, PLACEHOLDERS, heading, is_global, own, parsers, row, shown, usage
from scripts.configuration_document import configuration_parts
from scripts.key_grammar import GRAMMAR, MEANINGS, ONE_REPLY, TERMINALS
from scripts.man_page import man_page
from scripts.speed_table import with_speed
from scripts.tour_tables import with_tour
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
    Scope.TRIAGE: ("In the messenger, also while you write: these keys type nothing.",),
    Scope.STAFF: ("In the overview of a campaign.",),
    Scope.CAMPAIGNS: ("In the list of campaigns, and in the overview of one.",),
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
    readme, demo = ROOT / "README.md", ROOT / "docs" / "demo.md"
    yield ROOT / "docs" / "keys.md", keys_document()
    yield ROOT / "docs" / "configuration.md", _document([MADE, *configuration_parts(_table)])
    yield ROOT / "docs" / "command-line.md", command_line_document()
    yield ROOT / "docs" / "thrumsg.1", man_page()
    yield demo, with_tour(_read(demo))
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
        "## One reply, four keys",
        ONE_REPLY.strip(),
        "## What terminals do with these keys",
        TERMINALS.strip(),
        "## One grammar",
        GRAMMAR.strip(),
        _table(("Key", "Means"), [(f"`{key}`", meaning.words) for key, meaning in MEANINGS.items()]),
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
    shown = [f"`{shown_key(key)}`" for key in keys]
    run = shown_command.run_of_digits
    return " ".join([f"{shown[0]} to {shown[run - 1]}", *shown[run:]] if run else shown)


# The command line


def command_line_document() -> str:
    """Every command with its options, and the exit statuses."""
    parser = command_line()
    parts = [
        MADE,
        "# The command line",
        _paragraph(
            f"{parser.description} It is installed as `thrumsg` and as `thrumsg-tui`, and `python -m thrumsg_tui` "
            "is the same. `--help` explains a command. `--version` tells the version on its first line, and below what "
            "a report of a fault needs."
        ),
        _paragraph(
            "Every command prints for people, and with `--json` [for scripts](json.md). What may be left out stands in "
            "brackets. What is followed by `...` may be given several times: a word as in `kim lee`, an option as in "
            "`--to kim --to lee`."
        ),
        "## Options of every command",
        "They stand before the command or after it.",
        _table(("Argument", "Meaning"), [row(parser, each) for each in shown(parser) if is_global(each)]),
        *_commands(parser),
        "## Exit status",
        _table(("Status", "Meaning"), [(f"`{status}`", meaning) for status, meaning in sorted(EXITS.items())]),
        "## The words in capitals",
        _table(("Word", "Stands for"), [(f"`{word}`", meaning) for word, meaning in sorted(PLACEHOLDERS.items())]),
    ]
    return _document(parts)


def _commands(parser: ArgumentParser) -> Iterator[str]:
    for below in parsers(parser):
        yield f"## {below.prog}"
        yield _sentence(below.description or "")
        yield f"```text\n{usage(below)}\n```"
        for group in below._action_groups:
            rows = [row(below, each) for each in own(below) if each in group._group_actions]
            if rows:
                yield _table((heading(below, group), "Meaning"), rows)


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
