"""Every command on files that are damaged in many ways: one sentence, or an answer (docs/rules.md 11.5)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.cli.conftest import MARIA, Shell

PAGE = 4096
FILES = 12
"""Damaged files, each tried with every command; hundreds more were tried by hand."""

COMMANDS: tuple[tuple[object, ...], ...] = (
    ("campaign", "list"),
    ("campaign", "show", "Spring"),
    ("overview", "Spring"),
    ("conversations", "Spring"),
    ("thread", 1),
    ("history",),
    ("export", "messages"),
    ("export", "conversations"),
    ("lookup", MARIA),
    ("opt-outs",),
    ("user", "list"),
    ("survey", "results", "Spring"),
    ("undo", "--preview"),
    ("undo",),
    ("send", 100),
    ("receive", "--from", MARIA, "--body", "hello"),
    ("reassign", "Spring", "--from", "kim", "--to", "lee"),
    ("doctor",),
    ("backup", "{backup}"),
    ("import", "contacts", "{contacts}", "--campaign", "Spring"),
    ("doctor", "--repair"),
    ("doctor",),
)


def flipped(content: bytearray, random: Random) -> None:
    for _ in range(random.choice((1, 20, 300))):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)


def zeroed(content: bytearray, random: Random) -> None:
    start, length = random.randrange(len(content)), random.choice((4, 100, PAGE))
    content[start : start + length] = bytes(len(content[start : start + length]))


def cut(content: bytearray, random: Random) -> None:
    del content[random.randrange(1, len(content)) :]


def rewritten(content: bytearray, random: Random) -> None:
    """Other letters and other bytes in the places of letters: unknown words, no UTF-8, JSON that cannot be read."""
    for _ in range(60):
        place = random.randrange(len(content))
        if chr(content[place]).isalpha():
            content[place] = random.choice((0xFF, random.randrange(32, 127)))


HARMS: tuple[Callable[[bytearray, Random], None], ...] = (flipped, zeroed, cut, rewritten)


@pytest.fixture
def worked(spring: Shell, tmp_path: Path) -> Shell:
    """A few hundred conversations, some of them answered, opted out, reassigned."""
    rows = "\n".join(f"Ann{nth},Lee{nth},415200{nth:04d},School {nth}" for nth in range(200))
    (tmp_path / "many.csv").write_text(f"first,last,phone,polling place\n{rows}\n")
    spring.done("import", "contacts", tmp_path / "many.csv", "--campaign", "Spring")
    spring.done("reassign", "Spring", "--from-unassigned", "--count", 120, "--to", "kim", "--to", "lee")
    spring.done("send-all", "Spring", "--sender", "kim")
    for nth in range(4, 40, 4):
        spring.done("receive", "--from", f"415200{nth:04d}", "--body", f"well {nth}, é")
    spring.done("answer", 1, "Will you vote?", "Yes")
    spring.done("opt-out", MARIA)
    spring.done("backup", tmp_path / "good.db")
    return spring


@pytest.mark.parametrize("seed", range(FILES))
def test_every_command_answers_in_one_sentence(worked: Shell, tmp_path: Path, seed: int) -> None:
    content, random = bytearray(worked.database.read_bytes()), Random(seed)
    HARMS[seed % len(HARMS)](content, random)
    worked.database.write_bytes(content)
    good, target = (tmp_path / "good.db").read_bytes(), tmp_path / "backup.db"
    target.write_bytes(good)
    for command in COMMANDS:
        words = [str(word).format(backup=target, contacts=tmp_path / "many.csv") for word in command]
        ran = worked.run(*words)
        assert ran.code in {0, 1, 3}, (words, ran)
        assert ran.err.count("\n") == (ran.code > 0), (words, ran)
        assert "Traceback" not in ran.out + ran.err
        if command[0] == "backup" and ran.code:
            assert target.read_bytes() == good
        elif command[0] == "backup":
            assert worked.run("--db", target, "doctor").code != 3
    assert not list(tmp_path.rglob("errors.log"))


def test_doctor_says_what_is_damaged_and_ends_with_3(worked: Shell) -> None:
    content = bytearray(worked.database.read_bytes())
    place = content.rindex(b"School 7")
    content[place] = 0xFF
    worked.database.write_bytes(content)
    for words in (("doctor",), ("doctor", "--repair"), ("doctor", "--json")):
        ran = worked.run(*words)
        assert ran.code == 3
        assert "not UTF-8" in ran.out
        assert "is damaged" in ran.err
        assert "thrumsg restore FILE" in ran.err
        assert ran.err.count("\n") == 1


def test_a_file_whose_beginning_is_gone_is_called_damaged(worked: Shell) -> None:
    worked.database.write_bytes(bytes(PAGE) + worked.database.read_bytes()[PAGE:])
    ran = worked.run("overview", "Spring")
    assert (ran.code, ran.out) == (3, "")
    assert "is damaged (its beginning is gone)" in ran.err
