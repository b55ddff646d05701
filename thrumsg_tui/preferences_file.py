"""The configuration file of the app, `config.toml` (`docs/configuration.md`, `docs/rules.md 12.1`).

What is wrong in it is told with its line, and the default is used in its place: the app starts whatever the file holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thrumsg_tui.domain.configured_values import flag, full_name, one_of, unknown_key
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.preferences import SETTINGS, Preferences, Preset, Setting

if TYPE_CHECKING:
    from thrumsg_tui.toml_lines import TomlLines

_LARGEST = 1 << 20
_KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in the file; `line` is 0 if it is the file itself."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ChosenKeys:
    """The keys of the commands that do not have their default ones.

    Attributes:
        keys: Textual's names of their keys, separated by spaces, by command id.
        faults: What is wrong, by the command id that the file names.
        remarks: What is right, and does not work on every terminal; by command id.
    """

    keys: Mapping[str, str]
    faults: Mapping[str, str]
    remarks: Mapping[str, str]


ChooseKeys = Callable[[Preset, Mapping[str, str]], ChosenKeys]
"""Returns the keys for a preset and the keys that the file gives to single commands, by id."""


@dataclass(frozen=True, slots=True)
class LoadedPreferences:
    """What the file says, and what is wrong in it."""

    path: Path
    preferences: Preferences
    exists: bool = True
    faults: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    """The lines of the settings that the file has, by their full names."""

    def said(self, fault: Fault) -> str:
        """Return a fault or remark with its file and line."""
        return f"{self.path}:{fault.line}: {fault.sentence}" if fault.line else f"{self.path}: {fault.sentence}"

    @property
    def notice(self) -> str:
        """What the app says at its start; empty if all is right."""
        if not self.faults:
            return ""
        more = len(self.faults) - 1
        rest = f" {more} more: `thrumsg config check` tells all." if more else ""
        return f"{self.said(self.faults[0])}{rest}"


def configuration_folder() -> Path:
    """Return the platform's folder for thrumsg's configuration; on Linux `$XDG_CONFIG_HOME` is above it."""
    from platformdirs import user_config_path

    return user_config_path("thrumsg", appauthor=False)


def preferences_path(forced_login: str | None = None) -> Path:
    """Return the path of the file.

    Under a forced command the account is shared by many people. Each has a file of their own, named for the login;
    whoever has none uses the account's.
    """
    shared = configuration_folder() / "config.toml"
    if forced_login is None or "/" in forced_login:
        return shared
    own = shared.parent / "people" / f"{forced_login}.toml"
    return own if own.exists() else shared


def load_preferences(path: Path, choose_keys: ChooseKeys) -> LoadedPreferences:
    """Read and check a file; what is wrong in it is in `faults`, and has its default."""
    try:
        content = _read(path)
    except FileNotFoundError:
        return LoadedPreferences(path, Preferences(), exists=False)
    except OSError as error:
        return _unusable(path, 0, f"it cannot be read ({error.strerror or error})")
    except ValueError as error:
        return _unusable(path, 0, f"it {error}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unusable(path, content[: error.start].count(b"\n") + 1, "this line is not UTF-8")
    return check_preferences(path, text, choose_keys)


def check_preferences(path: Path, text: str, choose_keys: ChooseKeys) -> LoadedPreferences:
    """Check the text of a file."""
    from tomllib import TOMLDecodeError, loads  # only if there is a file, like the next one

    from thrumsg_tui.toml_lines import TomlLines

    try:
        document = loads(text)
    except TOMLDecodeError as error:
        return _unusable(path, TomlLines.of_error(text, error), f"this is no TOML ({error})")
    except RecursionError:
        return _unusable(path, 0, "this is no TOML (it is nested too deeply)")
    return _Reading(path, document, TomlLines(text), choose_keys).loaded()


def _read(path: Path) -> bytes:
    from thrumsg_tui.small_files import read_small_file

    _, content = read_small_file(path, _LARGEST)
    return content


def _unusable(path: Path, line: int, what: str) -> LoadedPreferences:
    fault = Fault(line, f"{what}, so nothing of the file is used.")
    return LoadedPreferences(path, Preferences(), faults=(fault,))


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
                self._wrong((name,), unknown_key(name, "", sections))
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
            self._wrong(where, f"{full_name(*where)}: {error}", f"{_written(setting.default)} is used.")

    def _refuse_unknown(self, section: str, table: Mapping[str, Any]) -> None:
        """Note the unknown keys of a section; those of commands are for `ChooseKeys`."""
        known = [setting.key for setting in SETTINGS if setting.section == section]
        for key in table:
            if key not in known and section != _KEYS:
                self._wrong((section, key), unknown_key(key, section, known))

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
            self._wrong(places.get(id, (_KEYS, "preset")), f"{full_name(_KEYS, id)}: {sentence}")
        return chosen

    def _wrong(self, where: tuple[str, ...], *sentences: str) -> None:
        ended = [each if each.endswith(("?", ".")) else f"{each}." for each in sentences]
        self._faults.append(Fault(self._lines.of(where), " ".join(ended)))


def read_value(setting: Setting, given: object) -> object:
    """Return the value of a setting; `ValueError` says what is expected instead."""
    if setting.kind is bool:
        return flag(given)
    return setting.kind(one_of(*setting.words)(given))


def _written(value: object) -> str:
    """Return a value as the file has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _leaves(above: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the values of a table and of those in it: `list.down = "j"` without quotes makes a table `list`."""
    for key, value in table.items():
        place = (*above, *key.split("."))
        if isinstance(value, Mapping):
            yield from _leaves(place, value)
        else:
            yield place, value
