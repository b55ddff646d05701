"""The configuration file of the app, `config.toml` (`docs/configuration.md`, `docs/rules.md 12.1`).

What is wrong in it is told with its line, and the default is used in its place: the app starts whatever the file holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.preferences import Preferences, Preset

_LARGEST = 1 << 20


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
    """Return the platform's folder for thrumsg's configuration; on Linux it is in `$XDG_CONFIG_HOME`."""
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
    try:
        return own if own.exists() else shared
    except OSError:  # the folder is closed to this account
        return own


def load_preferences(path: Path, choose_keys: ChooseKeys) -> LoadedPreferences:
    """Read and check a file; what is wrong in it is in `faults`, and has its default."""
    try:
        path.stat()
        from thrumsg_tui.small_files import read_small_file  # only if there is a file, like the next one

        _, content = read_small_file(path, _LARGEST)
    except FileNotFoundError:
        return LoadedPreferences(path, Preferences(), exists=False)
    except OSError as error:
        return unusable(path, 0, f"it cannot be read ({error.strerror or error})")
    except ValueError as error:
        return unusable(path, 0, f"it {error}")
    from thrumsg_tui.preferences_check import check_preferences

    return check_preferences(path, content, choose_keys)


def unusable(path: Path, line: int, what: str) -> LoadedPreferences:
    """Return the defaults for a file of which nothing can be used."""
    fault = Fault(line, f"{what}, so nothing of the file is used.")
    return LoadedPreferences(path, Preferences(), faults=(fault,))
