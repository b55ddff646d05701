"""Whose SSH keys are let in: the account's authorized_keys, and the journal (`docs/rules.md 11.1`)."""

from __future__ import annotations

from collections.abc import Sequence

from thrumsg_tui.domain.authorized_keys import AuthorizedKeys, ForcedCommand, KeyLine
from thrumsg_tui.domain.errors import NotFound, Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.organization_facts import KeyAdded, KeyRemoved
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.ssh_keys import PublicKey
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.authorized_keys import KeysFile
from thrumsg_tui.store.change import change
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.users import find_user


@change
def add_key(db: Database, who: Identity, file: KeysFile, forced: ForcedCommand, key: PublicKey) -> None:
    """Let a user in by a key: one more line, limited to thrumsg (`docs/rules.md 11.1`).

    Raises:
        NotFound: There is no such user.
        NotPermitted: Unless the person may change keys.
        Refused: The key is there already, since the first line with it decides; or the file cannot be changed.
    """
    who.require(Permission.CHANGE_KEYS)
    with file.changing() as change, db.writing() as tx:
        find_user(tx.conn, forced.login)
        present = AuthorizedKeys(change.before)
        if there := present.first_with(key):
            raise Refused(_already_there(file, there), Nothing.CHANGED, advice=_way_out(there))
        record(tx, who, EventKind.CHANGE_USER, KeyAdded(forced.login, key.fingerprint, key.comment))
        change.replace(present.with_key(forced, key))  # last: what fails before leaves the file alone


@change
def remove_keys(
    db: Database, who: Identity, file: KeysFile, login: str, database: str, chosen: str | None = None
) -> list[PublicKey]:
    """Shut out the keys of a login, which need not be a user any more; return them.

    Args:
        db: The database.
        who: Who removes them.
        file: The account's file. Only lines that thrumsg has written for this database are removed.
        login: Whose keys.
        database: The path of the database, as the lines have it.
        chosen: The fingerprint or the comment of one of them; None removes all.

    Raises:
        NotFound: There is no such key.
        NotPermitted: Unless the person may change keys.
        Refused: The comment is that of several keys, or the file cannot be changed.
    """
    who.require(Permission.CHANGE_KEYS)
    with file.changing() as change, db.writing() as tx:
        present = AuthorizedKeys(change.before)
        gone = _chosen([each for each in present.keys if _is_of(each, login, database)], login, chosen)
        keys = [each.key for each in gone if each.key]
        for key in keys:
            record(tx, who, EventKind.CHANGE_USER, KeyRemoved(login, key.fingerprint, key.comment))
        change.replace(present.without({each.number for each in gone}))
        return keys


def _is_of(line: KeyLine, login: str, database: str) -> bool:
    forced = line.forced
    return (
        line.key is not None
        and forced is not None
        and (forced.login, forced.database or database)
        == (
            login,
            database,
        )
    )


def _chosen(lines: Sequence[KeyLine], login: str, chosen: str | None) -> Sequence[KeyLine]:
    if not lines:
        raise NotFound(f"{login!r} has no SSH key here: `thrumsg ssh list` shows who has one.", Nothing.CHANGED)
    if chosen is None:
        return lines
    found = [line for line in lines if line.key and chosen in {line.key.fingerprint, line.key.comment}]
    if not found:
        has = ", ".join(f"{line.key.comment} ({line.key.fingerprint})" for line in lines if line.key)
        raise NotFound(f"{login!r} has no SSH key {chosen!r}, but {has}.", Nothing.CHANGED)
    prints = {line.key.fingerprint for line in found if line.key}
    if len(prints) > 1:
        raise Refused(
            f"{login!r} has several SSH keys {chosen!r}: name one by its fingerprint, {' or '.join(sorted(prints))}.",
            Nothing.CHANGED,
        )
    return found


def _already_there(file: KeysFile, there: KeyLine) -> str:
    forced = there.forced
    what = f"lets {forced.login} in" if forced else "runs another command" if there.command else "opens a shell"
    return (
        f"The key is there already: line {there.number} of {file.path} {what} with it, and the first line with a key "
        "decides what it does."
    )


def _way_out(there: KeyLine) -> str:
    if forced := there.forced:
        key = there.key.fingerprint if there.key else ""
        return f"`thrumsg ssh remove {forced.login} {key}` removes it."
    return "Somebody else wrote that line: have another key made, or remove the line by hand."
