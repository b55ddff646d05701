"""Users, and who is at the keyboard."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotFound, NotPermitted
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission, Role, needed_role
from thrumsg_tui.domain.users import Identity, User, UserId

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.connection import Asked, Connection, Row

_COLUMNS = "users.id, users.login, users.first_name, users.last_name, users.email, users.role"


def has_namesake(table: str = "users") -> str:
    """Return SQL that says whether another user has the same name.

    Args:
        table: The table `users`, or its alias.
    """
    return f"""
        EXISTS (SELECT 1 FROM users AS namesake
                WHERE namesake.first_name = {table}.first_name AND namesake.last_name = {table}.last_name
                  AND namesake.id <> {table}.id)
    """


USER_COLUMNS = f"{_COLUMNS}, {has_namesake()} AS has_namesake"


def user_name(table: str = "users") -> str:
    """Return SQL for `User.name`: the full name, or the login if that is empty; NULL without a row.

    Args:
        table: The table `users`, or its alias.
    """
    return f"COALESCE(NULLIF(TRIM({table}.first_name || ' ' || {table}.last_name), ''), {table}.login)"


def shown_user_name(table: str = "users") -> str:
    """Return SQL for `User.shown_name`; NULL without a row.

    Args:
        table: The table `users`, or its alias.
    """
    name = user_name(table)
    return f"{name} || CASE WHEN {has_namesake(table)} THEN ' (' || {table}.login || ')' ELSE '' END"


def user_of(row: Row) -> User:
    """Make a user from a row that has `USER_COLUMNS`."""
    return User(
        id=UserId(row["id"]),
        login=row["login"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        role=Role(row["role"]),
        has_namesake=bool(row["has_namesake"]),
    )


def has_users(conn: Connection) -> bool:
    """Whether there is any user."""
    return bool(conn.execute("SELECT EXISTS (SELECT 1 FROM users)").fetchone()[0])


def users(conn: Connection) -> list[User]:
    """List all users by first name, last name, and login."""
    rows = conn.execute(f"SELECT {USER_COLUMNS} FROM users ORDER BY first_name, last_name, login")
    return [user_of(row) for row in rows]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A user in the list of users; `campaigns` counts the unarchived campaigns that they are on."""

    user: User
    campaigns: int


def people_rows(conn: Connection) -> list[PersonRow]:
    """List all users by first and last name, with their number of campaigns; reads small tables only."""
    rows = conn.execute(
        """
        SELECT assignment.user_id FROM campaign JOIN assignment ON assignment.campaign_id = campaign.id
        WHERE campaign.state <> ? AND assignment.active = 1
        """,
        (CampaignState.ARCHIVED,),
    )
    campaigns = Counter(row["user_id"] for row in rows)
    return [PersonRow(each, campaigns[each.id]) for each in users(conn)]


def find_user(conn: Connection, login: str) -> User:
    """Return the user with a login; `NotFound` says how to list them, and how to add one."""
    return ask_user(conn, login)()


def ask_user(conn: Connection, login: str) -> Asked[User]:
    """Ask for `find_user`."""
    rows = conn.execute(f"SELECT {USER_COLUMNS} FROM users WHERE login = ?", (login,))

    def read() -> User:
        for row in rows:
            return user_of(row)
        raise NotFound(
            f"There is no user {login!r}: `thrumsg user list` shows who there is, `thrumsg user add` adds somebody."
        )

    return read


def identify(conn: Connection, login: str, acting_for: str | None = None) -> Identity:
    """Return who is at the keyboard, and for whom they act (`docs/rules.md 8.2`).

    Raises:
        NotPermitted: `login` is not a user, or may not act for others.
        NotFound: `acting_for` is not a user.
    """
    try:
        actor = find_user(conn, login)
    except NotFound:
        raise NotPermitted(
            f"{login!r} is not a user here. {needed_role(Permission.MANAGE_PEOPLE).capitalize()} can add you: "
            f"thrumsg user add {login} --first-name FIRST --last-name LAST"
        ) from None
    if acting_for is None or acting_for == login:
        return Identity(actor, actor)
    Identity(actor, actor).require(Permission.ACT_FOR_OTHERS)
    return Identity(find_user(conn, acting_for), actor)


def preference(conn: Connection, user_id: UserId, key: str) -> str | None:
    """Read a preference of a person, None if they have not set it."""
    row = conn.execute("SELECT value FROM preference WHERE user_id = ? AND key = ?", (user_id, key)).fetchone()
    return None if row is None else str(row["value"])
