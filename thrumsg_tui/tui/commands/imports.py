"""Keys of the import."""

from __future__ import annotations

from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import is_idle

COMMANDS = (
    Command("import.go", "enter", "go", "Import", "Import the file that is shown", Scope.IMPORT, "import it"),
    Command(
        "import.file",
        "I",
        "file",
        "File",
        "Choose a file, its kind, and its campaign",
        Scope.IMPORT,
        "file",
        is_idle,
    ),
    Command(
        "import.columns",
        "equals_sign",
        "columns",
        "Columns",
        "Choose the column of each field",
        Scope.IMPORT,
        "columns",
        is_idle,
    ),
    Command(
        "import.rejects",
        "E",
        "rejects",
        "Rejects",
        "Write the rejected rows to a file",
        Scope.IMPORT,
        "keep rejects",
        is_idle,
    ),
)
