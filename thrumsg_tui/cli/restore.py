"""The commands that restore and check a backup (`docs/rules.md 11.4`)."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from shlex import quote

from thrumsg_tui.cli.progress import shown_progress
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import (
    account,
    database_location,
    explained,
    identified,
    new_files_private,
    open_database,
    program,
)
from thrumsg_tui.domain.errors import DatabaseDamaged, Nothing, NotPermitted, Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.folders import make_private
from thrumsg_tui.gateway.delivery_lock import DeliveryLock
from thrumsg_tui.store.backup_file import check_backup
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.queries.users import has_users, identify
from thrumsg_tui.store.restore import Restored, openable
from thrumsg_tui.store.restore import restore as go_back
from thrumsg_tui.store.restore_on_server import restore_on_server
from thrumsg_tui.store.since_backup import Since
from thrumsg_tui.store.times import iso


def restore(args: Namespace) -> Report:
    """Replace the content of the database by a backup; a database that cannot be opened is replaced too."""
    if args.forced_login is not None:
        raise NotPermitted(
            "restore reads a file of this host, so it is for people with a login here.", Nothing.RESTORED
        )
    location = database_location(args.db)
    done = _into_server(args, location) if isinstance(location, ServerAddress) else _into_file(args, location)
    record = {
        "file": str(args.file),
        "as_of": iso(done.as_of),
        "kept": None if done.kept is None else str(done.kept),
        "in_doubt": done.in_doubt,
        "opted_out_since": done.opted_out if done.kept and done.all_opt_outs else None,
        "sent_since": done.since.sent if done.since else None,
        "received_since": done.since.received if done.since else None,
        "purged_since": list(done.since.purged) if done.since else None,
    }
    return Report(record, _lines(args.file, done, program(args)))


def _into_file(args: Namespace, path: Path) -> Restored:
    login = account(args.forced_login).login
    with new_files_private(), explained(path):
        who = _who(path, login, args.acting_for)
        with _undelivered(path), shown_progress("Restoring"):
            return go_back(path, args.file, login, args.acting_for, who=who)


def _into_server(args: Namespace, address: ServerAddress) -> Restored:
    """Restore into a server; whoever owns an empty database there may do it as well."""
    with closing(open_database(address)) as db, new_files_private(), explained(address):
        access = db.access()
        login = identified(access, None).login
        who: Identity | None = None
        with db.reading() as conn:
            if has_users(conn) or not access.may_be_first_owner:
                who = identify(conn, login, args.acting_for)
        lock = DeliveryLock(address)
        if not lock.acquire():
            raise Refused(f"This database is being delivered: {lock.holder()}. Stop that first.", Nothing.RESTORED)
        try:
            make_private(db.path.parent)
            with shown_progress("Restoring") as on_progress:
                return restore_on_server(db, args.file, login, args.acting_for, who=who, on_progress=on_progress)
        finally:
            lock.release()


def check_file(args: Namespace) -> Report:
    """Check a backup, without a database and without changing it."""
    if args.forced_login is not None:
        raise NotPermitted("--file names a file of this host, so it is for people with a login here.")
    with new_files_private(), shown_progress("Checking") as progress:
        found = check_backup(args.file, progress)
    record = {
        "file": str(args.file),
        "healthy": not found.wrong,
        "problems": [{"subject": each.named(found.phones), "sentence": each.sentence} for each in found.wrong],
        "as_of": iso(found.as_of),
        "practice": found.practice,
        "campaigns": found.campaigns,
        "contacts": found.contacts,
        "messages": found.messages,
        "opted_out": found.opted_out,
    }
    lines = [f"{each.named(found.phones)}: {each.sentence}" for each in found.wrong]
    kind = "practice database" if found.practice else "backup"
    lines.append(
        f"{args.file} is a whole {kind}{_as_of(found.as_of)}: {pluralize(found.campaigns, 'campaign')}, "
        f"{pluralize(found.contacts, 'contact')}, {pluralize(found.messages, 'message')}, "
        f"{pluralize(found.opted_out, 'opt-out')}."
    )
    if not found.wrong:
        return Report(record, lines)
    hint = "they can be computed again: `thrumsg doctor --repair` after a restore"
    return Report(record, lines, 1, f"{pluralize(len(found.wrong), 'wrong figure')}; {hint}.")


@contextmanager
def _undelivered(path: Path) -> Iterator[None]:
    """Keep deliverers out during the block: one would store answers at messages that are others by then.

    A practice database, which the app delivers, is restored under it: its messages go nowhere.
    """
    lock = DeliveryLock(path)
    if not path.parent.is_dir() or lock.acquire():
        try:
            yield
        finally:
            lock.release()
        return
    if not _is_practice(path):
        raise Refused(f"This database is being delivered: {lock.holder()}. Stop that first.", Nothing.RESTORED)
    yield


def _is_practice(path: Path) -> bool:
    if not openable(path):
        return False
    db = open_database(path)
    try:
        with db.reading() as conn:
            return settings(conn).practice_seed is not None
    except DatabaseDamaged:
        return False
    finally:
        db.close()


def _who(path: Path, login: str, acting_for: str | None) -> Identity | None:
    """Return who restores, if they may. For a missing or damaged database return None; a damaged file's owner may."""
    if openable(path):
        db = open_database(path)
        try:
            with db.reading() as conn:
                who = identify(conn, login, acting_for)
            who.require(Permission.MAINTAIN)
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
            f"{path} is damaged and cannot tell who may restore it: that is for whoever owns the file.",
            Nothing.RESTORED,
        )


def _lines(file: Path, done: Restored, own: str) -> list[str]:
    """Return the report, with commands for what was lost; `own` begins a command on the restored database."""
    lines = [f"Went back to {file}{_as_of(done.as_of)}."]
    if done.kept and done.since:
        lines.append(f"The database from before is in {done.kept}; go back with: {own} restore {_quoted(done.kept)}")
    elif done.kept:
        lines.append(f"The database from before is damaged; it is kept as it was, in {done.kept}.")
    if done.in_doubt:
        which = pluralize(done.in_doubt, "message")
        lines.append(f"{which} may have left since the backup: in doubt now, and not sent again automatically.")
    if done.opted_out:
        which = pluralize(done.opted_out, "number")
        lines.append(f"{which} opted out since then and {'stays' if done.opted_out == 1 else 'stay'} opted out.")
    if done.kept and not done.all_opt_outs:
        lines.append("Not all opt-outs since then can be read: ask the senders about them before texting.")
    if done.kept and done.since:
        lines += _lost(done.since, f"thrumsg --db {_quoted(done.kept)}", own)
    elif done.kept:
        lines.append("Messages since then cannot be read: ask the senders about them before texting.")
    return lines


def _as_of(moment: datetime | None) -> str:
    return f", as of {moment.astimezone():%Y-%m-%d %H:%M}" if moment else ""


def _lost(since: Since, kept: str, own: str) -> list[str]:
    lines = []
    if since.sent or since.received:
        lines.append(
            f"{pluralize(since.sent, 'message')} sent and {since.received} received since then are not in it any more: "
            "contacts may be texted again. To look at them:"
        )
        lines.append(f"  {kept} export messages --out messages.csv")
    if since.purged:
        lines.append("What people wrote was purged since then, and is back in the database. To purge it again:")
        lines += [f"  {own} purge {quote(name)}" for name in since.purged]
    return lines


def _quoted(path: Path) -> str:
    return quote(str(path))
