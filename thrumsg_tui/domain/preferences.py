"""A person's preferences for the app, each with its default, its words and a sentence (`docs/rules.md 12.1`).

`SETTINGS` is the one table from which the configuration file is read, checked, written and documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

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
        "How times are written: how long ago (relative), at what time (clock), or as 2026-03-03 10:02 (iso).",
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
        "Whether the terminal's bell rings when one more contact of the sender in view waits for a reply.",
    ),
)
"""All settings besides single keys, in the order of the file."""
