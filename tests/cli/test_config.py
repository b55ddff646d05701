"""`thrumsg config`: show, edit, check and path (docs/rules.md 12.1)."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from thrumsg_tui.configuration.preferences_file import load_preferences
from thrumsg_tui.domain.preferences import SETTINGS, Preferences
from thrumsg_tui.tui.commands import Scope, all_commands, commands_of
from thrumsg_tui.tui.commands.keymap import choose_keys
from thrumsg_tui.tui.commands.preferences_text import new_file


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the file is; it does not exist yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("VISUAL", raising=False)
    return tmp_path / "config" / "thrumsg" / "config.toml"


def editor(folder: Path, statement: str) -> str:
    """The command of an editor that does one thing to the file `name`."""
    script = folder / "my editor.py"
    script.write_text(f"import sys\nfrom pathlib import Path\nname = Path(sys.argv[-1])\n{statement}\n")
    return shlex.join([sys.executable, str(script)])


def test_the_path_is_printed_whether_or_not_there_is_a_file(shell: Shell, file: Path) -> None:
    assert shell.done("config", "path") == f"{file}\n"
    assert shell.json("config", "path") == {"path": str(file), "exists": False}
    assert not file.parent.exists()


def test_show_has_every_setting_with_its_value_and_sentence(shell: Shell, file: Path) -> None:
    shown = shell.done("config", "show")
    assert shell.done("config") == shown
    assert "there is none yet" in shown
    for setting in SETTINGS:
        assert f"    {setting.sentence}\n" in shown
    file.parent.mkdir(parents=True)
    file.write_text('[look]\n\ndensity = "compact"\n[keys]\nlist.down = "n, ↓"\npreset = "emacs"\n', encoding="utf-8")
    told = shell.json("config", "show")
    assert {each["name"]: (each["value"], each["from"]) for each in told["settings"]} == {
        "[keys] preset": ("emacs", "line 6"),
        "[look] density": ("compact", "line 3"),
        **{
            f"[{each.section}] {each.key}": (each.written(each.default), "default")
            for each in SETTINGS
            if each.key not in {"preset", "density"}
        },
    }
    assert "app.undo" in told["keys"]


def test_show_says_from_where_keys_are(shell: Shell, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('[keys]\npreset = "emacs"\n"list.first" = "Home, backslash"\n', encoding="utf-8")
    lines = [line.split() for line in shell.done("config", "show").splitlines()]
    assert ["list.first", "Home,", "backslash", "line", "3"] in lines
    assert ["app.undo", "ctrl+_,", "z", "preset", "emacs"] in lines


def test_check_tells_each_mistake_and_ends_with_1(shell: Shell, file: Path) -> None:
    assert "every setting is a default" in shell.done("config", "check")
    file.parent.mkdir(parents=True)
    file.write_text("[look]\n", encoding="utf-8")
    assert shell.done("config", "check") == f"{file} is right.\n"
    file.write_text('[look]\nthemee = "auto"\n[habits]\nmouse = "off"\n', encoding="utf-8")
    result = shell.run("config", "check")
    assert result.code == 1
    assert result.out.splitlines() == [
        f"{file}:2: [look] themee is no key of [look]: did you mean theme?",
        f"{file}:4: [habits] mouse: true or false is expected. true is used.",
    ]
    assert "2 mistakes" in result.err


def test_a_key_that_others_may_take_is_remarked_on(shell: Shell, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('[keys]\napp.undo = "z, ctrl+b"\n', encoding="utf-8")
    assert f"{file}:2: ctrl+b may be taken by tmux.\n" in shell.done("config", "check")


def test_edit_makes_the_file_with_all_defaults_and_checks_it(
    shell: Shell, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", editor(tmp_path, "name.with_suffix('.was').write_bytes(name.read_bytes())"))
    assert shell.done("config", "edit") == f"{file} is right.\n"
    assert file.read_text(encoding="utf-8") == new_file() == file.with_suffix(".was").read_text(encoding="utf-8")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    monkeypatch.setenv("VISUAL", editor(tmp_path, "name.write_text('[look]\\ndates = 1\\n')"))
    assert f"{file}:2: [look] dates" in shell.run("config", "edit").out
    monkeypatch.setenv("VISUAL", editor(tmp_path, "pass"))
    assert shell.run("config", "edit").code == 1
    assert file.read_text(encoding="utf-8") == "[look]\ndates = 1\n"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("no-such-editor", "The editor no-such-editor cannot be started: No such file or directory."),
        ("'", "cannot be started"),
        (shlex.join([sys.executable, "-c", "raise SystemExit(3)"]), "ended with 3"),
    ],
)
def test_an_editor_that_fails_is_told(
    shell: Shell, file: Path, monkeypatch: pytest.MonkeyPatch, command: str, told: str
) -> None:
    monkeypatch.setenv("EDITOR", command)
    assert told in shell.refused("config", "edit")


def test_a_link_to_nothing_is_told_by_check_and_edit_alike(
    shell: Shell, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one has it whose dotfiles are not there yet: a file beside it would leave them behind."""
    file.parent.mkdir(parents=True)
    file.symlink_to(tmp_path / "dotfiles" / "thrumsg.toml")
    monkeypatch.setenv("EDITOR", editor(tmp_path, "name.write_text('[look]\\n')"))
    told = f"{file}: it is a link to {tmp_path}/dotfiles/thrumsg.toml, and nothing is there"
    assert f"{told}. Nothing was written." in shell.refused("config", "edit")
    checked = shell.run("config", "check")
    assert (checked.code, checked.out) == (1, f"{told}, so nothing of the file is used.\n")
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "dotfiles" / "thrumsg.toml").touch()
    assert shell.done("config", "edit") == shell.done("config", "check") == f"{file} is right.\n"
    assert file.is_symlink()


