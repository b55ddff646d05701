"""The keys that a person chooses: how they are written, what is refused, and presets (docs/rules.md 12.1)."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest
from textual.dom import DOMNode
from textual.keys import _character_to_key
from textual.screen import Screen

import thrumsg_tui.tui
from thrumsg_tui.domain.preferences import Preset
from thrumsg_tui.tui.commands import DIALOGS, Scope, all_commands, commands_of, shown_key
from thrumsg_tui.tui.commands.key_names import is_character, read_key, written_keys
from thrumsg_tui.tui.commands.keymap import choose_keys
from thrumsg_tui.tui.commands.presets import PRESETS
from thrumsg_tui.tui.commands.together import OFFERED, TOGETHER, TYPED_INTO, clashes

FRENCH = "&, é, quotation_mark, apostrophe, (, -, è, _, ç"
"""What the keys of the digits type on a French keyboard."""

ASCII = [chr(code) for code in range(33, 127)]


def refused(**wanted: str) -> str:
    """Why the keys of a command are refused; its id is written with __ for the dot."""
    [(id, written)] = wanted.items()
    chosen = choose_keys(Preset.DEFAULT, {id.replace("__", "."): written})
    assert chosen.keys == {}
    [told] = chosen.faults.values()
    return told


# Names


def test_each_character_is_a_key_and_is_written_as_it_is_read() -> None:
    for character in ASCII:
        key = read_key(character)
        assert key == _character_to_key(character), character
        assert is_character(key), character
        assert read_key(written_keys(key)) == key, character
        assert shown_key(key) == character


def test_the_keys_of_each_command_are_written_as_they_are_read() -> None:
    for command in all_commands():
        written = written_keys(command.default_keys)
        read = [read_key(key.strip()) for key in written.split(",") if key.strip()]
        assert read == command.default_keys.split(), command.id


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Esc", "escape"),
        ("ESCAPE", "escape"),
        ("Return", "enter"),
        ("PgDn", "pagedown"),
        ("Del", "delete"),
        ("F12", "f12"),
        ("Ctrl+N", "ctrl+n"),
        ("ctrl+_", "ctrl+underscore"),
        ("shift+Tab", "shift+tab"),
        ("alt+x", "alt+x"),
        ("alt+X", "alt+X"),
        ("alt+/", "alt+slash"),
        ("ctrl+Home", "ctrl+home"),
        ("shift+F5", "shift+f5"),
        ("é", "é"),
        (" ", "space"),
    ],
)
def test_a_key_has_the_names_that_people_know(written: str, key: str) -> None:
    assert read_key(written) == key


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("ctrl+i", "the same for ctrl+i as for Tab"),
        ("ctrl+m", "the same for ctrl+m as for Enter"),
        ("ctrl+j", "the same for ctrl+j as for Enter"),
        ("ctrl+h", "the same for ctrl+h as for Backspace"),
        ("ctrl+[", "the same for ctrl+[ as for Esc"),
        ("shift+a", "write A"),
        ("PgDwn", "did you mean PgDn?"),
        ("spcae", "did you mean space?"),
        ("contrl+n", "did you mean ctrl+n?"),
        ("super+x", "there is no key 'super+x'"),
        ("f99", "there is no key 'f99'"),
        ("\x07", "a character that can be typed is expected"),
    ],
)
def test_what_is_no_key_is_told(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=r".") as failure:
        read_key(written)
    assert told in str(failure.value)


# What is refused


def test_a_command_that_there_is_not_has_the_nearest_one() -> None:
    assert refused(messenger__optout="K") == "there is no such command: did you mean messenger.opt_out?"
    assert "docs/configuration.md" in refused(xyzzyx="K")


def test_a_key_of_two_commands_at_the_same_time_is_refused() -> None:
    told = refused(messenger__opt_out="s")
    assert told == "s is also the key of messenger.sort (Sort, in Messenger): give one of them another key"


def test_two_commands_may_swap_their_keys() -> None:
    chosen = choose_keys(Preset.DEFAULT, {"messenger.sort": "o", "messenger.opt_out": "s"})
    assert (chosen.keys, chosen.faults) == ({"messenger.sort": "o", "messenger.opt_out": "s"}, {})


def test_what_is_refused_takes_with_it_what_clashes_with_its_old_key() -> None:
    """The sort gets no key of another command, so it keeps its own, which the opt-out then cannot have."""
    chosen = choose_keys(Preset.DEFAULT, {"messenger.sort": "ctrl+i", "messenger.opt_out": "s"})
    assert chosen.keys == {}
    assert set(chosen.faults) == {"messenger.sort", "messenger.opt_out"}


def test_two_that_never_work_at_the_same_time_may_have_one_key() -> None:
    chosen = choose_keys(Preset.DEFAULT, {"messenger.opt_out": "K", "senders.sort": "K"})
    assert set(chosen.keys) == {"messenger.opt_out", "senders.sort"}


@pytest.mark.parametrize("scope", sorted(TYPED_INTO))
def test_a_character_is_no_key_where_text_is_typed(scope: Scope) -> None:
    for command in commands_of(scope):
        if not command.takes_key:
            told = choose_keys(Preset.DEFAULT, {command.id: "ß"}).faults[command.id]
            assert told == "ß is a character, which is typed into a text there"


@pytest.mark.parametrize("key", ["backspace", "Del", "up", "shift+left", "ctrl+End", "PgDn"])
def test_a_key_that_edits_a_text_sends_none(key: str) -> None:
    for id in ("box.send", "triage.next_waiting"):
        told = choose_keys(Preset.DEFAULT, {id: key}).faults[id]
        assert told.endswith("moves or deletes in the text there")


def test_what_works_everywhere_takes_no_character_either() -> None:
    assert "is typed into a text" in refused(app__suspend="ß")


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
def test_two_keys_always_lead_out(key: str) -> None:
    assert refused(list__down=key).startswith(f"{key} always ")


# Keys that stand for digits


def test_as_many_keys_as_there_were_digits_stand_for_these_in_their_order() -> None:
    with_alt = ", ".join(f"alt+{character}" for character in "&é\"'(-è_ç")
    chosen = choose_keys(Preset.DEFAULT, {"survey.answer": FRENCH, "triage.reply": with_alt})
    assert chosen.faults == {}
    assert chosen.keys["survey.answer"].split()[:3] == ["ampersand", "é", "quotation_mark"]
    assert "9 keys are expected, one each for 1, 2, 3, 4, 5, 6, 7, 8, 9, in this order" in refused(survey__answer="q")
    assert "9 keys are expected" in refused(triage__reply="alt+1, alt+1, alt+1, F1, F2, F3, F4, F5, F9")
    assert "5 keys are expected, one each for 0, 6, 7, 8, 9" in refused(messenger__count="F1")


def test_where_digits_come_before_a_text_no_other_character_does() -> None:
    assert "is a character, which is typed into a text there" in refused(replies__pick=FRENCH)
    assert choose_keys(Preset.DEFAULT, {"replies.pick": "2, 1, 3, 4, 5, 6, 7, 8, 9"}).faults == {}


# No key at all


def test_what_the_palette_offers_can_do_without_a_key() -> None:
    removed = {command.id: "" for command in all_commands() if command.scope in OFFERED and not command.takes_key}
    del removed["app.palette"]
    chosen = choose_keys(Preset.DEFAULT, removed)
    assert chosen.faults == {}
    assert set(chosen.keys.values()) == {""}


@pytest.mark.parametrize("id", ["list.down", "box.send", "form.leave", "app.palette", "survey.answer", "triage.find"])
def test_what_it_does_not_offer_keeps_its_keys(id: str) -> None:
    assert choose_keys(Preset.DEFAULT, {id: ""}).faults[id].startswith("it keeps its keys: without one nothing would")


def test_text_without_a_key_is_a_mistake() -> None:
    assert refused(app__undo=" , ") == 'keys are expected, such as "j, down"'


# Presets


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_has_no_clash_and_only_commands_that_there_are(preset: Preset) -> None:
    keys = PRESETS[preset]
    assert set(keys.keys) <= {command.id for command in all_commands()}
    assert [(each.key, each.one.id, each.other.id) for each in clashes(keys.of)] == []
    typed = [command for command in all_commands() if command.scope in TYPED_INTO and not command.takes_key]
    for command in typed:
        assert {key for key in keys.of(command).split() if is_character(key)} <= set(command.default_keys.split())
    for written in map(written_keys, keys.changed(all_commands()).values()):
        assert all(read_key(key.strip()) for key in written.split(","))


def test_single_keys_come_before_those_of_the_preset() -> None:
    chosen = choose_keys(Preset.VIM, {"app.undo": "z", "messenger.info": "W"})
    assert (chosen.faults, chosen.keys["messenger.info"]) == ({}, "W")
    assert "app.undo" not in chosen.keys  # its default again


# Which work at the same time


def scoped() -> Iterator[tuple[type[DOMNode], tuple[Scope, ...]]]:
    """The screens, dialogs and widgets of the app that name their scopes, with these."""
    for module in pkgutil.walk_packages(thrumsg_tui.tui.__path__, "thrumsg_tui.tui."):
        import_module(module.name)
    waiting: list[type[DOMNode]] = [DOMNode]
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        scopes: tuple[Scope, ...] = getattr(each, "SCOPES", ()) if each.__module__.startswith("thrumsg_tui.") else ()
        if scopes:
            yield each, scopes


def test_every_scope_is_in_the_table() -> None:
    assert set(Scope) - {scope for scopes in TOGETHER for scope in scopes} == set()


def test_what_a_screen_or_widget_names_is_together_in_the_table() -> None:
    """The messenger names the scopes of its panes, of which one has the focus."""
    panes = {Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.SURVEY, Scope.REPLIES}
    missing = [
        each.__name__ for each, named in scoped() if not any(set(named) - panes <= set(scopes) for scopes in TOGETHER)
    ]
    assert missing == []


def test_the_keys_of_all_screens_are_with_those_of_each_screen() -> None:
    screens = [named for each, named in scoped() if issubclass(each, Screen) and not set(named) & DIALOGS]
    assert len(screens) > 5
    for first, *_ in screens:
        assert any(first in scopes and Scope.EVERYWHERE in scopes for scopes in TOGETHER)
