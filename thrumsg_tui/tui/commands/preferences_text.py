"""A new configuration file: every setting and every key with its default, as a comment."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from thrumsg_tui.domain.preferences import SETTINGS, Setting
from thrumsg_tui.tui.commands import Scope, commands_of
from thrumsg_tui.tui.commands.key_names import written_keys

_WIDTH = 100
_BEGINNING = """\
# The configuration of thrumsg's app. Each setting stands here with its default: take the # away to change it.
# `thrumsg config check` tells what is wrong, and docs/configuration.md tells more.
"""
_KEYS = """\
# Keys by the id of their command; several are separated by commas. A key is a character, or a name as the help shows
# it: Enter, Esc, Tab, space, PgDn, F5, ctrl+n, alt+x, comma. "" takes the keys of a command that the palette offers.
"""


def new_file() -> str:
    """Return the text of a new file."""
    sections = dict.fromkeys(setting.section for setting in SETTINGS)
    parts = [_BEGINNING]
    for section in sections:
        lines = [f"[{section}]"]
        for setting in SETTINGS:
            if setting.section == section:
                lines += _setting(setting)
        if section == "keys":
            lines += ["", _KEYS.rstrip(), *_keys()]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _setting(setting: Setting) -> Iterator[str]:
    words = f" One of {', '.join(setting.words)}." if setting.kind is not bool else ""
    for line in wrap(f"{setting.sentence}{words}", _WIDTH):
        yield f"# {line}"
    yield f"# {setting.key} = {setting.toml}"


def _keys() -> Iterator[str]:
    for scope in Scope:
        if commands := commands_of(scope):
            yield ""
            yield f"# {scope}"
        for command in commands:
            pair = f'"{command.id}" = "{written_keys(command.default_keys)}"'
            yield f"# {pair:<44} # {command.title}"
