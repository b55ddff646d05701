"""Keys of the import."""

from __future__ import annotations

from thrumsg_tui.tui.commands.allowed import is_idle
from thrumsg_tui.tui.commands.command import Command, Scope

COMMANDS = (
    Command("import.go", "enter", "go", "Import", "Import what was looked at", Scope.IMPORT, "import it"),
    Command(
        "import.file",
        "f",
        "file",
        "File",
        "Choose a file, what it is, and where it goes",
        Scope.IMPORT,
        "file",
        is_idle,
    ),
    Command("import.columns", "m", "columns", "Columns", "Say which column is what", Scope.IMPORT, "columns", is_idle),
    Command(
        "import.rejects",
        "w",
        "rejects",
        "Rejects",
        "Keep the rejected rows in a file",
        Scope.IMPORT,
        "keep rejects",
        is_idle,
    ),
)
