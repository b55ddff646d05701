"""Users and their roles: add and change them."""

from __future__ import annotations

from dataclasses import replace

from thrumsg_tui.domain.campaigns import UNASSIGNED
from thrumsg_tui.domain.difference import difference
from thrumsg_tui.domain.errors import Nothing, NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.name_cells import given_name
from thrumsg_tui.domain.organization_facts import OwnerAdded, RoleChanged, UserAdded, UserChanged
from thrumsg_tui.domain.permissions import Permission, Role
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.domain.users import Identity, User
from thrumsg_tui.store.change import change
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import UsersLock
from thrumsg_tui.store.queries.users import find_user, has_users, users


@change
def make_first_owner(db: Database, login: str, first_name: str, last_name: str) -> bool:
    """Add an owner to a database without users; return whether there were none (`docs/rules.md 8.2`)."""
    with db.reading() as conn:
        if has_users(conn):
            return False
    with db.writing() as tx:
        tx.hold(UsersLock())
        if has_users(tx.conn):  # another process was first
            return False
        owner = insert_user(tx, login, first_name, last_name, "", Role.OWNER)
        record(tx, Identity(owner, owner), EventKind.ADD_USER, OwnerAdded(login))
        return True


@change
def add_user(
    db: Database, who: Identity, login: str, first_name: str, last_name: str, *, email: str = "", role: Role
) -> User:
    """Add a user (`docs/rules.md 8.1`).

    Raises:
        NotPermitted: Unless the person may manage people or, for a role above sender, change roles.
        Refused: If the login exists, or as `insert_user` does, and without a first name.
    """
    require_storable(login, first_name, last_name, email)
    if not given_name(first_name):
        raise Refused(f"{login} needs a first name: messages are signed with it.", Nothing.CHANGED)
    with db.writing() as tx:
        tx.hold(UsersLock())
        require_may_give(who, role)
        if tx.conn.execute("SELECT 1 FROM users WHERE login = ?", (login,)).fetchone():
            raise Refused(f"There is a user {login!r} already.", Nothing.CHANGED)
        user = insert_user(tx, login, first_name, last_name, email, role)
        record(tx, who, EventKind.ADD_USER, UserAdded(user.name, login, role))
        return user


def require_may_give(who: Identity, role: Role) -> None:
    """Raise `NotPermitted` unless the person may add a user with that role."""
    who.require(Permission.MANAGE_PEOPLE if role is Role.SENDER else Permission.CHANGE_ROLES)


def insert_user(tx: Transaction, login: str, first_name: str, last_name: str, email: str, role: Role) -> User:
    """Store a new user, with names without invisible characters (`docs/rules.md 9.1`). The caller writes the journal.

    Raises:
        Refused: Unless the login is one printable word, and for the one that stands for nobody in the JSON of moves.
    """
    if not login or login != "".join(login.split()) or not login.isprintable() or login.startswith("-"):
        raise Refused(f"{login!r} cannot be a login: it must be one word.", Nothing.CHANGED)
    if login.casefold() == UNASSIGNED.casefold():
        raise Refused(f"{login!r} cannot be a login: it stands for conversations without a sender.", Nothing.CHANGED)
    require_storable(first_name, last_name, email)
    tx.conn.execute(
        """
        INSERT INTO users (login, first_name, last_name, email, role, created_at) VALUES (?, ?, ?, ?, ?, ?)
        """,
        (login, given_name(first_name), given_name(last_name), email.strip(), role, tx.now_ms),
    )
    return find_user(tx.conn, login)


@change
def edit_user(
    db: Database,
    who: Identity,
    login: str,
    *,
    first_name: str | None = None,
    last_name: str | None = None,
    email: str | None = None,
    role: Role | None = None,
) -> User:
    """Change a user's names, email address and role; None keeps the stored value (`docs/rules.md 8.1`).

    A change of the role is journalled as an event of its own. Nothing is journalled if nothing is different.

    Raises:
        NotFound: If there is no such user.
        NotPermitted: If the user's role is above the person's, and as `change_role` does.
        Refused: If the first name would be blank, and as `change_role` does.
    """
    who.require(Permission.MANAGE_PEOPLE)
    require_storable(first_name or "", last_name or "", email or "")
    with db.writing() as tx:
        tx.hold(UsersLock())
        user = find_user(tx.conn, login)
        require_may_edit(who, user)
        after = replace(
            user,
            first_name=user.first_name if first_name is None else given_name(first_name),
            last_name=user.last_name if last_name is None else given_name(last_name),
            email=user.email if email is None else email.strip(),
        )
        if first_name is not None and not after.first_name:
            raise Refused(f"{login} needs a first name: messages are signed with it.", Nothing.CHANGED)
        if after != user:
            store_user(tx, after)
            record(tx, who, EventKind.CHANGE_USER, _changed(user, after))
        return after if role in {None, user.role} else give_role(tx, who, after, role)


def require_may_edit(who: Identity, user: User) -> None:
    """Raise `NotPermitted` if the user's role is above the person's."""
    if user.role.rank > who.role.rank:
        raise NotPermitted(f"You may not change {user.login}, who is {user.role}: {who.user.login} is {who.role}.")


def store_user(tx: Transaction, user: User) -> None:
    """Store the names, email address and role of a user. The caller writes the journal."""
    tx.conn.execute(
        "UPDATE users SET first_name = ?, last_name = ?, email = ?, role = ? WHERE id = ?",
        (user.first_name, user.last_name, user.email, user.role, user.id),
    )


def _changed(before: User, after: User) -> UserChanged:
    return UserChanged(
        before.login,
        first_name=difference(after.first_name, before.first_name),
        last_name=difference(after.last_name, before.last_name),
        email=difference(after.email, before.email),
    )


@change
def change_role(db: Database, who: Identity, login: str, role: Role) -> User:
    """Give a user another role (`docs/rules.md 8.1`). Nothing is journalled if they have it already.

    Raises:
        NotFound: If there is no such user.
        Refused: If the user is the only owner and would no longer be one.
    """
    with db.writing() as tx:
        tx.hold(UsersLock())
        return give_role(tx, who, find_user(tx.conn, login), role)


def give_role(tx: Transaction, who: Identity, user: User, role: Role) -> User:
    """Do what `change_role` does, in an open transaction."""
    who.require(Permission.CHANGE_ROLES)
    if role is user.role:
        return user
    if role is not Role.OWNER and [each.id for each in users(tx.conn) if each.role is Role.OWNER] == [user.id]:
        raise Refused(f"{user.login} is the only owner; make somebody else an owner first.")
    tx.conn.execute("UPDATE users SET role = ? WHERE id = ?", (role, user.id))
    record(tx, who, EventKind.CHANGE_USER, RoleChanged(user.login, role, was=user.role))
    return replace(user, role=role)
