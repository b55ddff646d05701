"""Somebody at a keyboard, who does what comes to mind: any of the things that people do, as a seed says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from time import monotonic

from tests.e2e.terminal import bytes_of
from tests.endurance.office import FIRST, WATCHED

SIZES = ((120, 40), (120, 40), (120, 40), (80, 24), (160, 50), (100, 30), (60, 16))
"""Sizes of the window, the usual one more often."""

REHEARSED_IN = ((120, 40), max(SIZES), min(SIZES))
"""Sizes of the window in which each thing is rehearsed, the last one first: a larger window needs more memory."""

Keys = list[bytes]

Doing = tuple[int, Callable[[Random], Keys]]
"""How often something is done beside the rest, and its keys."""


def keys(*named: str) -> Keys:
    """The bytes of keys."""
    return [bytes_of(each) for each in named]


class Person:
    """Decides by what is on the screen which keys to press next."""

    def __init__(self, name: str, chance: Random, *, is_admin: bool) -> None:
        self._name, self.is_admin = name, is_admin
        self._chance = chance
        self._written = 0
        self.texts: list[str] = []
        """All that was written to contacts."""
        self.begun: list[tuple[float, str]] = []
        """What was begun, and when by the monotonic clock."""
        self._doings: Mapping[str, Doing] = EVERYBODYS | (ADMINS if is_admin else {}) | {"reply": (4, self._reply)}
        self._first: list[str] = []
        self.may_leave = False
        """Whether they may leave the app, which they then open again."""

    @property
    def done(self) -> Counter[str]:
        """How often each thing was begun."""
        return Counter(name for _, name in self.begun)

    @property
    def is_rehearsing(self) -> bool:
        """Whether something is left of what `rehearse` asked for."""
        return bool(self._first)

    @property
    def window(self) -> tuple[int, int] | None:
        """The size of the window for what `rehearse` asked for; None if nothing of that is left."""
        return REHEARSED_IN[(len(self._first) - 1) // len(self._doings)] if self._first else None

    def rehearse(self) -> None:
        """Do each thing three times before anything else: lists, words and the size of the window differ each time."""
        count = len(self._doings)
        self._first = [each for _ in REHEARSED_IN for each in self._chance.sample(sorted(self._doings), count)]

    def next_keys(self, screen: str) -> Keys:
        """What to press now."""
        title, *_ = screen.splitlines()
        if title.startswith(" Campaigns"):
            return self._begun("open", keys("G", "enter"))  # the last one: nobody works in the one that is only watched
        if "Overview" in title:
            return self._begun("open", keys(*["j"] * self._chance.randrange(6), "enter"))
        if "Messenger" not in title:
            return self._begun("leave", keys("escape"))
        if self._first:
            name = self._first.pop()
            return self._begun(name, self._doings[name][1](self._chance))
        doings = {**self._doings, **LEAVING} if self.may_leave else self._doings
        [name] = self._chance.choices(list(doings), [often for often, _ in doings.values()])
        return self._begun(name, doings[name][1](self._chance))

    @staticmethod
    def is_astray(screen: str) -> bool:
        """Whether they have come into the campaign that is only watched, in which they must do nothing."""
        return screen.startswith(f" {WATCHED} ")

    def _begun(self, name: str, pressed: Keys) -> Keys:
        self.begun.append((monotonic(), name))
        return pressed

    def _reply(self, _: Random) -> Keys:
        self._written += 1
        text = f"reply {self._name}-{self._written}"
        self.texts.append(text)
        return [*keys("2", "enter"), text.encode(), *keys("enter", "escape")]


def _some(chance: Random, key: str, most: int) -> Keys:
    return keys(*[key] * chance.randint(1, most))


EVERYBODYS: dict[str, Doing] = {
    "ends": (2, lambda _: keys("G", "g")),
    "half a page": (2, lambda _: keys("ctrl+d", "ctrl+d", "ctrl+u")),
    "initial": (2, lambda _: keys("1", "enter", "enter", "enter", "escape")),
    "half a draft": (1, lambda _: [*keys("2", "enter"), b"half ", *keys("escape")]),
    "opt out": (1, lambda _: keys("o", "y", "escape")),
    "leave it": (1, lambda _: keys("o", "enter")),
    "undo": (2, lambda _: keys("z", "y", "escape")),
    "redo": (1, lambda _: keys("Z", "y", "escape")),
    "skip follow-up": (1, lambda _: keys("3", "x", "2")),
    "next waiting": (2, lambda _: keys("u")),
    "info": (1, lambda _: keys("i", "pagedown", "escape")),
    "help": (1, lambda _: keys("?", "pagedown", "escape")),
    "replies": (1, lambda _: keys("a", "1", "escape", "escape")),
    "palette": (1, lambda _: [*keys(":"), b"sur", *keys("escape")]),
    "sort": (1, lambda _: keys("s")),
    "step down": (8, lambda chance: _some(chance, "j", 6)),
    "step up": (4, lambda chance: _some(chance, "k", 4)),
    "tab": (5, lambda chance: keys(chance.choice("1234[]"))),
    "search": (4, lambda chance: [*keys("/"), chance.choice(FIRST)[:3].lower().encode(), *keys("enter", "escape")]),
    "survey": (3, lambda chance: keys("e", chance.choice("12"), chance.choice("120"), "escape")),
}
LEAVING: dict[str, Doing] = {"leave the app": (1, lambda _: keys("ctrl+q"))}
ADMINS: dict[str, Doing] = {
    "next sender": (4, lambda chance: keys(chance.choice("nN"))),
    "view": (2, lambda chance: [*keys("v"), f"sender{chance.randrange(9)}".encode(), *keys("enter")]),
    "view nobody": (1, lambda chance: [*keys("v"), b"unass", *keys("enter")]),
    "reassign one": (3, lambda chance: [*keys("r"), f"sender{chance.randrange(9)}".encode(), *keys("enter", "y")]),
    "reassign marked": (2, lambda chance: [*_some(chance, "space", 9), *keys("r"), b"sender", *keys("enter", "y")]),
    "bulk dialog": (1, lambda chance: keys("R", "down", "tab", "escape", "escape")),
    "history": (1, lambda chance: [*keys("H"), *_some(chance, "j", 5), *keys("escape", "escape")]),
    "look up": (1, lambda chance: [*keys("p"), b"415 200", *keys("escape")]),
    "doubts and failures": (1, lambda chance: keys(chance.choice("DF"), "escape")),
    "overview": (1, lambda chance: keys("escape", "q", "s", "j", "enter")),
}
