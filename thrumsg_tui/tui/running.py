"""The app from its preferences to the end of its process's work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from thrumsg_tui.configuration.preferences_file import load_preferences, preferences_path
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.host import local_zone

if TYPE_CHECKING:
    from thrumsg_tui.domain.preferences import ChosenKeys, LoadedPreferences, Preset
    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.store.database import Database
    from thrumsg_tui.tui.app import ThrumsgApp


def read_preferences(forced_login: str | None) -> LoadedPreferences:
    """Read the preferences of the person at the keyboard, and check their keys against the table of commands."""
    return load_preferences(preferences_path(forced_login), _choose_keys)


def _choose_keys(preset: Preset, wanted: Mapping[str, str]) -> ChosenKeys:
    from thrumsg_tui.tui.commands.keymap import choose_keys  # loads all commands: only if a file changes keys

    return choose_keys(preset, wanted)


def _thrumsg_app() -> Callable[..., ThrumsgApp]:
    from thrumsg_tui.tui.app import ThrumsgApp

    return ThrumsgApp


def run_app(
    db: Database,
    who: Identity,
    *,
    forced_login: str | None = None,
    app: Callable[[], Callable[..., ThrumsgApp]] = _thrumsg_app,
) -> int:
    """Run the app until its user quits; return the exit code.

    Args:
        db: The database.
        who: Its user.
        forced_login: The login of a key that has a forced command, None without one. Such an app names files in one
            folder only, and cannot be suspended (`docs/rules.md` 8.2, 11.1).
        app: Imports the class of the app and returns what makes it; called once the keys are known, because the
            screens bind them when they are imported.

    Raises:
        ThrumsgError: The first screen could not be shown.
    """
    from thrumsg_tui.tui.lean_import import import_textual

    import_textual()
    loaded = read_preferences(forced_login)
    if loaded.preferences.keys:
        from thrumsg_tui.tui.commands import remap

        remap(loaded.preferences.keys)
    from thrumsg_tui.store.changes.presence import end_presence

    running = app()(
        db,
        who,
        local_zone(),
        forced_command=forced_login is not None,
        preferences=loaded.preferences,
        notice=loaded.notice,
    )
    with running.ending.on_signals():
        try:
            running.run(mouse=loaded.preferences.mouse)
        finally:
            running.ending.terminal_left.set()
            running.stop_delivering()
            running.store.close()
            running.print_unstored()
            with suppress(ThrumsgError):  # a full disk; it expires by itself
                end_presence(db, running.session)
            running.ending.stored.set()
    if running.cannot_open:
        raise running.cannot_open
    return running.return_code or 0
