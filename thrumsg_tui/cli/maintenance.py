"""The commands for settings, checks and backups."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from thrumsg_tui.cli.compliance import confirming
from thrumsg_tui.cli.output import standard_output
from thrumsg_tui.cli.progress import shown_progress
from thrumsg_tui.cli.report import Report, pairs
from thrumsg_tui.cli.session import STANDARD_STREAM, Session, database_location, new_files_private
from thrumsg_tui.domain.errors import DatabaseDamaged, DatabaseMoved, Nothing, Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.backup import backup as copy_database
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.doctor import examine, repair
from thrumsg_tui.store.doctor.spool import SUBJECT as SPOOL
from thrumsg_tui.store.engines.sentences import REPAIR, RESTORE, damaged
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries.settings import Setting, stored_settings


def settings(session: Session, args: Namespace) -> Report:
    """List the settings, show one, or change it."""
    confirmed: Sequence[str] = ()
    if args.value is not None:
        _, confirmed = confirming(
            lambda codes: change_setting(session.db, session.who, args.key, args.value, confirmed=codes),
        )
    asked = list(Setting) if args.key is None else [Setting.named(args.key)]
    with session.db.reading() as conn:
        stored = stored_settings(conn)
    shown = {each.value: stored[each] for each in asked}
    return Report(shown, [*pairs(list(shown.items())), *confirmed])


def doctor(session: Session, args: Namespace) -> Report:
    """Check all stored values; with `--repair`, first recompute wrong ones."""
    session.who.require(Permission.MAINTAIN)
    moved = session.db.mark
    if moved and args.repair:
        raise DatabaseMoved(moved.sentence(session.db.location))
    mended = _mended(session) if args.repair else []
    with shown_progress("Checking") as progress:
        problems = examine(session.db, progress)
    with session.db.reading() as conn:
        phones = phone_display(conn)
    subjects = [each.named(phones) for each in problems]
    record = {
        "database": str(session.db.location),
        "healthy": not problems,
        "problems": [
            {"subject": subject, "sentence": each.sentence} for subject, each in zip(subjects, problems, strict=True)
        ],
        "mended": mended,
        "moved_to": moved and moved.other,
    }
    lines = [f"Checked {session.db.location}.", *(f"Mended: {each}." for each in mended)]
    lines += [moved.sentence(session.db.location)] if moved else []
    lines += [f"{subject}: {each.sentence}" for subject, each in zip(subjects, problems, strict=True)]
    if not problems:
        return Report(record, [*lines, "All is well."])
    if broken := next((each for each in problems if each.damage), None):
        advice = RESTORE if args.repair else REPAIR
        sentence = broken.sentence if broken.subject == SPOOL else damaged(session.db.location, broken.said, advice)
        return Report(record, lines, 3, sentence)
    hint = "" if args.repair else "; `thrumsg doctor --repair` mends what it can"
    return Report(record, lines, 1, f"{pluralize(len(problems), 'problem')}{hint}.")


def doctor_of_unopened(args: Namespace, damage: DatabaseDamaged) -> Report:
    """Report a database that is too damaged to be opened, as `doctor` reports it (`docs/rules.md 11.5`)."""
    location = database_location(args.db)
    record = {
        "database": str(location),
        "healthy": False,
        "problems": [{"subject": "the file", "sentence": damage.reason}],
        "mended": [],
        "moved_to": None,
    }
    advice = RESTORE if args.repair else damage.advice
    return Report(record, [f"Checked {location}."], 3, f"{damage.reason} {Nothing.CHANGED} {advice}")


def _mended(session: Session) -> list[str]:
    """Recompute wrong values; return what was mended."""
    with shown_progress("Repairing"):
        return repair(session.db, session.who)


def backup(session: Session, args: Namespace) -> Report:
    """Copy the database to a file or to standard output; it may be in use."""
    session.who.require(Permission.MAINTAIN)
    if str(args.file) == STANDARD_STREAM:
        return _print_backup(session)
    with new_files_private(), shown_progress("Copying") as progress:
        wrong = copy_database(session.db, args.file, progress, progress.then("Checking the copy"))
    lines = [f"Copied to {args.file}, and the copy is sound."]
    if isinstance(session.db.location, ServerAddress):
        lines.append(f"The server's own way, faster with millions of messages: {_dump_command(session.db.location)}")
    if wrong:
        lines.append(f"Wrong figures in it: {wrong}. `thrumsg doctor --repair` mends them.")
    return Report({"file": str(args.file), "wrong_figures": wrong}, lines)


def _dump_command(address: ServerAddress) -> str:
    """Return the command that copies a database of a server with the server's own program."""
    schema = f" --schema={quote(address.schema)}" if address.schema else ""
    return f"pg_dump --format=custom{schema} --file=FILE {quote(str(address))}"


def _print_backup(session: Session) -> Report:
    """Write a copy to standard output, after it has been checked."""
    if sys.stdout.isatty():
        raise Refused("A backup cannot be shown in a terminal: redirect it to a file. No backup was made.")
    with new_files_private(), TemporaryDirectory(prefix="thrumsg-") as folder:
        copy = Path(folder) / "backup.db"
        with shown_progress("Copying") as progress:
            copy_database(session.db, copy, progress, progress.then("Checking the copy"))
        with standard_output() as out, copy.open("rb") as file:
            copyfileobj(file, out.buffer)
            out.buffer.flush()
    return Report(None, [])
