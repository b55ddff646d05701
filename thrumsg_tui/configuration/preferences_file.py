"""The configuration file of the app, `config.toml` (`docs/configuration.md`, `docs/rules.md 12.1`).

What is wrong in it is told with its line, and the default is used in its place: the app starts whatever the file holds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from thrumsg_tui.domain.preferences import ChooseKeys, LoadedPreferences, Preferences, unusable

_LARGEST = 1 << 20


def configuration_folder() -> Path:
    """Return the platform's folder for thrumsg's configuration; on Linux it is in `$XDG_CONFIG_HOME`."""
    if sys.platform == "linux":  # as platformdirs has it; to import that takes commands longer than all of this
        return Path(os.environ.get("XDG_CONFIG_HOME", "").strip() or "~/.config").expanduser() / "thrumsg"
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
        return own if own.exists() or own.is_symlink() else shared
    except OSError:  # the folder is closed to this account
        return own


def dangling(path: Path) -> str:
    """Return what is wrong with a link to a file that does not exist; empty if the path is no such link."""
    return f"it is a link to {path.readlink()}, and nothing is there" if path.is_symlink() and not path.exists() else ""


def load_preferences(path: Path, choose_keys: ChooseKeys) -> LoadedPreferences:
    """Read and check a file; what is wrong in it is in `faults`, and has its default."""
    try:
        path.stat()
        from thrumsg_tui.small_files import read_small_file  # only if there is a file, like the next one

        _, content = read_small_file(path, _LARGEST)
    except FileNotFoundError:
        if leads_nowhere := dangling(path):
            return unusable(path, 0, leads_nowhere)
        return LoadedPreferences(path, Preferences(), exists=False)
    except OSError as error:
        return unusable(path, 0, f"it cannot be read ({error.strerror or error})")
    except ValueError as error:
        return unusable(path, 0, f"it {error}")
    from thrumsg_tui.configuration.preferences_check import check_preferences

    return check_preferences(path, content, choose_keys)
