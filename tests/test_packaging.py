"""What is installed: versions that agree, files that are there, and pins that fit."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from thrumsg_tui import __version__
from thrumsg_tui.__main__ import main
from thrumsg_tui.gateway.practice_contacts import practice_file
from thrumsg_tui.store.schema import MIGRATIONS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "thrumsg_tui"


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_there_is_one_version(settings: dict[str, Any]) -> None:
    assert version("thrumsg") == settings["project"]["version"] == __version__


def test_both_names_run_the_command_line() -> None:
    (thrumsg,) = entry_points(group="console_scripts", name="thrumsg")
    (longer,) = entry_points(group="console_scripts", name="thrumsg-tui")
    assert thrumsg.load() is longer.load() is main


def test_python_can_run_the_package() -> None:
    command = [sys.executable, "-m", "thrumsg_tui", "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[0] == f"thrumsg {__version__}"


def test_every_shipped_file_is_there_and_used() -> None:
    places = (*(PACKAGE / "gateway").glob("*.py"), PACKAGE / "store" / "queries" / "compliance.py")
    code = "".join(path.read_text(encoding="utf-8") for path in places)
    named = set(re.findall(r'"([\w-]+\.csv)"', code))
    assert named == {path.name for path in (ROOT / "data").iterdir()}
    assert all(practice_file(name).is_file() for name in named)


def test_a_wheel_takes_the_practice_files_into_the_package(settings: dict[str, Any]) -> None:
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {"data", "thrumsg_tui"} <= set(wheel["only-include"])
    assert wheel["sources"] == {"data": "thrumsg_tui/data"}
    assert not (PACKAGE / "data").exists(), "a copy here would be used in place of data/"


def test_a_wheel_takes_the_migrations_along(settings: dict[str, Any]) -> None:
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()  # hatch leaves out what Git ignores
    assert "thrumsg_tui" in wheel["only-include"]
    assert "exclude" not in wheel
    assert MIGRATIONS
    assert [file for file in MIGRATIONS if any(fnmatch(f"{file}.sql", line) for line in ignored)] == []


def test_git_ignores_what_the_first_campaign_writes() -> None:
    """A secret and people's numbers would be one `git add .` away."""
    page = (ROOT / "docs" / "first-campaign.md").read_text(encoding="utf-8")
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    written = {"carrier-token", "contacts.csv", "gateway.toml", *re.findall(r"(?:--out|>) ([\w.-]+)", page)}
    assert "messages.csv" in written
    assert {name for name in written if not any(fnmatch(name, line.lstrip("/")) for line in ignored)} == set()


def test_every_style_sheet_is_there_and_used() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "tui").rglob("*.py"))
    named = set(re.findall(r'"([\w-]+\.tcss)"', code))
    assert named == {path.name for path in (PACKAGE / "tui").rglob("*.tcss")}


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_what_the_source_distribution_names_exists(settings: dict[str, Any]) -> None:
    named = settings["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    files = [settings["project"]["readme"], *settings["project"]["license-files"]]
    assert [name for name in [*named, *files] if not (ROOT / name.removeprefix("/")).exists()] == []


def test_what_a_wheel_shares_exists(settings: dict[str, Any]) -> None:
    shared = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert {"share/man/man1/thrumsg.1", "share/doc/thrumsg/docs"} <= set(shared.values())
    assert [name for name in shared if not (ROOT / name).exists()] == []


def test_the_page_of_the_browser_is_whole() -> None:
    page = (PACKAGE / "cli" / "web_page" / "index.html").read_text(encoding="utf-8")
    ours = set(re.findall(r'"page/([\w.]+)"', page))
    assert ours == {path.name for path in (PACKAGE / "cli" / "web_page").iterdir()} - {"index.html"}
    assert "http" not in page, "it would load something from elsewhere"


def test_users_get_no_minor_release_of_textual_that_is_untested(settings: dict[str, Any]) -> None:
    textual = next(each for each in map(Requirement, settings["project"]["dependencies"]) if each.name == "textual")
    major, minor = map(int, version("textual").split(".")[:2])
    assert textual.specifier.contains(version("textual"))
    assert not textual.specifier.contains(f"{major}.{minor + 1}.0")
    assert not textual.specifier.contains(f"{major + 1}.0.0")


def test_every_dependency_is_pinned_within_its_range(settings: dict[str, Any]) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    project = settings["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    for each in map(Requirement, [*project["dependencies"], *extras]):
        assert each.name == project["name"] or each.specifier.contains(pins[each.name]), each
