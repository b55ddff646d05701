"""Every action that a user can take, once: keys, footer, palette, help and the documentation come from here."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from thrumsg_tui.tui.commands.around import AROUND, LISTS
from thrumsg_tui.tui.commands.campaign_management import MANAGING
from thrumsg_tui.tui.commands.command import Command, Facts, Scope, WhyNot, shown_key
from thrumsg_tui.tui.commands.messenger import MESSENGER
from thrumsg_tui.tui.commands.over import OVER

__all__ = [
    "COMMANDS",
    "Command",
    "Facts",
    "Scope",
    "WhyNot",
    "bindings",
    "command",
    "commands_of",
    "is_key",
    "shown_key",
]

COMMANDS = (*LISTS, *AROUND, *MANAGING, *OVER, *MESSENGER)
"""All commands; an id, once published, keeps its meaning, since people remap keys by it."""


def commands_of(*scopes: Scope) -> list[Command]:
    """The commands of some scopes, in order."""
    return [command for command in COMMANDS if command.scope in scopes]


def command(id: str) -> Command:
    """A command by its id."""
    return next(each for each in COMMANDS if each.id == id)


def is_key(text: str) -> bool:
    """Whether a text is what somebody may have pressed who meant a key: one that does something, once or repeatedly."""
    pressed = text.strip()
    return len(set(pressed)) == 1 and pressed[0] in _CHARACTERS


_CHARACTERS = frozenset(
    shown for each in COMMANDS for key in each.keys.split() if len(shown := shown_key(key)) == 1 and shown.isascii()
)
"""The keys that type a character."""


def bindings(commands: Iterable[Command], *, checked: bool = True) -> list[BindingType]:
    """Key bindings of commands; checked ones go through `run_command`, which may say why not."""
    return [
        Binding(
            each.keys.replace(" ", ","),
            f"run_command('{each.id}')" if checked else each.action,
            each.title,
            id=each.id,
            show=bool(each.footer),
            key_display=each.shown_keys,
        )
        for each in commands
        if each.keys and each.action
    ]
