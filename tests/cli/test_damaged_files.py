"""Every command on files that are damaged in many ways: one sentence, or an answer (docs/rules.md 11.5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

import pytest

from tests.cli.conftest import Shell
from tests.cli.damaging import HARMS, PAGE, Bench, Harm, beside_it, own_environment
from tests.json_keys import json_keys
from thrumsg_tui.store.spool import Spool, spool_path

pytestmark = pytest.mark.only_sqlite("it damages files of SQLite")

TRIED = 25
"""How many command lines are tried on each damaged file; `python -m benchmarks.damage` tries all on hundreds."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("damage")
    with own_environment(folder):
        yield Bench(folder)


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_every_command_answers_in_one_sentence(bench: Bench, harm: Harm) -> None:
    seed = HARMS.index(harm)
    bench.harm(harm, seed)
    for words in Random(seed).sample(list(bench.commands()), TRIED):
        answer = bench.tried(words)
        assert answer.complaint is None, answer
    assert not bench.log.exists()


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_no_backup_of_a_damaged_file_replaces_a_good_one(bench: Bench, harm: Harm) -> None:
    good, target = bench.good.read_bytes(), bench.folder / "backup.db"
    for seed in range(3):
        bench.harm(harm, seed)
        target.write_bytes(good)
        if bench.tried(("backup", str(target))).code:
            assert target.read_bytes() == good
        else:
            assert bench.tried(("--db", str(target), "doctor")).code != 3


def test_each_harm_is_found_in_a_file(bench: Bench) -> None:
    """The harms do harm: on some file of each kind `doctor` ends with 3."""
    for harm in set(HARMS) - {beside_it}:  # of a log that it has not written whole SQLite takes nothing
        for seed in range(60):
            bench.harm(harm, seed)
            if bench.tried(("doctor",)).code == 3:
                break
        else:
            raise AssertionError(harm)


def test_doctor_says_what_is_damaged_and_ends_with_3(spring: Shell) -> None:
    content = bytearray(spring.database.read_bytes())
    place = content.rindex(b"Otieno")
    content[place] = 0xFF
    spring.database.write_bytes(content)
    for words in (("doctor",), ("doctor", "--repair"), ("doctor", "--json")):
        ran = spring.run(*words)
        assert ran.code == 3
        assert "not UTF-8" in ran.out
        assert "is damaged" in ran.err
        assert "thrumsg restore FILE" in ran.err
        assert ("doctor --repair" in ran.err) is (words != ("doctor", "--repair"))
        assert ran.err.count("\n") == 1


@pytest.mark.parametrize("harm", ["its beginning is gone", "malformed"])
def test_doctor_reports_what_cannot_even_be_opened(spring: Shell, harm: str) -> None:
    """docs/json.md: the JSON is printed all the same; and after --repair nobody is told to repair."""
    content = spring.database.read_bytes()
    lost = bytes(PAGE) if harm != "malformed" else content[:100] + b"x" * (PAGE - 100)
    spring.database.write_bytes(lost + content[PAGE:])
    ran = spring.run("doctor", "--json")
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    found = json.loads(ran.out)
    assert found.keys() == json_keys("doctor")
    assert (found["database"], found["healthy"]) == (str(spring.database), False)
    assert harm in found["problems"][0]["sentence"]
    assert "`thrumsg doctor --repair` mends" in ran.err
    repaired = spring.run("doctor", "--repair")
    assert (repaired.code, repaired.err.count("\n")) == (3, 1)
    assert harm in repaired.err
    assert "doctor --repair" not in repaired.err
    assert "go back to a backup with `thrumsg restore FILE`" in repaired.err


def test_a_file_whose_beginning_is_gone_is_called_damaged(spring: Shell) -> None:
    spring.database.write_bytes(bytes(PAGE) + spring.database.read_bytes()[PAGE:])
    ran = spring.run("overview", "Spring")
    assert (ran.code, ran.out) == (3, "")
    assert "is damaged (its beginning is gone)" in ran.err


def test_a_spool_that_is_damaged_is_named_with_what_to_do(spring: Shell) -> None:
    Spool(spring.database).close()
    spool = spool_path(spring.database)
    spool.write_bytes(spool.read_bytes()[:PAGE] + b"x" * PAGE)
    for words in (("doctor",), ("doctor", "--repair"), ("doctor", "--json")):
        ran = spring.run(*words)
        assert (ran.code, ran.err.count("\n")) == (3, 1)
        assert f"{spool} is damaged" in ran.err
        assert "move the file away" in ran.err
    assert "Spring" in spring.done("campaign", "list")
