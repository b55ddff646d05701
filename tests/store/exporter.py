"""Exports in a process of its own: `python -m tests.store.exporter DATABASE KIND FILE [DIE_AT]`.

Says how many rows were written and the most memory that the process ever had. With DIE_AT it kills itself once so
many rows are written.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

from thrumsg_tui.domain.enums import ExportKind
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.export import export
from thrumsg_tui.store.queries.users import identify


def main(database: str, kind: str, file: str, die_at: str = "") -> None:
    """Export as Ana."""

    def watch(done: int, _: int) -> None:
        if die_at and done >= int(die_at):
            os.kill(os.getpid(), signal.SIGKILL)

    db = Database(database)
    with db.reading() as conn:
        ana = identify(conn, "ana")
    rows = export(db, ana, ExportKind(kind), Path(file), on_progress=watch)
    sys.stdout.write(f"{rows} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
