"""The keys that a person chooses: those of a preset, and single ones (`docs/rules.md 12.1`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from thrumsg_tui.domain.configured_values import nearest
from thrumsg_tui.domain.preferences import ChosenKeys, Preset
from thrumsg_tui.tui.commands import Command, Scope, all_commands, shown_key
from thrumsg_tui.tui.commands.key_names import edits_text, is_character, read_key, remark_on
from thrumsg_tui.tui.commands.presets import PRESETS
from thrumsg_tui.tui.commands.together import ALWAYS, OFFERED, TYPED_INTO, Clash, clashes

_RESERVED = {"ctrl+c": "says how to quit", "ctrl+q": "leaves thrumsg"}
"""What two keys always do, whatever else has them."""

_WRITING = {Scope.TRIAGE, Scope.MESSAGE_BOX}
"""The scopes of what works while one writes a message."""


def choose_keys(preset: Preset, wanted: Mapping[str, str]) -> ChosenKeys:
    """Return the keys of a preset with those that the file gives to single commands.

    What is wrong, or would be the key of two commands, keeps the keys of the preset.

    Args:
        preset: The preset.
        wanted: The keys as they are written, separated by commas, by command id.
    """
    known = {command.id: command for command in all_commands()}
    chosen: dict[str, str] = {}
    faults: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for id, written in wanted.items():
        if id not in known:
            near = _near(id, known)
            unknown[id] = near[0] if near else ""
            hint = f"did you mean {' or '.join(near)}?" if near else "docs/configuration.md has all"
            faults[id] = f"there is no such command: {hint}"
            continue
        try:
            chosen[id] = " ".join(_keys(known[id], written))
        except ValueError as error:
            faults[id] = str(error)
    before = PRESETS[preset].changed(known.values())
    while clash := _clash_of(chosen, before):
        mine, found = clash
        faults[mine] = _said(found, mine)
        del chosen[mine]
    remarks = {id: " ".join(filter(None, map(remark_on, keys.split()))) for id, keys in chosen.items()}
    changed = {id: keys for id, keys in {**before, **chosen}.items() if keys != known[id].default_keys}
    return ChosenKeys(changed, faults, {id: f"{told}." for id, told in remarks.items() if told}, unknown)


def _near(id: str, known: Iterable[str]) -> Sequence[str]:
    """Return the ids that are nearest to one that is none: those that only lack the part before the point, if any."""
    whole = [*known, "preset"]
    named = [each for each in whole if each.partition(".")[2] == id.lower()]
    return named[:3] or [near for near in [nearest(id, whole)] if near]


def _keys(command: Command, written: str) -> list[str]:
    keys = list(dict.fromkeys(read_key(each.strip()) for each in written.split(",") if each.strip()))
    if not keys:
        _require_other_way(command, written)
    if command.takes_key and len(keys) != len(command.values):
        stand_for = f"one each for {', '.join(command.values)}, in this order"
        raise ValueError(f"{len(command.values)} keys are expected, {stand_for}")
    for key in keys:
        if key in _RESERVED and key not in command.default_keys.split():
            raise ValueError(f"{key} always {_RESERVED[key]}")
        if command.scope in _WRITING and edits_text(key):  # else Backspace could send
            raise ValueError(f"{shown_key(key)} moves or deletes in the text there")
        typed = command.scope in TYPED_INTO or command.id in ALWAYS
        if typed and is_character(key) and key not in command.default_keys.split():
            raise ValueError(f"{shown_key(key)} is a character, which is typed into a text there")
    return keys


def _require_other_way(command: Command, written: str) -> None:
    """Raise `ValueError` unless a command can do without keys, and that is what the file says."""
    if written.strip():
        raise ValueError('keys are expected, such as "j, down"')
    if command.default_keys and (command.scope not in OFFERED or command.takes_key or command.id == "app.palette"):
        raise ValueError("it keeps its keys: without one nothing would do it, as the palette does not offer it")


def _clash_of(chosen: Mapping[str, str], before: Mapping[str, str]) -> tuple[str, Clash] | None:
    """Return a command with chosen keys, the last in the file, of which another one has one, too."""
    keys = {**before, **chosen}
    order = list(chosen)
    found = [
        (order.index(each.id), clash)
        for clash in clashes(lambda command: keys.get(command.id, command.default_keys))
        for each in (clash.one, clash.other)
        if each.id in chosen
    ]
    if not found:
        return None
    place, clash = max(found, key=lambda each: each[0])
    return order[place], clash


def _said(clash: Clash, mine: str) -> str:
    other = clash.beside(mine)
    also = f"{shown_key(clash.key)} is also the key of {other.id} ({other.title}, in {other.scope})"
    return f"{also}: give one of them another key"
