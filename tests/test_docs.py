"""What the documents say is so: commands, links, pictures, paths, JSON keys and the numbers of rules."""

from __future__ import annotations

import json
import pwd
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import make_docs, make_screenshots, record_walkthrough
from scripts.speed_table import BEGIN, END_MARK, SHOWN, with_speed
from tests.json_keys import json_keys
from thrumsg_tui import __version__
from thrumsg_tui.cli.main import main
from thrumsg_tui.cli.parser import parse
from thrumsg_tui.gateway.practice import CAMPAIGN, prepare

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
CODE = [path for folder in ("thrumsg_tui", "tests", "scripts", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


documents = pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)


# Made documents


def test_what_is_made_from_the_code_is_current() -> None:
    for path, text in make_docs.documents():
        assert text_of(path) == text, f"{name_of(path)} is stale: make docs"


def test_it_is_the_same_in_every_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = make_docs.command_line_document()
    for width in ("20", "500"):
        monkeypatch.setenv("COLUMNS", width)
        assert make_docs.command_line_document() == before


def test_the_readme_has_a_place_for_its_keys() -> None:
    readme = text_of(ROOT / "README.md")
    assert readme.count(make_docs.KEYS_BEGIN) == readme.count(make_docs.KEYS_END) == 1
    assert make_docs.with_first_keys(readme.replace("| `Enter` |", "| `F9` |")) == readme


def test_the_readme_says_of_speed_what_was_measured() -> None:
    readme, results = text_of(ROOT / "README.md"), text_of(ROOT / "benchmarks" / "RESULTS.md")
    assert with_speed(readme.replace(" ms |", " s |"), results) == readme
    table = readme.partition(BEGIN)[2].partition(END_MARK)[0]
    assert len(re.findall(r"\d [a-zA-Z/]+ \|$", table, re.MULTILINE)) == len(SHOWN)


def test_a_check_names_what_is_stale(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(make_docs, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["make_docs.py"])
    assert make_docs.main() == 0
    monkeypatch.setattr("sys.argv", ["make_docs.py", "--check"])
    assert make_docs.main() == 0
    keys = tmp_path / "docs" / "keys.md"
    keys.write_text(text_of(keys) + "and more\n", encoding="utf-8")
    capsys.readouterr()
    assert make_docs.main() == 1
    said = capsys.readouterr().err
    assert said.startswith("docs/keys.md is stale")
    assert "-and more" in said
    assert text_of(keys).endswith("and more\n")


# Commands


def fences(path: Path, *languages: str) -> Iterator[str]:
    """The lines of the fenced blocks in some languages."""
    for language, block in _FENCE.findall(text_of(path)):
        if language in languages:
            yield from block.splitlines()


def command_lines(path: Path) -> Iterator[str]:
    """Every thrumsg command that a document tells to run, without the word thrumsg."""
    text = text_of(path)
    inline = re.findall(r"`(thrumsg [^`]+)`", _FENCE.sub("", text))
    for line in [*fences(path, "sh"), *inline]:
        if line == "thrumsg" or line.startswith("thrumsg "):
            yield line.removesuffix(" &").removeprefix("thrumsg").strip()
    yield from re.findall(r"ssh HOST '([^']+)'", text)


@documents
def test_commands_can_be_read(document: Path) -> None:
    for line in command_lines(document):
        parse(shlex.split(line))


def test_commands_are_found() -> None:
    assert len(list(command_lines(ROOT / "docs" / "first-campaign.md"))) > 15
    assert "" in command_lines(ROOT / "docs" / "first-campaign.md")
    found = list(command_lines(ROOT / "docs" / "roles.md"))
    assert "files show messages.csv" in found
    assert 'conversations "Spring Turnout" --json' in found


@documents
def test_make_targets_exist(document: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE)
    inline = re.findall(r"`make ([a-z-]+)", text_of(document))
    fenced = [line.split()[1] for line in fences(document, "", "sh") if line.startswith("make ")]
    assert {*inline, *fenced} <= set(targets)


def test_the_quick_start_is_two_commands() -> None:
    _, _, after = text_of(ROOT / "README.md").partition("\n## Quick start\n")
    section = after.partition("\n## ")[0]
    commands = [line for _, block in _FENCE.findall(section) for line in block.splitlines()]
    assert commands == ["make demo", "make test"]


def test_the_first_campaign_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs every command as it stands, in order, but for the one that opens the app; then those for scripts.

    `tests/e2e/test_texting_for_real.py` runs what needs a carrier.
    """
    page = tmp_path / "page.md"
    before, heading, _ = text_of(ROOT / "docs" / "first-campaign.md").partition("\n## Texting for real\n")
    assert heading
    page.write_text(before + text_of(ROOT / "docs" / "without-a-screen.md"), encoding="utf-8")
    (tmp_path / "contacts.csv").write_text("\n".join(fences(page, "csv")) + "\n", encoding="utf-8")
    at_home(tmp_path, monkeypatch)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd(("ana", "x", 1000, 1000, "", "/", "/bin/sh")))
    followed = [line for line in fences(page, "sh") if line.startswith("thrumsg ")]
    assert len(followed) > 10
    for line in followed:
        assert main(shlex.split(line)[1:]) == 0, line


def test_the_page_on_backups_can_be_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs its commands in order, and what it says about a doubt and the copy from before."""
    page = ROOT / "docs" / "backup.md"
    at_home(tmp_path, monkeypatch)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd(("ana", "x", 1000, 1000, "", "/", "/bin/sh")))
    always = "--timezone UTC --open 00:00 --close 24:00 --no-quiet-hours"
    arrange = [
        f"campaign create Spring --initial Hi --quicksend {always}",
        *("user add kim --first-name Kim --last-name A", "campaign add-sender Spring kim"),
        *("import contacts contacts.csv --campaign Spring", "send 1", "send 2"),
    ]
    (tmp_path / "contacts.csv").write_text("First Name,Cell\nAnn,4155550142\nBea,4155550143\n", encoding="utf-8")
    fenced = [line.removeprefix("thrumsg ") for line in re.findall(r"^ *(thrumsg .*)$", text_of(page), re.MULTILINE)]
    assert [line.split()[0] for line in fenced] == ["backup", "doctor", "restore", "doubts", "export", "doctor"]
    for line in [*arrange, *fenced]:
        assert main(shlex.split(line)) == 0, line
    capsys.readouterr()
    inline = [shlex.split(line) for line in command_lines(page) if line.startswith("doubts 7 ")]
    assert len(inline) == 3
    assert main(["doubts", "--json"]) == 0
    doubts = json.loads(capsys.readouterr().out)
    assert [each["conversation"] for each in doubts] == [1, 2]
    for doubt, words in zip(doubts, inline[:2], strict=True):
        assert main(["doubts", str(doubt["id"]), *words[2:]]) == 0
    (kept,) = (tmp_path / "thrumsg").glob("*-before-restore-*.db")
    assert main(["restore", str(kept)]) == 0


def at_home(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Be in a folder, with everything that is written below it."""
    patch.chdir(folder)
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        patch.setenv(variable, str(folder))
    for variable in ("SSH_ORIGINAL_COMMAND", "THRUMSG_DB"):
        patch.delenv(variable, raising=False)


# Links, paths and pictures


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@documents
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
        where, _, anchor = target.partition("#")
        path = (document.parent / where).resolve() if where else document
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


@documents
def test_paths_exist(document: Path) -> None:
    folders = "benchmarks|data|docs|scripts|screenshots|tests|thrumsg_tui|cli|domain|gateway|store|tui"
    for path in re.findall(rf"`((?:{folders})/[\w./-]*)`", text_of(document)):
        assert (ROOT / path).exists() or (ROOT / "thrumsg_tui" / path).exists(), path


def test_every_picture_is_drawn_and_fetches_nothing() -> None:
    drawn = sorted((ROOT / "screenshots").glob("*.svg"))
    assert {path.stem for path in drawn} == {*make_screenshots.PICTURES, record_walkthrough.NAME}
    for path in drawn:
        addresses = set(re.findall(r"""https?://[^\s"')]+""", text_of(path)))
        assert addresses == {"http://www.w3.org/2000/svg"}, path.name
        assert "@font-face" not in text_of(path)


def test_of_an_old_picture_it_is_said_where_it_differs() -> None:
    kept = text_of(ROOT / "screenshots" / "history.svg")
    shown, other_colour = (
        kept.replace("&#160;History</text>", "&#160;Journal</text>"),
        kept.replace("#c5c8c6", "#c5c8c7"),
    )
    assert make_screenshots.difference(kept, shown) == "its line 1 has “History”, and the app shows “Journal” there."
    assert make_screenshots.difference(kept, other_colour) == "its words are right, but not their places or colours."
    assert make_screenshots.difference("", kept) == "it was never drawn."


def test_the_newest_version_is_in_the_changelog() -> None:
    newest = re.findall(r"^## (\S+?),? ", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)[0]
    assert newest == __version__


# Rules


def test_cited_rules_exist() -> None:
    rules = text_of(ROOT / "docs" / "rules.md")
    known = {*re.findall(r"^\*\*(\d+\.\d+)\*\*", rules, re.MULTILINE), *re.findall(r"^## (\d+)\.", rules, re.MULTILINE)}
    assert len(known) > 60
    number = r"\d+(?:\.\d+)?"
    cited = re.compile(rf"docs/rules\.md`?,?\s+({number}(?:`?(?:,| to| and)\s+`?{number})*)")
    for path in [*CODE, *DOCUMENTS]:
        for numbers in cited.findall(text_of(path)):
            assert set(re.findall(number, numbers)) <= known, f"{name_of(path)}: {numbers}"


# JSON


Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a practice database, and returns its JSON."""
    path = tmp_path / "practice.db"
    prepare(path, "ana", "Ana", "Ortiz").close()
    at_home(tmp_path, monkeypatch)
    ana = pwd.struct_passwd(("ana", "x", 1000, 1000, "", "/home", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: ana)

    def run(*words: object) -> Any:
        capsys.readouterr()
        assert main(["--db", str(path), "--json", *map(str, words)]) == 0, words
        return json.loads(capsys.readouterr().out)

    return run


def test_json_of_what_is_shown(run: Run) -> None:
    overview = run("overview", CAMPAIGN)
    assert json_keys("overview") == overview.keys()
    assert json_keys("A sender") == overview["senders"][0].keys()
    listed = run("conversations", CAMPAIGN, "--status", "needs-reply", "--limit", 1)[0]
    assert json_keys("conversations") == listed.keys()
    found = run("find", listed["contact"])[0]
    assert json_keys("find") | json_keys("conversations") == found.keys()
    thread = run("thread", listed["id"])
    assert json_keys("thread") == thread.keys()
    assert json_keys("A message") == thread["messages"][0].keys()
    assert json_keys("campaign list") == run("campaign", "list")[0].keys()
    shown = run("campaign", "show", CAMPAIGN)
    counts = {"total", "not_started", "sent", "needs_reply", "answered", "opted_out"}
    assert json_keys("campaign show") | json_keys("campaign list") - counts >= shown.keys()
    assert json_keys("campaign check") == run("campaign", "check", CAMPAIGN).keys()
    assert json_keys("lookup") == run("lookup", listed["phone"]).keys()
    assert json_keys("history") == run("history", "--limit", 1)[0].keys()
    assert json_keys("status") == run("status").keys()
    assert json_keys("user list") == run("user", "list")[0].keys()
    assert json_keys("doctor") == run("doctor").keys()
    assert json_keys("backup") == run("backup", "backup.db").keys()
    assert json_keys("doctor --file") == run("doctor", "--file", "backup.db").keys()
    assert json_keys("restore") == run("restore", "backup.db").keys()


def test_json_of_what_is_done(run: Run, tmp_path: Path) -> None:
    waiting = run("conversations", CAMPAIGN, "--status", "needs-reply", "--sender", "kim")[0]
    sent = run("send", waiting["id"], "--body", "Thank you!")
    assert json_keys("send") == sent.keys()
    moved = run("reassign", CAMPAIGN, "--conversation", waiting["id"], "--to", "lee")
    assert json_keys("reassign") == moved.keys() == run("undo").keys()
    preview = run("reassign", CAMPAIGN, "--conversation", waiting["id"], "--to", "lee", "--preview")
    assert json_keys("reassign") - {"sentence"} == preview.keys()
    assert json_keys("send-all") == run("send-all", CAMPAIGN, "--sender", "marcus").keys()
    assert json_keys("receive") == run("receive", "--from", waiting["phone"], "--body", "Bye").keys()
    question = run("campaign", "show", CAMPAIGN)["questions"][0]
    answer = ("answer", waiting["id"], question["id"], question["choice_ids"][0])
    assert json_keys("answer") == run(*answer).keys()
    assert json_keys("opt-out") == run("opt-out", waiting["phone"]).keys() == run("opt-in", waiting["phone"]).keys()
    (tmp_path / "numbers.txt").write_text("2125550198\n", encoding="utf-8")
    assert json_keys("opt-out-list") == run("opt-out-list", "numbers.txt").keys()
    assert json_keys("opt-out-note") == run("opt-out-note", "2125550198", "by mail").keys()
    assert json_keys("opt-outs") == run("opt-outs", "--limit", 1)[0].keys()
    follow_up = run("follow-up", "create", CAMPAIGN, "--title", "Today", "--text", "Today is the day.")
    assert json_keys("follow-up create") == follow_up.keys()
    assert json_keys("campaign add-sender") == run("campaign", "add-sender", CAMPAIGN, "rosa").keys()
    (tmp_path / "users.csv").write_text("login,first_name,last_name\nbo,Bo,Li\n", encoding="utf-8")
    assert json_keys("import") == run("import", "users", "users.csv").keys()
    assert run("export", "opt-outs", "--out", "out.csv").keys() == {"file", "rows"}
    assert run("settings").keys() == {
        *("organization", "opt_out_message", "auto_opt_out", "redact_phones", "undo_send"),
        *("default_timezone", "default_open", "default_close"),
    }
    assert run("backup", "copy.db").keys() == json_keys("backup")


def test_json_of_the_check(run: Run, tmp_path: Path) -> None:
    configuration = tmp_path / "gateway.toml"
    configuration.write_text('gateway = "practice"\n')
    configuration.chmod(0o600)
    assert json_keys("gateway check") == run("gateway", "check", "--config", configuration)[0].keys()


def test_json_of_our_numbers(run: Run) -> None:
    first = run("gateway", "numbers", "add", "4155550100")
    run("gateway", "numbers", "add", "5105550100")
    listed = run("gateway", "numbers", "list")
    assert json_keys("gateway numbers list") == first.keys() == listed[0].keys()
    assert run("campaign", "numbers", CAMPAIGN, "4155550100") == {"campaign": CAMPAIGN, "numbers": listed[:1]}
    waiting = run("conversations", CAMPAIGN, "--status", "needs-reply")
    for each in waiting[:2]:
        run("receive", "--from", each["phone"], "--body", "Hi", "--to", "4155550100")
    stopped = run("gateway", "numbers", "stop", "4155550100", "--withdrawn")
    assert stopped.keys() == json_keys("gateway numbers list") | {"waiting"}
    run("campaign", "numbers", CAMPAIGN, "--all")
    keeps = next(each["id"] for each in waiting if run("thread", each["id"])["our_number"] == "+14155550100")
    renumbered = run("renumber", keeps)
    assert json_keys("renumber") == renumbered.keys() == run("gateway", "numbers", "replace", "4155550100").keys()


def test_json_of_what_a_campaign_asks_and_says(run: Run) -> None:
    added = run("survey", "add", CAMPAIGN, "--question", "When?", "--choice", "Early")
    edited = run("survey", "edit", CAMPAIGN, "When?", "--text", "When then?")
    moved = run("survey", "move", CAMPAIGN, "When then?", 1)[0]
    assert json_keys("survey add") == added.keys() == edited.keys() == moved.keys()
    assert json_keys("survey results") == run("survey", "results", CAMPAIGN, "--by-sender")[0].keys()
    assert json_keys("survey retire") == run("survey", "retire", CAMPAIGN, "When then?").keys()
    assert json_keys("reply list") == run("reply", "list", "--campaign", CAMPAIGN)[0].keys()
    assert json_keys("reply list") == run("reply", "add", "New", "--body", "Words")[0].keys()
    made = run("follow-up", "create", CAMPAIGN, "--title", "Today", "--text", "Today is the day.")
    assert json_keys("follow-up create") == made.keys()
    assert json_keys("follow-up list") == run("follow-up", "list", CAMPAIGN)[0].keys()
    edited = run("follow-up", "edit", CAMPAIGN, made["id"], "--text", "Today it is.")
    assert json_keys("follow-up list") == edited.keys()
    texted = run("conversations", CAMPAIGN, "--tab", "follow-ups", "--limit", 1)[0]
    assert json_keys("follow-up skip") == run("follow-up", "skip", texted["id"]).keys()
    assert json_keys("follow-up end") == run("follow-up", "end", CAMPAIGN, made["id"]).keys()
    run("receive", "--from", "2125550123", "--body", "Who is this?")
    assert json_keys("unmatched") == run("unmatched")[0].keys()
