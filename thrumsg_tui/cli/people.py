"""Who may use the database, and as what."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli.contract import user_record
from thrumsg_tui.cli.printing import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.people import Action, Role
from thrumsg_tui.store.changes import people as changes
from thrumsg_tui.store.queries import people as queries


def add(session: Session, args: Namespace) -> Report:
    """Add a user."""
    user = changes.add_user(
        session.db,
        session.who,
        args.login,
        args.first_name,
        args.last_name,
        email=args.email,
        role=Role(args.role),
    )
    return Report(user_record(user), [f"Added {user.name} ({user.login}) as {user.role}."])


def edit(session: Session, args: Namespace) -> Report:
    """Change a user's name and email address."""
    with session.db.reading() as conn:
        of = queries.find_user(conn, args.login)
    first_name, last_name, email = (
        before if given is None else given
        for given, before in [
            (args.first_name, of.first_name),
            (args.last_name, of.last_name),
            (args.email, of.email),
        ]
    )
    user = changes.edit_user(session.db, session.who, of.login, first_name, last_name, email)
    return Report(user_record(user), ["Nothing was different." if user == of else f"{user.login} is {user.name} now."])


def list_all(session: Session, _args: Namespace) -> Report:
    """List everybody."""
    session.who.require(Action.VIEW_ALL)
    with session.db.reading() as conn:
        users = queries.users(conn)
    rows = [(each.login, each.name, each.role, each.email) for each in users]
    return Report([user_record(each) for each in users], table(("Login", "Name", "Role", "Email"), rows))


def change_role(session: Session, args: Namespace) -> Report:
    """Give a user another role."""
    user = changes.change_role(session.db, session.who, args.login, Role(args.role))
    return Report(user_record(user), [f"{user.name} ({user.login}) is {user.role} now."])
