"""The import of users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.name_cells import given_name, stands_for_none
from thrumsg_tui.domain.organization_facts import UserAdded
from thrumsg_tui.domain.permissions import Permission, Role
from thrumsg_tui.domain.users import Identity, User
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.users import give_role, insert_user, require_may_edit, require_may_give, store_user
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.imports.columns import FIRST_NAME, LAST_NAME, ImportField, choose, example, fitness
from thrumsg_tui.store.imports.import_run import AS_IT_IS, ImportOptions, Tally, journal_import, transaction
from thrumsg_tui.store.imports.result import Imported
from thrumsg_tui.store.imports.table import Table, read_table
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import UsersLock
from thrumsg_tui.store.progress import PhaseProgress
from thrumsg_tui.store.queries.users import find_user

_LOGIN = ImportField("login", ("login", "username", "userid", "user"))
_EMAIL = ImportField("email", ("email", "emailaddress", "mail"), required=False)
_ROLE = ImportField("role", ("role",), required=False)
FIELDS = (
    _LOGIN,
    ImportField(FIRST_NAME.name, FIRST_NAME.headers, required=False),
    LAST_NAME,
    _EMAIL,
    _ROLE,
)


def import_users(
    db: Database,
    who: Identity,
    path: Path,
    options: ImportOptions = AS_IT_IS,
) -> Imported:
    """Import users. A known login gets the row's name, email and role; blank cells change nothing.

    A new user is a sender if the row has no role. One without a first name gets the login as first name, since initial
    messages have it in them.

    A row is rejected for an unknown role, an invalid login, a role that the importing person may not give
    (`docs/rules.md 8.1`), or the demotion of the last owner.

    Raises:
        Refused: If the file as a whole cannot be used.
    """
    who.require(Permission.IMPORT)
    table = read_table(path, fitness(FIELDS, options.mapping), example(FIELDS))
    return _imported(db, who, path, table, options)


@change
def _imported(db: Database, who: Identity, path: Path, table: Table, options: ImportOptions) -> Imported:
    """Import a file that was read, from standard input perhaps, which is read once."""
    columns = choose(table.header, FIELDS, options.mapping)
    tally = Tally(rejected=list(table.rejected))
    lines: dict[str, int] = {}
    steps = PhaseProgress(options.on_progress, len(table.rows), 1)
    with transaction(db, dry_run=options.dry_run) as tx:
        tx.hold(UsersLock())
        for row in tally.each(steps.over(table.rows)):
            said = _without_placeholders(row.values(columns))
            if said["login"] in lines:
                tally.repeat(row, "login", lines[said["login"]])
                continue
            try:
                _take_in(tx, who, said, tally)
            except Refused as reason:
                tally.reject(row, reason)
            else:
                lines[said["login"]] = row.line
        steps.end()
        event = journal_import(tx, who, ImportKind.USERS, path, tally)
    return tally.result(table, columns, None if options.dry_run else event)


def _without_placeholders(said: Mapping[str, str]) -> dict[str, str]:
    """Clean names as for contacts: a placeholder such as `N/A` becomes blank (`docs/rules.md 9.1`)."""
    names = {name: given_name(said[name]) for name in (FIRST_NAME.name, LAST_NAME.name) if name in said}
    stated = {name: "" if stands_for_none(each, last=name == LAST_NAME.name) else each for name, each in names.items()}
    return {**said, **stated}


def _take_in(tx: Transaction, who: Identity, said: Mapping[str, str], tally: Tally) -> None:
    login = said["login"]
    if not login:
        raise Refused("no login")
    role = _role(said.get("role", ""))
    try:
        known = find_user(tx.conn, login)
    except NotFound:
        given = role or Role.SENDER
        require_may_give(who, given)
        user = insert_user(
            tx, login, said.get("first_name") or login, said.get("last_name", ""), said.get("email", ""), given
        )
        if given is not Role.SENDER:  # a higher role gets an event of its own; new senders share that of the import
            record(tx, who, EventKind.ADD_USER, UserAdded(user.name, login, given))
        tally.count_new()
    else:
        tally.count_known(changed=_update(tx, who, known, said, role or known.role))


def _role(name: str) -> Role | None:
    try:
        return Role(name.lower()) if name else None
    except ValueError:
        raise Refused(f"{name!r} is not a role; there are {', '.join(Role)}") from None


def _update(tx: Transaction, who: Identity, known: User, said: Mapping[str, str], role: Role) -> bool:
    """Store what the row changes about a user; return whether it changes anything."""
    after = replace(
        known,
        first_name=said.get("first_name") or known.first_name,
        last_name=said.get("last_name") or known.last_name,
        email=said.get("email") or known.email,
    )
    if after == known and role is known.role:
        return False
    if role is not known.role:
        give_role(tx, who, known, role)
    require_may_edit(who, known)
    store_user(tx, replace(after, role=role))
    return True
