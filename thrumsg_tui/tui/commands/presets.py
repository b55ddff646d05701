"""Sets of keys to begin with: what is like vim or emacs, where the default keys are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.preferences import Preset
from thrumsg_tui.tui.commands.command import Command


@dataclass(frozen=True, slots=True)
class PresetKeys:
    """The difference of a preset from the default keys, in Textual's names.

    Attributes:
        keys: The keys of commands, separated by spaces, by command id.
        beside: Keys that every command gets beside a default one, by that one.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)

    def of(self, command: Command) -> str:
        """Return the keys of a command."""
        keys = self.keys.get(command.id, command.default_keys).split()
        return " ".join([*keys, *(added for key in keys if (added := self.beside.get(key)) and added not in keys)])

    def changed(self, commands: Iterable[Command]) -> dict[str, str]:
        """Return the keys of the commands that do not have their default ones, by id."""
        return {each.id: self.of(each) for each in commands if self.of(each) != each.default_keys}


PRESETS: Mapping[Preset, PresetKeys] = {
    Preset.DEFAULT: PresetKeys(),
    Preset.VIM: PresetKeys(
        {
            "messenger.open": "enter i",
            "messenger.info": "I",
            "messenger.mark_range": "v",
            "messenger.viewing_as": "V",
            "messenger.tab_before": "h left_square_bracket",
            "messenger.tab_after": "l right_square_bracket",
            "messenger.next_waiting": "w",
            "app.undo": "u",
        }
    ),
    Preset.EMACS: PresetKeys(
        {
            "list.down": "ctrl+n j down",
            "list.up": "ctrl+p k up",
            "list.page_down": "ctrl+v pagedown",
            "survey.down": "ctrl+n j down",
            "survey.up": "ctrl+p k up",
            "list.page_up": "alt+v pageup",
            "triage.next_waiting": "alt+n",
            "triage.replies": "alt+r",
            "triage.survey": "alt+s",
            "app.palette": "colon alt+x",
            "app.undo": "ctrl+underscore z",
        },
        beside={"escape": "ctrl+g"},
    ),
}
