"""Users, roles, and what a person sets for themselves."""

from __future__ import annotations

from dataclasses import replace

from thrumsg_tui.domain.campaign_facts import OwnerAdded, RoleChanged, UserAdded, UserChanged, difference
from thrumsg_tui.domain.errors import Nothing, NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.people import Identity, Permission, Role, User, UserId
from thrumsg_tui.domain.storable_text import require_storable
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.queries.people import find_user, users


def make_first_owner(db: Database, login: str, first_name: str, last_name: str) -> bool:
    """Make the creator of a new database its owner; tell whether there was nobody yet (`docs/rules.md 8.2`)."""
    with db.reading() as conn:
        if users(conn):
            return False
    with db.writing() as tx:
        if users(tx.conn):  # another first run came before
            return False
        owner = insert_user(tx, login, first_name, last_name, "", Role.OWNER)
        record(tx, Identity(owner, owner), EventKind.ADD_USER, OwnerAdded(login))
        return True


def add_user(
    db: Database, who: Identity, login: str, first_name: str, last_name: str, *, email: str = "", role: Role
) -> User:
    """Add a user; a role above sender needs an owner (`docs/rules.md 8.1`).

    Raises `Refused` if the login exists already or cannot be one, and without a first name.
    """
    require_storable(login, first_name, last_name, email)
    if not first_name.strip():
        raise Refused(f"{login} needs a first name: initials are written in it.", Nothing.CHANGED)
    with db.writing() as tx:
        require_may_give(who, role)
        if tx.conn.execute("SELECT 1 FROM users WHERE login = ?", (login,)).fetchone():
            raise Refused(f"There is a user {login!r} already.", Nothing.CHANGED)
        user = insert_user(tx, login, first_name, last_name, email, role)
        record(tx, who, EventKind.ADD_USER, UserAdded(user.name, login, role))
        return user


def require_may_give(who: Identity, role: Role) -> None:
    """Raise `NotPermitted` unless the person may add somebody in that role."""
    who.require(Permission.MANAGE_PEOPLE if role is Role.SENDER else Permission.CHANGE_ROLES)


def insert_user(tx: Transaction, login: str, first_name: str, last_name: str, email: str, role: Role) -> User:
    """Store a new user; `Refused` for a login that no operating system would give."""
    if not login or login != "".join(login.split()) or not login.isprintable() or login.startswith("-"):
        raise Refused(f"{login!r} cannot be a login: it must be one word.", Nothing.CHANGED)
    require_storable(first_name, last_name, email)
    tx.conn.execute(
        """
        INSERT INTO users (login, first_name, last_name, email, role, created_at) VALUES (?, ?, ?, ?, ?, ?)
        """,
        (login, first_name.strip(), last_name.strip(), email.strip(), role, tx.now_ms),
    )
    return find_user(tx.conn, login)


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
    """Change a user's names, email address and role; None leaves one as it is (`docs/rules.md 8.1`).

    Raises `Refused` for a first name that is taken away, `NotPermitted` for somebody above oneself, and as
    `change_role` does.
    """
    who.require(Permission.MANAGE_PEOPLE)
    require_storable(first_name or "", last_name or "", email or "")
    with db.writing() as tx:
        user = find_user(tx.conn, login)
        require_may_edit(who, user)
        after = replace(
            user,
            first_name=user.first_name if first_name is None else first_name.strip(),
            last_name=user.last_name if last_name is None else last_name.strip(),
            email=user.email if email is None else email.strip(),
        )
        if first_name is not None and not after.first_name:
            raise Refused(f"{login} needs a first name: initials are written in it.", Nothing.CHANGED)
        if after != user:
            store_user(tx, after)
            record(tx, who, EventKind.CHANGE_USER, _changed(user, after))
        return after if role in {None, user.role} else give_role(tx, who, after, role)


def require_may_edit(who: Identity, user: User) -> None:
    """Raise `NotPermitted` where the user is above the person."""
    if user.role.rank > who.role.rank:
        raise NotPermitted(f"You may not change {user.login}, who is {user.role}: {who.user.login} is {who.role}.")


def store_user(tx: Transaction, user: User) -> None:
    """Write all that may change about a user."""
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


def change_role(db: Database, who: Identity, login: str, role: Role) -> User:
    """Give a user another role; the last owner stays one (`docs/rules.md 8.1`)."""
    with db.writing() as tx:
        return give_role(tx, who, find_user(tx.conn, login), role)


def give_role(tx: Transaction, who: Identity, user: User, role: Role) -> User:
    """Do what `change_role` does within an open transaction."""
    who.require(Permission.CHANGE_ROLES)
    if role is not Role.OWNER and [each.id for each in users(tx.conn) if each.role is Role.OWNER] == [user.id]:
        raise Refused(f"{user.login} is the only owner; make somebody else an owner first.")
    tx.conn.execute("UPDATE users SET role = ? WHERE id = ?", (role, user.id))
    record(tx, who, EventKind.CHANGE_USER, RoleChanged(user.login, role, was=user.role))
    return replace(user, role=role)


def set_preference(db: Database, user_id: UserId, key: str, value: str) -> None:
    """Remember what a person has set for themselves; not journalled."""
    require_storable(value)
    with db.writing(durable=False) as tx:
        tx.conn.execute(
            """
            INSERT INTO preference (user_id, key, value) VALUES (?, ?, ?)
            ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value
            """,
            (user_id, key, value),
        )
