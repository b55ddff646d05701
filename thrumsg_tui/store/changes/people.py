"""Users, roles, and what a person sets for themselves."""

from __future__ import annotations

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.people import Action, Identity, Role, User, UserId
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
        record(tx, Identity(owner, owner), Deed.ADD_USER, f"{login} made this database and is its owner")
        return True


def add_user(
    db: Database, who: Identity, login: str, first_name: str, last_name: str, *, email: str = "", role: Role
) -> User:
    """Add a user; a role above sender needs an owner (`docs/rules.md 8.1`).

    Raises `Refused` if the login exists already or is blank.
    """
    with db.writing() as tx:
        require_may_give(who, role)
        if tx.conn.execute("SELECT 1 FROM users WHERE login = ?", (login,)).fetchone():
            raise Refused(f"There is a user {login!r} already; nothing was changed.")
        user = insert_user(tx, login, first_name, last_name, email, role)
        record(tx, who, Deed.ADD_USER, f"added {user.name} ({login}) as {role}")
        return user


def require_may_give(who: Identity, role: Role) -> None:
    """Raise `NotPermitted` unless the person may add somebody in that role."""
    who.require(Action.MANAGE_PEOPLE if role is Role.SENDER else Action.CHANGE_ROLES)


def insert_user(tx: Transaction, login: str, first_name: str, last_name: str, email: str, role: Role) -> User:
    """Store a new user; `Refused` for a login that no operating system would give."""
    if not login or login != "".join(login.split()) or not login.isprintable() or login.startswith("-"):
        raise Refused(f"{login!r} cannot be a login: it must be one word. Nothing was changed.")
    tx.conn.execute(
        """
        INSERT INTO users (login, first_name, last_name, email, role, created_at) VALUES (?, ?, ?, ?, ?, ?)
        """,
        (login, first_name.strip(), last_name.strip(), email.strip(), role, tx.now_ms),
    )
    return find_user(tx.conn, login)


def edit_user(db: Database, who: Identity, login: str, first_name: str, last_name: str, email: str) -> User:
    """Change a user's name and email address; those of somebody above oneself only by an owner.

    Raises `Refused` for a blank first name.
    """
    who.require(Action.MANAGE_PEOPLE)
    names = first_name.strip(), last_name.strip(), email.strip()
    if not names[0]:
        raise Refused("A user needs a first name. Nothing was changed.")
    with db.writing() as tx:
        user = find_user(tx.conn, login)
        if user.role.rank > who.role.rank:
            who.require(Action.CHANGE_ROLES)
        if names == (user.first_name, user.last_name, user.email):
            return user
        tx.conn.execute("UPDATE users SET first_name = ?, last_name = ?, email = ? WHERE id = ?", (*names, user.id))
        changed = find_user(tx.conn, login)
        record(tx, who, Deed.CHANGE_USER, f"{login} is {changed.name} now, was {user.name}")
        return changed


def change_role(db: Database, who: Identity, login: str, role: Role) -> User:
    """Give a user another role; the last owner stays one (`docs/rules.md 8.1`)."""
    who.require(Action.CHANGE_ROLES)
    with db.writing() as tx:
        user = find_user(tx.conn, login)
        owners = [each for each in users(tx.conn) if each.role is Role.OWNER]
        if role is not Role.OWNER and owners == [user]:
            raise Refused(f"{login} is the only owner; make somebody else an owner first.")
        tx.conn.execute("UPDATE users SET role = ? WHERE id = ?", (role, user.id))
        record(tx, who, Deed.CHANGE_USER, f"made {login} {role}, was {user.role}")
        return find_user(tx.conn, login)


def set_preference(db: Database, user_id: UserId, key: str, value: str) -> None:
    """Remember what a person has set for themselves; not journalled."""
    with db.writing(durable=False) as tx:
        tx.conn.execute(
            """
            INSERT INTO preference (user_id, key, value) VALUES (?, ?, ?)
            ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value
            """,
            (user_id, key, value),
        )