def test_a_folder_that_cannot_be_made_is_told(shell: Shell, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.parent.parent.mkdir()
    file.parent.write_text("", encoding="utf-8")
    monkeypatch.setenv("EDITOR", "true")
    assert f"{file} cannot be made: File exists." in shell.refused("config", "edit")


def test_a_forced_command_reads_the_login_s_own_file_and_runs_no_editor(shell: Shell, file: Path) -> None:
    own = file.parent / "people" / "kim.toml"
    assert str(own) in shell.refused("--forced-login", "kim", "config", "edit")
    own.parent.mkdir(parents=True)
    own.write_text("[look]\ndates = 1\n", encoding="utf-8")
    assert shell.done("--forced-login", "kim", "config", "path") == f"{own}\n"
    assert shell.run("--forced-login", "kim", "config", "check").code == 1
    assert shell.run("--forced-login", "lee", "config", "check").code == 0


# The new file


def test_a_new_file_says_everything_and_changes_nothing(tmp_path: Path) -> None:
    text, file = new_file(), tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    assert load_preferences(file, choose_keys).preferences == Preferences()
    assert [setting.key for setting in SETTINGS if f"\n# {setting.key} = {setting.toml}\n" not in text] == []
    assert [each.id for scope in Scope for each in commands_of(scope) if f'\n# "{each.id}" = "' not in text] == []


def test_every_default_in_a_new_file_is_right_and_is_the_default(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    lines = new_file().splitlines()
    file.write_text("\n".join(line.removeprefix("# ") if " = " in line else line for line in lines), encoding="utf-8")
    found = load_preferences(file, choose_keys)
    assert (found.faults, found.preferences) == ((), Preferences())
    assert len(found.lines) == len(SETTINGS) + len(all_commands())


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    document = Path(__file__).parents[2] / "docs" / "configuration.md"
    [example] = re.findall(r"```toml\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "config.toml"
    file.write_text(example, encoding="utf-8")
    found = load_preferences(file, choose_keys)
    assert found.faults == ()
    assert found.preferences.keys["app.lookup"] == "p f5"


def test_a_login_too_long_for_a_file_has_none(shell: Shell, file: Path) -> None:
    login = "k" * 300
    (file.parent / "people").mkdir(parents=True, exist_ok=True)
    assert shell.json("--forced-login", login, "config", "path") == {
        "path": str(file.parent / "people" / f"{login}.toml"),
        "exists": False,
    }
