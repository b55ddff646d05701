"""The content of `config.toml`: each value is read by the table of settings, and each fault is told with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tomllib import TOMLDecodeError, loads
from typing import Any

from thrumsg_tui.configuration.misplaced_keys import (
    key_beside_heading,
    meant_commands,
    misplaced_key,
    misplaced_setting,
)
from thrumsg_tui.configuration.toml_lines import TomlLines
from thrumsg_tui.domain.configured_values import flag, full_name, one_of
from thrumsg_tui.domain.preferences import (
    SETTINGS,
    ChooseKeys,
    ChosenKeys,
    Fault,
    LoadedPreferences,
    Preferences,
    Preset,
    Setting,
    unusable,
)

_KEYS = "keys"
_MOST_INSIDE = 20
"""How many keys of an unknown section are looked at."""


def check_preferences(path: Path, content: bytes, choose_keys: ChooseKeys) -> LoadedPreferences:
    """Check the content of a file; what is wrong in it is in `faults`, and has its default."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return unusable(path, content[: error.start].count(b"\n") + 1, "this line is not UTF-8")
    try:
        document = loads(text)
    except TOMLDecodeError as error:
        number = TomlLines.of_error(text, error)
        beside = key_beside_heading(text.split("\n")[number - 1])
        return unusable(path, number, f"this is no TOML: {beside}" if beside else f"this is no TOML ({error})")
    except RecursionError:
        return _nested(path)
    except ValueError as error:  # a number of thousands of digits
        return unusable(path, 0, f"this is no TOML ({error})")
    try:
        return _Reading(path, document, TomlLines(text), choose_keys).loaded()
    except RecursionError:
        return _nested(path)


def _nested(path: Path) -> LoadedPreferences:
    return unusable(path, 0, "this is no TOML (it is nested too deeply)")


class _Reading:
    """The reading of one document, which collects faults."""

    def __init__(self, path: Path, document: Mapping[str, Any], lines: TomlLines, choose_keys: ChooseKeys) -> None:
        self._path = path
        self._document = document
        self._lines = lines
        self._choose_keys = choose_keys
        self._faults: list[Fault] = []
        self._there: dict[str, int] = {}

    def loaded(self) -> LoadedPreferences:
        """Read everything."""
        sections = {setting.section: None for setting in SETTINGS}
        tables: dict[str, Mapping[str, Any]] = {}
        for name, table in self._document.items():
            if name not in sections:
                self._refuse_outside(name, table, sections)
            elif not isinstance(table, Mapping):
                self._wrong((name,), f"{name} must be a section: write [{name}] on a line of its own.")
            else:
                tables[name] = table
        values: dict[str, Any] = {setting.key: value for setting in SETTINGS for value in self._values(setting, tables)}
        preferences = replace(Preferences(), **values)
        for name, table in tables.items():
            self._refuse_unknown(name, table)
        chosen = self._keys(preferences.preset, tables.get(_KEYS, {}))
        remarks = tuple(Fault(self._there.get(f"[{_KEYS}] {id}", 0), told) for id, told in chosen.remarks.items())
        faults = tuple(sorted(self._faults, key=lambda fault: fault.line))
        preferences = replace(preferences, keys=chosen.keys)
        return LoadedPreferences(self._path, preferences, faults=faults, remarks=remarks, lines=self._there)

    def _refuse_outside(self, name: str, value: object, sections: Iterable[str]) -> None:
        """Note what stands in no section of ours: `messenger.reassign = "m"` is a section `messenger` to TOML."""
        inside = dict(islice(_leaves((name,), value), _MOST_INSIDE)) if isinstance(value, Mapping) else {}
        meant = meant_commands(map(".".join, inside), self._choose_keys) if inside else {}
        for place in inside:
            if (id := ".".join(place)) in meant:
                self._wrong(place, misplaced_key("", id, sections, self._choose_keys))
        if not meant:
            self._wrong((name,), misplaced_key("", name, sections, self._choose_keys))

    def _values(self, setting: Setting, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Any]:
        """Yield the value of a setting, if the file has one that can be used."""
        table = tables.get(setting.section, {})
        if setting.key not in table:
            return
        where = (setting.section, setting.key)
        try:
            yield read_value(setting, table[setting.key])
            self._there[full_name(*where)] = self._lines.of(where)
        except ValueError as error:
            self._wrong(where, f"{full_name(*where)}: {error}", f"{setting.written(setting.default)} is used.")

    def _refuse_unknown(self, section: str, table: Mapping[str, Any]) -> None:
        """Note the unknown keys of a section; those of commands are for `ChooseKeys`."""
        known = [setting.key for setting in SETTINGS if setting.section == section]
        for key in table:
            if key not in known and section != _KEYS:
                where = (section, *key.split("."))
                self._wrong(where, misplaced_key(section, key, known, self._choose_keys))

    def _keys(self, preset: Preset, table: Mapping[str, Any]) -> ChosenKeys:
        wanted: dict[str, str] = {}
        places: dict[str, tuple[str, ...]] = {}
        for place, value in _leaves((), table):
            id = ".".join(place)
            if id == "preset":
                continue
            places[id] = (_KEYS, *place)
            if isinstance(value, str):
                wanted[id] = value
                self._there[full_name(_KEYS, id)] = self._lines.of(places[id])
            else:
                self._wrong(places[id], f'{full_name(_KEYS, id)}: keys in quotes are expected, such as "j, down".')
        if not wanted and preset is Preset.DEFAULT:
            return ChosenKeys({}, {}, {})  # spares the table of commands
        chosen = self._choose_keys(preset, wanted)
        for id, sentence in chosen.faults.items():
            told = (misplaced_setting(id) if id in chosen.unknown else None) or sentence
            self._wrong(places.get(id, (_KEYS, "preset")), f"{full_name(_KEYS, id)}: {told}")
        return chosen

    def _wrong(self, where: tuple[str, ...], *sentences: str) -> None:
        ended = [each if each.endswith(("?", ".")) else f"{each}." for each in sentences]
        self._faults.append(Fault(self._lines.of(where), " ".join(ended)))


def read_value(setting: Setting, given: object) -> object:
    """Return the value of a setting; `ValueError` says what is expected instead."""
    if setting.kind is bool:
        return flag(given)
    return setting.kind(one_of(*setting.words)(given))


def _leaves(above: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the values of a table and of those in it: `list.down = "j"` without quotes makes a table `list`."""
    for key, value in table.items():
        place = (*above, *key.split("."))
        if isinstance(value, Mapping):
            yield from _leaves(place, value)
        else:
            yield place, value
