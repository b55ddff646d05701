"""The commands for the app's configuration file, `config.toml` (`docs/rules.md 12.1`)."""

from __future__ import annotations

import os
import shlex
import subprocess
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.configuration.preferences_file import dangling, preferences_path
from thrumsg_tui.domain.errors import Nothing, NotPermitted, Refused
from thrumsg_tui.domain.wording import pluralize

if TYPE_CHECKING:
    from thrumsg_tui.domain.preferences import LoadedPreferences


def path(args: Namespace) -> Report:
    """Print where the file is, whether or not it exists."""
    named = preferences_path(args.forced_login)
    return Report({"path": str(named), "exists": os.path.exists(named)}, [str(named)])  # noqa: PTH110 - it may be closed to us


def show(args: Namespace) -> Report:
    """List all settings with their values, then the keys that are not the default ones."""
    from thrumsg_tui.domain.configured_values import full_name
    from thrumsg_tui.domain.preferences import SETTINGS
    from thrumsg_tui.tui.commands.key_names import written_keys
    from thrumsg_tui.tui.running import read_preferences

    loaded = read_preferences(args.forced_login)
    rows = []
    for setting in SETTINGS:
        name = full_name(setting.section, setting.key)
        line = loaded.lines.get(name)
        value = setting.written(getattr(loaded.preferences, setting.key))
        rows.append((name, value, f"line {line}" if line else "default", setting.sentence))
    keys = {id: written_keys(keys) for id, keys in loaded.preferences.keys.items()}
    own = [(id, chosen, _whence(loaded, id)) for id, chosen in keys.items()]
    return Report(
        {
            "path": str(loaded.path),
            "exists": loaded.exists,
            "settings": [dict(zip(("name", "value", "from", "sentence"), row, strict=True)) for row in rows],
            "keys": keys,
        },
        [
            f"{loaded.path}{'' if loaded.exists else ' (there is none yet: `thrumsg config edit` makes it)'}",
            "",
            *(
                line
                for name, value, whence, told in rows
                for line in (f"{name:<22} {value:<12} {whence}", f"    {told}")
            ),
            *(["", *table(("Command", "Keys", "From"), own)] if own else []),
        ],
        error=loaded.notice,
    )


def check(args: Namespace) -> Report:
    """Say what is wrong in the file, each with its line; exit with 1 if anything is."""
    from thrumsg_tui.tui.running import read_preferences

    return _checked(read_preferences(args.forced_login))


def edit(args: Namespace) -> Report:
    """Open the file in an editor, and check it afterwards; a new file has all defaults as comments."""
    if args.forced_login is not None:
        raise NotPermitted(
            f"Your key runs no editor. Whoever keeps this account can write your file, {_own_file(args.forced_login)}."
        )
    named = preferences_path()
    _make(named)
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        status = subprocess.run([*shlex.split(editor), str(named)], check=False).returncode  # noqa: S603 - the person's own
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Refused(f"The editor {editor} cannot be started: {reason}.", advice="Name one in $EDITOR.") from None
    if status:
        raise Refused(f"The editor {editor} ended with {status}; {named} was not checked.")
    return check(args)


def _checked(loaded: LoadedPreferences) -> Report:
    faults = [loaded.said(fault) for fault in loaded.faults]
    remarks = [loaded.said(remark) for remark in loaded.remarks]
    right = f"{loaded.path} is right." if loaded.exists else f"There is no {loaded.path}: every setting is a default."
    wrong = f"{pluralize(len(faults), 'mistake')} in {loaded.path}." if faults else ""
    return Report(
        {
            "path": str(loaded.path),
            "faults": [{"line": each.line or None, "sentence": each.sentence} for each in loaded.faults],
            "remarks": [{"line": each.line or None, "sentence": each.sentence} for each in loaded.remarks],
        },
        [*(faults or [right]), *remarks],
        code=1 if faults else 0,
        error=wrong,
    )


def _whence(loaded: LoadedPreferences, id: str) -> str:
    line = loaded.lines.get(f"[keys] {id}")
    return f"line {line}" if line else f"preset {loaded.preferences.preset}"


def _own_file(login: str) -> Path:
    return preferences_path().parent / "people" / f"{login}.toml"


def _make(named: Path) -> None:
    """Create the file with all defaults as comments, for its owner only, if it does not exist."""
    from thrumsg_tui.folders import make_private
    from thrumsg_tui.tui.commands.preferences_text import new_file

    if os.path.exists(named):  # noqa: PTH110 - where it is closed to us, it cannot be made
        return
    try:
        if leads_nowhere := dangling(named):
            raise Refused(f"{named}: {leads_nowhere}.", Nothing.WRITTEN, advice="Make that file, or remove the link.")
        make_private(named.parent)
        descriptor = os.open(named, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(f"{named} cannot be made: {error.strerror}.", Nothing.WRITTEN) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(new_file())
