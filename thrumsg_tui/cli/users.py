"""The commands for users and their roles."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli.json_records import sender_record, user_record
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.campaigns import has_not_started
from thrumsg_tui.domain.permissions import Permission, Role
from thrumsg_tui.store.changes import users as changes
from thrumsg_tui.store.queries import users as queries
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.campaigns import find_campaign


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
        before = queries.find_user(conn, args.login)
    user = changes.edit_user(
        session.db,
        session.who,
        args.login,
        first_name=args.first_name,
        last_name=args.last_name,
        email=args.email,
    )
    said = f"{user.login} is {user.name} now" + (f", {user.email}" if user.email else "")
    return Report(user_record(user), ["Nothing was different." if user == before else f"{said}."])


def list_all(session: Session, _args: Namespace) -> Report:
    """List the users, with the number of campaigns they are on."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        people = queries.people_rows(conn)
    records = [user_record(each.user) | {"campaigns": each.campaigns} for each in people]
    columns = ("login", "name", "role", "campaigns", "email")
    rows = [[each[column] for column in columns] for each in records]
    return Report(records, table([column.capitalize() for column in columns], rows))


def list_idle(session: Session, args: Namespace) -> Report:
    """List the senders of a campaign who hold conversations but have texted in none of them."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        campaign = find_campaign(conn, args.name)
        idle = [each for each in assignments(conn, campaign.id, session.db.clock()) if has_not_started(each)]
    records = [sender_record(each) | {"email": each.user.email if each.user else ""} for each in idle]
    if not idle:
        return Report([], ["Everybody who holds conversations has started."])
    heads = ("Login", "Name", "Online", "Not started", "Email")
    rows = [
        (each["login"], each["name"], "online" if each["online"] else None, each["not_started"], each["email"])
        for each in records
    ]
    return Report(records, table(heads, rows))


def change_role(session: Session, args: Namespace) -> Report:
    """Give a user another role."""
    with session.db.reading() as conn:
        before = queries.find_user(conn, args.login)
    user = changes.change_role(session.db, session.who, args.login, Role(args.role))
    said = f"{user.name} ({user.login}) is {user.role}"
    return Report(user_record(user), [f"{said} already." if user.role is before.role else f"{said} now."])
