"""What a key of `config.toml` may have meant that is none where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from thrumsg_tui.domain.configured_values import full_name, nearest, unknown_key
from thrumsg_tui.domain.preferences import SETTINGS, ChooseKeys, Preset

_WITH_SECTION = re.compile(r"\[?(?P<section>\w+)\]?[\s.]+(?P<key>\w+)")
"""A key with its section before it, as sentences name it: `[look] density`."""

_HEADING_AND_KEY = re.compile(r"\s*\[(?P<section>[^\[\]]+)\]\s*(?P<key>[^\s#=][^=]*?)\s*=")
"""A line on which a key follows the heading of its section, which is no TOML."""

_SURE = 0.75
"""How near a key of another section must be to be named."""


def misplaced_key(section: str, key: str, known: Iterable[str], choose_keys: ChooseKeys) -> str:
    """Return what is said about a key that a section, or with "" the file, does not have.

    Args:
        section: The section.
        key: The key, as it is written.
        known: The keys of the section.
        choose_keys: Knows the commands.
    """
    known = list(known)
    place = f"{full_name(section, key)} is no key of {f'[{section}]' if section else 'the file'}"
    if home := _home_of(key):
        return f"{place}: write {home[1]} below [{home[0]}]."
    if "." in key and (id := meant_commands([key], choose_keys).get(key)):
        meant = "the keys of commands stand" if id == key else f"did you mean {id}? It stands"
        return f"{place}: {meant} below [keys]."
    elsewhere = {full_name(each.section, each.key): each.key for each in SETTINGS}
    if not nearest(key, known) and (near := nearest(key, elsewhere.values(), _SURE)):
        return f"{place}: did you mean {next(name for name, each in elsewhere.items() if each == near)}?"
    return unknown_key(key, section, known)


def misplaced_setting(id: str) -> str | None:
    """Return where a key below [keys] belongs that is a setting; None if it is none."""
    home = _home_of(id)
    return f"it is no command: write {home[1]} below [{home[0]}]" if home else None


def meant_commands(ids: Iterable[str], choose_keys: ChooseKeys) -> Mapping[str, str]:
    """Return the commands that some ids name, or nearly name: one of their two parts is right."""
    wanted = list(ids)
    unknown = choose_keys(Preset.DEFAULT, dict.fromkeys(wanted, "")).unknown
    meant = {id: unknown.get(id, id) for id in wanted}
    return {id: near for id, near in meant.items() if set(id.split(".")) & set(near.split("."))}


def key_beside_heading(line: str) -> str | None:
    """Return what is wrong with a line such as `[look] density = "compact"`; None if it is something else."""
    found = _HEADING_AND_KEY.match(line)
    if found is None:
        return None
    return f"write [{found['section']}] on a line of its own, and {found['key']} = … below it"


def _home_of(key: str) -> tuple[str, str] | None:
    """Return section and key of the setting that a key names, with or without its section."""
    spelled = _WITH_SECTION.fullmatch(key.strip())
    places = [(each.section, each.key) for each in SETTINGS]
    if spelled:
        named = (spelled["section"].lower(), spelled["key"].lower())
        return named if named in places else None
    return next((place for place in places if place[1] == key.lower()), None)
