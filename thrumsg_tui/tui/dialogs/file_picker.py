"""The picker of a file, folder by folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from textual.strip import Strip

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.dialogs.picker import Picker
from thrumsg_tui.tui.path_completion import Folder, FolderEntry, is_table
from thrumsg_tui.tui.widgets.line_widgets import Part, heading
from thrumsg_tui.tui.widgets.paged_list import PagedList


class FolderList(PagedList[FolderEntry]):
    """What is in a folder; what is neither a folder nor a table is grey."""

    empty_text = "Nothing of that name is here."

    def draw(self, row: FolderEntry, index: int, line: int, width: int) -> Strip:
        name: Part = (f" {safe_text(row.name)}", "" if row.is_folder or is_table(row.name) else "quiet")
        return self.strip([name], width=width, base=self.cursor_look(index))


class FilePicker(Picker[FolderEntry]):
    """Return a file, which is chosen from its folder or from those below and above.

    Args:
        folder: The first folder.
        read: Returns the folder of a path; runs off the event loop.
    """

    nothing_chosen = "Choose a file or a folder first: type its name, or use the arrows."

    def __init__(self, folder: Folder, read: Callable[[str], Folder]) -> None:
        super().__init__(f"Files in {folder.title}", folder.entries, FolderList(id="files"))
        self._read = read
        self._reading = False
        self._first_cursor = self._start_of(folder)

    @property
    def ready_for_keys(self) -> bool:
        """Whether the folder that was chosen is shown."""
        return not self._reading

    def searched_text(self, row: FolderEntry) -> str:
        return row.name

    def best_match(self, found: Sequence[FolderEntry], search: str) -> int:
        return next((index for index, row in enumerate(found) if row.name != "../"), 0)

    def status(self) -> Sequence[Part]:
        return [(f" {key_of('picker.choose')} chooses or opens, {key_of('picker.leave')} leaves", "quiet")]

    def take(self, row: FolderEntry) -> None:
        """Open a folder; end with a file, unless its name could control the terminal in the field that gets it."""
        if row.is_folder:
            self._reading = True
            self.run_worker(self._open(row.typed))
        elif safe_text(row.typed) != row.typed:
            self.warn("This name has characters that cannot be shown: rename the file first.")
        else:
            super().take(row)

    async def _open(self, typed: str) -> None:
        try:
            folder = await asyncio.to_thread(self._read, typed)
            self._all, self._first_cursor = folder.entries, self._start_of(folder)
            self.query_one(".dialog").border_title = heading(f"Files in {folder.title}")
            if self._search:
                self._search.value = ""
            self.on_resize()
            self.narrow()
            self.show_status()
        finally:
            self._reading = False

    @staticmethod
    def _start_of(folder: Folder) -> int:
        """Return the row on which the cursor starts: the first that is not the folder above."""
        return 1 if len(folder.entries) > 1 and folder.entries[0].name == "../" else 0
