"""Going back to a backup (`docs/rules.md 11.4`)."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from thrumsg_tui.cli.printing import Report
from thrumsg_tui.cli.session import (
    account,
    database_path,
    explained,
    new_files_private,
    open_database,
    require_no_files,
)
from thrumsg_tui.domain.counted import counted
from thrumsg_tui.domain.errors import DatabaseDamaged, NotPermitted
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.store.queries.people import identify
from thrumsg_tui.store.restoring import Restored, openable
from thrumsg_tui.store.restoring import restore as go_back
from thrumsg_tui.store.times import iso


def restore(args: Namespace) -> Report:
    """Put a backup in the place of what is in the database, which need not be one that can be opened."""
    require_no_files(args)
    path = database_path(args.db)
    login = account(args.forced_login).login
    with new_files_private(), explained(path):
        who = _who(path, login, args.acting_for)
        done = go_back(path, args.file, login, args.acting_for, who=who)
    record = {
        "file": str(args.file),
        "as_of": iso(done.as_of),
        "kept": None if done.kept is None else str(done.kept),
        "in_doubt": done.in_doubt,
        "opted_out_since": done.opted_out_since,
    }
    return Report(record, _lines(args.file, done))


def _who(path: Path, login: str, acting_for: str | None) -> Identity | None:
    """Tell who it is, and that they may: by the database, or where it is damaged as the owner of the file."""
    if openable(path):
        db = open_database(path)
        try:
            with db.reading() as conn:
                who = identify(conn, login, acting_for)
            who.require(Action.MAINTAIN)
        except DatabaseDamaged:
            _require_owner(path)
            return None
        finally:
            db.close()
        return who
    if path.exists():
        _require_owner(path)
    return None


def _require_owner(path: Path) -> None:
    if os.getuid() not in {path.stat().st_uid, 0}:
        raise NotPermitted(
            f"{path} is damaged and cannot tell who may restore it: that is for whoever owns the file. "
            "Nothing was restored."
        )


def _lines(file: Path, done: Restored) -> list[str]:
    when = f", as of {done.as_of.astimezone():%Y-%m-%d %H:%M}" if done.as_of else ""
    lines = [f"Went back to {file}{when}."]
    if done.kept:
        lines.append(f"What was there before is in {done.kept}; go back to it with: thrumsg restore {done.kept}")
    if done.in_doubt:
        which = counted(done.in_doubt, "message")
        lines.append(f"{which} may have left since the backup: in doubt now, and not sent again by itself.")
    if done.kept and done.opted_out_since is None:
        lines.append("Which numbers have opted out since then cannot be read any more: ask who knows before texting.")
        lines.append("Close and open again every thrumsg that is open on this database.")
    if done.opted_out_since:
        which = counted(done.opted_out_since, "number")
        lines.append(f"{which} opted out since then and may be texted again. To keep them opted out:")
        lines.append(f"  thrumsg --db {done.kept} export opt-outs --out opt-outs.csv")
        lines.append("  thrumsg import opt-outs opt-outs.csv")
    return lines
