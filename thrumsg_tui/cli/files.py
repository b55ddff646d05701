"""The command `files`: the folder that sessions under a forced command have for files (`docs/rules.md 11.1`)."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli.output import standard_output
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.shown_times import shown_times
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.host import local_zone
from thrumsg_tui.store.changes.shared_files import make_shared_folder, remove_shared, writing_shared
from thrumsg_tui.store.input_files import STANDARD_INPUT, read_file
from thrumsg_tui.store.output_files import write_bytes
from thrumsg_tui.store.queries.shared_files import SharedFile, find_shared_file, shared_files, shared_folder
from thrumsg_tui.store.times import iso


def list_all(session: Session, _args: Namespace) -> Report:
    """List the files that the person may use."""
    found = shared_files(session.db, session.who)
    if not found:
        return Report([], ["There are no files."])
    times, zone = shown_times(session), local_zone()
    heads = ("Name", "Bytes", "Written", "By")
    rows = [(each.name, each.size, times.age(each.modified_at, zone), _author(each)) for each in found]
    return Report([_record(each) for each in found], table(heads, rows))


def add(session: Session, args: Namespace) -> Report:
    """Write standard input to a file of the folder, whole or not at all."""
    session.who.require(Permission.IMPORT)
    content = read_file(STANDARD_INPUT)
    with writing_shared(session.db, session.who, [args.name]):
        write_bytes(make_shared_folder(session.db.path) / args.name, content)
    said = f"{args.name} is kept, {pluralize(len(content), 'byte')}."
    return Report({"name": args.name, "size": len(content)}, [said])


def show(session: Session, args: Namespace) -> Report:
    """Write a file to standard output: exactly as it is, or harmless on a terminal."""
    file = find_shared_file(session.db, session.who, args.name)
    content = read_file(shared_folder(session.db.path) / file.name)
    with standard_output() as out:
        if out.isatty():
            out.write(safe_text(content.decode("utf-8", "replace"), multiline=True))
        else:
            out.buffer.write(content)
            out.buffer.flush()
    return Report(None, [])


def remove(session: Session, args: Namespace) -> Report:
    """Remove a file for good."""
    remove_shared(session.db, session.who, args.name)
    return Report({"name": args.name}, [f"{args.name} is removed."])


def _author(file: SharedFile) -> str:
    return file.author.login if file.author else "not by thrumsg"


def _record(file: SharedFile) -> dict[str, object]:
    return {
        "name": file.name,
        "size": file.size,
        "written_at": iso(file.modified_at),
        "by": file.author.login if file.author else None,
    }
