"""The configuration file of the app: every value, every mistake with its line, and files that cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from thrumsg_tui.configuration.preferences_file import load_preferences, preferences_path
from thrumsg_tui.domain.enums import ConversationSort
from thrumsg_tui.domain.preferences import (
    SETTINGS,
    AfterSend,
    AsciiOnly,
    Dates,
    Density,
    LoadedPreferences,
    Preferences,
    Preset,
    Setting,
    ThemeName,
)
from thrumsg_tui.tui.commands.keymap import choose_keys


def loaded(folder: Path, text: str | bytes) -> LoadedPreferences:
    """Write a file and read it."""
    file = folder / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_preferences(file, choose_keys)


def mistakes(folder: Path, text: str | bytes) -> list[tuple[int, str]]:
    """What is wrong in a text, by its line."""
    return [(fault.line, fault.sentence) for fault in loaded(folder, text).faults]


def test_without_a_file_all_is_the_default(tmp_path: Path) -> None:
    found = load_preferences(tmp_path / "config.toml", choose_keys)
    assert (found.preferences, found.exists, found.faults, found.notice) == (Preferences(), False, (), "")


def test_every_setting_is_read(tmp_path: Path) -> None:
    text = """
        keys.preset = "vim"
        [look]
        theme = "auto"
        ascii = "on"
        density = "compact"
        dates = "iso"
        [habits]
        after_send = "stay"
        default_sort = "a-to-z"
        mouse = false
        bell = true
        """
    found = loaded(tmp_path, text)
    assert found.faults == ()
    keys = found.preferences.keys
    assert keys["app.undo"] == "u"
    assert found.preferences == Preferences(
        Preset.VIM,
        keys,
        ThemeName.AUTO,
        AsciiOnly.ON,
        Density.COMPACT,
        Dates.ISO,
        AfterSend.STAY,
        ConversationSort.A_TO_Z,
        mouse=False,
        bell=True,
    )
    assert {f"[{setting.section}] {setting.key}" for setting in SETTINGS} == set(found.lines)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_wrong_value_is_told_with_its_line_and_has_its_default(tmp_path: Path, setting: Setting) -> None:
    text = f"# first\n[{setting.section}]\n\n{setting.key} = 12\n"
    words = "true or false" if setting.kind is bool else f"one of {', '.join(setting.words)}"
    default = setting.written(setting.default)
    assert mistakes(tmp_path, text) == [
        (4, f"[{setting.section}] {setting.key}: {words} is expected. {default} is used.")
    ]
    assert loaded(tmp_path, text).preferences == Preferences()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_wrong_word_has_the_nearest_right_one(tmp_path: Path, setting: Setting) -> None:
    word = setting.words[-1]
    if setting.kind is not bool:
        [(_, sentence)] = mistakes(tmp_path, f'{setting.section}.{setting.key} = "{word}x"\n')
        assert f"did you mean {word}?" in sentence
    [(line, sentence)] = mistakes(tmp_path, f'[{setting.section}]\n{setting.key}s = ""\n')
    assert (line, f"did you mean {setting.key}?" in sentence) == (2, True)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("[lok]\n", 1, "lok is no key of the file: did you mean look?"),
        ("\nlook = 3\n", 2, "look must be a section"),
        ('[look] density = "compact"\n', 1, "write [look] on a line of its own, and density = … below it"),
        ('"[look] density" = "compact"\n', 1, "[look] density is no key of the file: write density below [look]"),
        ('density = "compact"\n', 1, "density is no key of the file: write density below [look]"),
        ('Densty = "compact"\n', 1, "Densty is no key of the file: did you mean [look] density?"),
        ("[look]\n\nbell = true\n", 3, "[look] bell is no key of [look]: write bell below [habits]"),
        ('[keys]\ndensity = "compact"\n', 2, "[keys] density: it is no command: write density below [look]"),
        ('[look]\n"messenger.reassign" = "m"\n', 2, "is no key of [look]: the keys of commands stand below [keys]"),
        ('\nmessenger.reassign = "m"\n', 2, "messenger.reassign is no key of the file: the keys of commands stand"),
        ('[messenger]\nreasign = "m"\n', 2, "did you mean messenger.reassign? It stands below [keys]"),
        ('[keys]\nreassign = "m"\n', 2, "did you mean senders.reassign or messenger.reassign?"),
        ('[keys]\nmessenger.reasign = "m"\n', 2, "did you mean messenger.reassign?"),
        ("[server]\nport = 3\n", 1, "server is no key of the file: its keys are keys, look, habits"),
        ("[look]\ntheme = \n", 2, "this is no TOML"),
        ('[look]\ntheme = "auto', 2, "this is no TOML"),
        ('[look]\ntheme = "auto"\ntheme = "auto"\n', 3, "this is no TOML"),
        (b"[look]\n# caf\xe9\n", 2, "this line is not UTF-8"),
        (b"\xff\xfe[\x00", 1, "this line is not UTF-8"),
        ("[look]\n\x00", 2, "this is no TOML"),
        ("a = " + "[" * 100_000, 0, "nested too deeply"),
        ("#" * (1 << 21), 0, "is larger than 1,048,576 bytes"),
        ("[keys]\nlist.down = 3\n", 2, "[keys] list.down: keys in quotes are expected"),
        ('[keys.list]\n# note\ndown = "ctrl+i"\n', 3, "a terminal sends the same for ctrl+i as for Tab"),
        ('keys = { preset = "vm" }\n', 1, "did you mean vim?"),
        ('[habits]\nnote = """\nbell = 1\n"""\nbell = "loud"\n', 5, "[habits] bell: true or false"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str | bytes, line: int, told: str) -> None:
    assert [at for at, sentence in mistakes(tmp_path, text) if told in sentence] == [line]


def test_one_mistake_leaves_the_rest_as_it_is(tmp_path: Path) -> None:
    found = loaded(tmp_path, '[look]\ndates = "never"\ndensity = "compact"\n')
    assert found.preferences == Preferences(density=Density.COMPACT)
    path = tmp_path / "config.toml"
    expected = "one of relative, clock, iso is expected. relative is used."
    assert found.notice == f"{path}:2: [look] dates: {expected}"


def test_the_notice_names_the_first_mistake_and_counts_the_others(tmp_path: Path) -> None:
    found = loaded(tmp_path, "[look]\ndates = 1\ndensity = 2\n[habits]\nbell = 3\n")
    assert ":2: [look] dates" in found.notice
    assert found.notice.endswith("2 more: `thrumsg config check` tells all.")


def test_a_byte_order_mark_and_carriage_returns_do_no_harm(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbf[look]\r\ndensity = "compact"\r\nascii = "of"\r\n'
    assert [line for line, _ in mistakes(tmp_path, text)] == [3]
    assert loaded(tmp_path, text).preferences.density is Density.COMPACT


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("", encoding="utf-8")
    for name, told in (
        ("folder", "is no regular file"),
        ("pipe", "is no regular file"),
        ("file/config.toml", "cannot be read (Not a directory)"),
    ):
        found = load_preferences(tmp_path / name, choose_keys)
        assert told in found.notice
        assert found.preferences == Preferences()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch(0)
    assert "cannot be read (Permission denied)" in load_preferences(tmp_path / "config.toml", choose_keys).notice


def test_the_file_is_in_the_platform_s_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert preferences_path() == tmp_path / "thrumsg" / "config.toml"


def test_under_a_forced_command_each_login_may_have_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    shared, own = tmp_path / "thrumsg" / "config.toml", tmp_path / "thrumsg" / "people" / "kim.toml"
    assert preferences_path("kim") == shared
    own.parent.mkdir(parents=True)
    own.touch()
    assert preferences_path("kim") == own
    assert preferences_path("lee") == preferences_path("../people/kim") == preferences_path() == shared


@pytest.mark.parametrize(
    "text",
    [f"[keys]\na{'.a' * 2000} = 1", f"[look]\ntheme = {'9' * 5000}", f"x = {'[' * 5000}{']' * 5000}"],
    ids=["names within names", "digits", "lists"],
)
def test_a_text_that_is_too_much_for_its_reader_is_a_mistake_and_no_crash(tmp_path: Path, text: str) -> None:
    found = loaded(tmp_path, text)
    assert found.preferences == Preferences()
    ((line, sentence),) = mistakes(tmp_path, text)
    assert line == 0
    assert sentence.startswith("this is no TOML (")
    assert sentence.endswith("so nothing of the file is used.")


def test_a_line_of_many_spaces_takes_no_time(tmp_path: Path) -> None:
    text = f"[look]\n{' ' * 100_000}# far away\ntheme = 12\n"
    assert [line for line, _ in mistakes(tmp_path, text)] == [3]
