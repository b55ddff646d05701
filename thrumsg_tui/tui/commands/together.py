"""Which commands work at the same time, so that one key cannot be that of two of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.tui.commands import Command, Scope, all_commands, commands_of

_EDITORS = (Scope.SURVEY_EDITOR, Scope.REPLY_EDITOR, Scope.FOLLOW_UPS)
_OVERLAYS = (
    *(Scope.HISTORY, Scope.IMPORT, Scope.OPT_OUTS, Scope.USERS, Scope.UNMATCHED, Scope.DOUBTS, Scope.FAILURES),
    *_EDITORS,
)
_MESSENGER = (Scope.TRIAGE, Scope.MESSENGER, Scope.CARRIER, Scope.EVERYWHERE)
_MANAGED = (Scope.MANAGE, Scope.ORGANIZATION, Scope.CARRIER)
_SCREENS = (
    _MESSENGER,
    (Scope.OVERVIEW, Scope.CAMPAIGNS, Scope.STAFF, *_MANAGED, Scope.EVERYWHERE),
    (Scope.CAMPAIGNS, *_MANAGED, Scope.EVERYWHERE),
    *((overlay, Scope.OVERLAY, Scope.EVERYWHERE) for overlay in _OVERLAYS),
)

TOGETHER: tuple[tuple[Scope, ...], ...] = (
    *((Scope.LIST, *screen) for screen in _SCREENS),
    *((Scope.SEARCH, *screen) for screen in _SCREENS),
    (Scope.MESSAGE_BOX, *_MESSENGER),
    (Scope.SURVEY, Scope.SIDEBAR, *_MESSENGER),
    (Scope.REPLIES, Scope.SIDEBAR, *_MESSENGER),
    (Scope.SCROLLED, Scope.SIDEBAR, *_MESSENGER),
    (Scope.ANSWER, Scope.QUESTION, Scope.DIALOG),
    (Scope.MULTI_PICKER, Scope.PICKER, Scope.DIALOG),
    (Scope.SENDER_PICKER, Scope.PICKER, Scope.DIALOG),
    (Scope.CAMPAIGNS, Scope.STAFF, *_MANAGED, Scope.MENU, Scope.PICKER, Scope.DIALOG),
    (Scope.TEXT_FIELD, Scope.FIELD, Scope.FORM, Scope.DIALOG),
    (Scope.CHOICE_FIELD, Scope.FIELD, Scope.FORM, Scope.DIALOG),
    (Scope.BULK, Scope.DIALOG),
    (Scope.LOOKUP, Scope.DIALOG),
    (Scope.HELP, Scope.DIALOG),
    (Scope.TOUR,),
)
"""The scopes that are active at once, innermost first; the keys of an inner one come before those of an outer one."""

OFFERED = frozenset(scope for screen in _SCREENS for scope in screen) - {Scope.TRIAGE}
"""The scopes whose commands the palette offers, so that they can do without keys."""

ALWAYS = frozenset({"app.quit", "app.suspend", "app.redraw", *(command.id for command in commands_of(Scope.TOUR))})
"""The commands that work everywhere, also in dialogs and while text is typed."""

TYPED_INTO = frozenset(
    {
        *(Scope.TRIAGE, Scope.MESSAGE_BOX, Scope.SEARCH, Scope.REPLIES, Scope.FORM, Scope.FIELD, Scope.TEXT_FIELD),
        *(Scope.PICKER, Scope.MULTI_PICKER, Scope.SENDER_PICKER, Scope.BULK),
    }
)
"""The scopes in which a character is text."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A key of two commands that work at the same time."""

    key: str
    one: Command
    other: Command

    def beside(self, id: str) -> Command:
        """Return the command that has the key besides the one with an id."""
        return self.other if self.one.id == id else self.one


KeysOf = Callable[[Command], str]
"""Returns the keys of a command, separated by spaces."""


def clashes(keys_of: KeysOf) -> Iterator[Clash]:
    """Yield each key of two commands, unless they share a default key, too: then the inner one is meant to take it."""
    intended = {(each.one.id, each.other.id) for each in _shared(lambda command: command.default_keys)}
    for found in _shared(keys_of):
        if (found.one.id, found.other.id) not in intended:
            yield found


def _shared(keys_of: KeysOf) -> Iterator[Clash]:
    by_scope = _by_scope()
    for scopes in TOGETHER:
        holders: dict[str, list[Command]] = defaultdict(list)
        for scope in scopes:
            for each in by_scope[scope]:
                for key in keys_of(each).split():
                    holders[key].append(each)
        for key, commands in holders.items():
            for number, one in enumerate(commands):
                for other in commands[number + 1 :]:
                    yield Clash(key, one, other)


def _by_scope() -> Mapping[Scope, list[Command]]:
    """Return the commands of each scope; in the outermost ones are those that always work."""
    found: dict[Scope, list[Command]] = {scope: commands_of(scope) for scope in Scope}
    always = [each for each in all_commands() if each.id in ALWAYS]
    for outermost in (Scope.EVERYWHERE, Scope.DIALOG):
        found[outermost] = [*(each for each in found[outermost] if each not in always), *always]
    return found
