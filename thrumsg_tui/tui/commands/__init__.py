"""The table of all commands, from which keys, bottom line, palette, help and documentation are made.

Each module has the commands of a screen, pane or dialog, and is imported when they are first needed. `remap` gives
commands other keys; from then on the table answers with these, and so does everything that is made from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module

from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from thrumsg_tui.tui.commands.command import DIALOGS, IN_TEXTS, Command, Facts, Scope, WhyNot, remap, shown_key

__all__ = [
    "DIALOGS",
    "Command",
    "Facts",
    "Scope",
    "WhyNot",
    "all_commands",
    "bindings",
    "command",
    "commands_of",
    "is_chord",
    "is_key",
    "is_step",
    "key_of",
    "remap",
    "scopes_at",
    "shown_key",
]

_MODULES: Mapping[Scope, str] = {
    Scope.LIST: "lists",
    Scope.SEARCH: "lists",
    Scope.EVERYWHERE: "global_commands",
    Scope.OVERVIEW: "overview",
    Scope.CAMPAIGNS: "campaign_management",
    Scope.MANAGE: "campaign_management",
    Scope.STAFF: "overview",
    Scope.ORGANIZATION: "organization",
    Scope.CARRIER: "carrier_lists",
    Scope.MESSENGER: "messenger",
    Scope.TRIAGE: "triage",
    Scope.MESSAGE_BOX: "message_box",
    Scope.SIDEBAR: "sidebar",
    Scope.SURVEY: "sidebar",
    Scope.REPLIES: "sidebar",
    Scope.SCROLLED: "sidebar",
    Scope.OVERLAY: "overlays",
    Scope.HISTORY: "history",
    Scope.SURVEY_EDITOR: "survey_editor",
    Scope.REPLY_EDITOR: "reply_editor",
    Scope.FOLLOW_UPS: "follow_ups",
    Scope.IMPORT: "imports",
    Scope.OPT_OUTS: "opt_outs",
    Scope.USERS: "users",
    Scope.UNMATCHED: "unmatched",
    Scope.DOUBTS: "doubts",
    Scope.FAILURES: "failures",
    Scope.DIALOG: "dialogs",
    Scope.FORM: "forms",
    Scope.FIELD: "forms",
    Scope.TEXT_FIELD: "forms",
    Scope.CHOICE_FIELD: "forms",
    Scope.QUESTION: "questions",
    Scope.ANSWER: "questions",
    Scope.PICKER: "pickers",
    Scope.MULTI_PICKER: "pickers",
    Scope.SENDER_PICKER: "pickers",
    Scope.MENU: "pickers",
    Scope.BULK: "bulk_reassign",
    Scope.LOOKUP: "phone_lookup",
    Scope.HELP: "help",
    Scope.TOUR: "tour",
}
"""The module of each scope."""


def commands_of(*scopes: Scope) -> list[Command]:
    """Return the commands of some scopes, in the order of `Scope`."""
    return [command for scope in Scope if scope in scopes for command in _commands_in(scope)]


def all_commands() -> list[Command]:
    """Return all commands. A released id keeps its meaning, because users remap keys by it."""
    return commands_of(*Scope)


def command(id: str) -> Command:
    """Return a command by its id; import modules only until it is found."""
    for scope in Scope:
        if id in _known:
            break
        _commands_in(scope)
    return _known[id]


def key_of(id: str) -> str:
    """Return the name of a command's first key, for a sentence that names it.

    A person may take the keys of what the palette offers: then it is the palette's key, and what is chosen there.
    """
    named = command(id)
    return named.shown_key or f"{key_of('app.palette')} {named.title}"


_known: dict[str, Command] = {}
"""The commands of the scopes loaded so far, by id."""


@cache
def _commands_in(scope: Scope) -> tuple[Command, ...]:
    table: tuple[Command, ...] = import_module(f"{__name__}.{_MODULES[scope]}").COMMANDS
    commands = tuple(command for command in table if command.scope is scope)
    _known.update((command.id, command) for command in commands)
    return commands


def is_step(binding: Binding) -> bool:
    """Return whether a binding is that of a command that only moves a cursor."""
    bound = _known.get(binding.id or "")
    return bound is not None and bound.is_step


def scopes_at(node: DOMNode) -> list[Scope]:
    """Return the scopes (`SCOPES`) of a widget or screen and of its ancestors, innermost first."""
    return [scope for within in node.ancestors_with_self for scope in getattr(within, "SCOPES", ())]


def is_key(text: str) -> bool:
    """Return whether a text is the character of a key, once or repeated: the user may have meant the key."""
    pressed = text.strip()
    return len(set(pressed)) == 1 and pressed[0] in _characters()


def is_chord(key: str) -> bool:
    """Return whether a key, by Textual's name, is pressed with another one, so that it types nothing."""
    return "+" in key


@cache
def _characters() -> frozenset[str]:
    """Return the keys of screens and panes that type an ASCII character."""
    screens = [scope for scope in Scope if scope not in DIALOGS]
    shown = {shown_key(key) for command in commands_of(*screens) for key in command.keys.split()}
    return frozenset(key for key in shown if len(key) == 1 and key.isascii())


def bindings(commands: Iterable[Command], *, checked: bool = True, priority: bool = False) -> list[BindingType]:
    """Make Textual bindings for commands, each with the id by which its keys are remapped.

    Args:
        commands: The commands; those without keys or action are left out.
        checked: Whether the screen's `run_command` runs the action, which may refuse with the reason.
        priority: Whether the binding takes its keys before the focused widget gets them; those of `IN_TEXTS` always do.
    """
    return [
        binding
        for command in commands
        for binding in _bindings_of(command, checked, priority or command.scope in IN_TEXTS)
    ]


def _bindings_of(command: Command, checked: bool, priority: bool) -> Iterator[Binding]:
    if not command.action:
        return
    if command.takes_key:  # one binding per key, which stands for the digit at its place
        for value, key in zip(command.values, command.keys.split(), strict=False):
            yield Binding(
                key,
                f"run_command('{command.id}', '{value}')" if checked else command.action_for(value),
                command.title,
                id=f"{command.id}.{value}",
                show=False,
                priority=priority,
            )
    elif command.keys:
        yield Binding(
            command.keys.replace(" ", ","),
            f"run_command('{command.id}')" if checked else command.action,
            command.title,
            id=command.id,
            show=bool(command.footer),
            key_display=command.shown_keys,
            priority=priority,
        )
