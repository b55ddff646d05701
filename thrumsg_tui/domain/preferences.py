"""A person's preferences for the app, each with its default, its words and a sentence (`docs/rules.md 12.1`).

`SETTINGS` is the one table from which the configuration file is read, checked, written and documented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import Path

from thrumsg_tui.domain.enums import ConversationSort
from thrumsg_tui.domain.lazy_dataclass import dataclass


class ThemeName(StrEnum):
    """The colours of the app."""

    AUTO = "auto"
    DARK = "dark"
    LIGHT = "light"
    ANSI_DARK = "ansi-dark"
    ANSI_LIGHT = "ansi-light"
    MONOCHROME = "monochrome"


class AsciiOnly(StrEnum):
    """Whether only ASCII characters are drawn."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Density(StrEnum):
    """The lines that a conversation takes in its list."""

    AUTO = "auto"
    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Dates(StrEnum):
    """The form of times in lists and in the thread."""

    RELATIVE = "relative"
    CLOCK = "clock"
    ISO = "iso"


class AfterSend(StrEnum):
    """Where the cursor goes after a reply."""

    NEXT = "next"
    STAY = "stay"


class Preset(StrEnum):
    """A set of keys."""

    DEFAULT = "default"
    VIM = "vim"
    EMACS = "emacs"


@dataclass(frozen=True, slots=True)
class Preferences:
    """The preferences of one person; as they are made here, all are the defaults."""

    preset: Preset = Preset.DEFAULT
    keys: Mapping[str, str] = field(default_factory=dict)
    """The keys of commands that do not have their default ones: Textual's names, separated by spaces, by command id."""
    theme: ThemeName = ThemeName.AUTO
    ascii: AsciiOnly = AsciiOnly.AUTO
    density: Density = Density.AUTO
    dates: Dates = Dates.RELATIVE
    after_send: AfterSend = AfterSend.NEXT
    default_sort: ConversationSort = ConversationSort.NEEDS_REPLY
    mouse: bool = True
    bell: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration file, which is also the name of a field of `Preferences`."""

    section: str
    key: str
    kind: type[StrEnum] | type[bool]
    sentence: str
    """What it does, and what its words mean."""

    @property
    def default(self) -> StrEnum | bool:
        """The value without a file."""
        value: StrEnum | bool = getattr(Preferences(), self.key)
        return value

    @property
    def toml(self) -> str:
        """The default as the file has it, with its quotes."""
        return self.written(self.default) if self.kind is bool else f'"{self.default}"'

    @staticmethod
    def written(value: object) -> str:
        """Return a value as the file has it, without quotes."""
        return str(value).lower() if isinstance(value, bool) else str(value)

    @property
    def words(self) -> tuple[str, ...]:
        """The values that it can have, as they are written in the file."""
        return ("true", "false") if self.kind is bool else tuple(self.kind)


SETTINGS = (
    Setting(
        "keys",
        "preset",
        Preset,
        "The keys to begin with: default, or like those of vim or emacs. Single keys are set below it.",
    ),
    Setting(
        "look",
        "theme",
        ThemeName,
        "The colours; auto takes those that suit the terminal, and the ansi themes have only those of its palette.",
    ),
    Setting(
        "look",
        "ascii",
        AsciiOnly,
        "Whether only ASCII characters are drawn; auto asks the locale whether the terminal shows others.",
    ),
    Setting(
        "look",
        "density",
        Density,
        "The lines of a conversation in its list: two (comfortable), one (compact), or two if there is height (auto).",
    ),
    Setting(
        "look",
        "dates",
        Dates,
        "How times are written: how long ago (relative), at what time (clock), or as 2026-03-03 10:02 (iso). "
        "Commands write them in full unless it is set.",
    ),
    Setting(
        "habits",
        "after_send",
        AfterSend,
        "Where the cursor goes after a reply: to the next waiting contact (next), or nowhere (stay).",
    ),
    Setting(
        "habits",
        "default_sort",
        ConversationSort,
        "The order of conversation lists, until another one is chosen in the app.",
    ),
    Setting(
        "habits",
        "mouse",
        bool,
        "Whether clicks and the wheel are for the app; without, the terminal marks text with the mouse.",
    ),
    Setting(
        "habits",
        "bell",
        bool,
        "Whether the terminal's bell rings for each message that waits for the sender in view (of several, once).",
    ),
)
"""All settings besides single keys, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in the file; `line` is 0 if it is the file itself."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ChosenKeys:
    """The keys of the commands that do not have their default ones.

    Attributes:
        keys: Textual's names of their keys, separated by spaces, by command id.
        faults: What is wrong, by the command id that the file names.
        remarks: What is right, and does not work on every terminal; by command id.
        unknown: The ids that are no command, each with the nearest one, or "" if none is near.
    """

    keys: Mapping[str, str]
    faults: Mapping[str, str]
    remarks: Mapping[str, str]
    unknown: Mapping[str, str] = field(default_factory=dict)


ChooseKeys = Callable[[Preset, Mapping[str, str]], ChosenKeys]
"""Returns the keys for a preset and the keys that the file gives to single commands, by id."""


@dataclass(frozen=True, slots=True)
class LoadedPreferences:
    """What the file says, and what is wrong in it."""

    path: Path
    preferences: Preferences
    exists: bool = True
    faults: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    """The lines of the settings that the file has, by their full names."""

    def said(self, fault: Fault) -> str:
        """Return a fault or remark with its file and line."""
        return f"{self.path}:{fault.line}: {fault.sentence}" if fault.line else f"{self.path}: {fault.sentence}"

    @property
    def notice(self) -> str:
        """What the app says at its start; empty if all is right."""
        if not self.faults:
            return ""
        more = len(self.faults) - 1
        rest = f" {more} more: `thrumsg config check` tells all." if more else ""
        return f"{self.said(self.faults[0])}{rest}"


def unusable(path: Path, line: int, what: str) -> LoadedPreferences:
    """Return the defaults for a file of which nothing can be used."""
    fault = Fault(line, f"{what}, so nothing of the file is used.")
    return LoadedPreferences(path, Preferences(), faults=(fault,))
