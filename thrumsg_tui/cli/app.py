"""The commands that open the app: in this terminal on a real or a practice database, or in a browser."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from thrumsg_tui.cli.argv import ORIGINAL_COMMAND
from thrumsg_tui.cli.output import complain
from thrumsg_tui.cli.session import (
    account,
    database_file,
    explained,
    new_files_private,
    opened,
    own_folder,
    progress_shown,
    require_writable,
    tell_of_waiting,
)
from thrumsg_tui.domain.errors import Refused

if TYPE_CHECKING:
    from thrumsg_tui.tui.app import ThrumsgApp

USAGE = 2


def open_app(args: Namespace) -> int:
    """Open the app on the person's database, at the place where they left it."""
    if not _has_terminal():
        return USAGE
    with opened(args) as session:
        require_writable(session)
        from thrumsg_tui.tui.running import run_app

        return run_app(session.db, session.who, forced_login=args.forced_login)


def demo(args: Namespace) -> int:
    """Open the app on a practice database; create it if there is none.

    The person becomes an owner of it. Refused under a forced command, where the file would belong to the shared account
    (`docs/rules.md 8.2`).
    """
    if args.forced_login is not None and ORIGINAL_COMMAND in os.environ:
        raise Refused("The walkthrough is for people with an account of their own on this machine.")
    if not _has_terminal():
        return USAGE
    from thrumsg_tui.gateway.practice import TOUR_SEED, prepare
    from thrumsg_tui.store.queries.users import identify
    from thrumsg_tui.tui.running import run_app

    path = (
        database_file(args.db, "A walkthrough has a file of its own: leave --db out, or name a file.")
        if args.db
        else own_folder() / "practice.db"
    )
    person = account(args.forced_login)
    with new_files_private(), explained(path), progress_shown("Opening the database", writes_over=True):
        db = prepare(
            path,
            person.login,
            person.first_name,
            person.last_name,
            seed=TOUR_SEED if args.seed is None and args.tour else args.seed,
            fresh=args.fresh,
            on_wait=tell_of_waiting,
        )
    try:
        with db.reading() as conn:
            who = identify(conn, person.login, args.acting_for)
        return run_app(db, who, forced_login=args.forced_login, app=partial(_demo_app, args.tour))
    finally:
        db.close()


def web(args: Namespace) -> int:
    """Open the app in a browser on this machine."""
    from thrumsg_tui.cli.web import serve

    return serve(args)


def _demo_app(tour: str | None) -> Callable[..., ThrumsgApp]:
    from thrumsg_tui.tui.demo_app import DemoApp

    return partial(DemoApp, tour=tour)


def _has_terminal() -> bool:
    """Return whether the app can be shown. If not, say what to do instead; nothing is created yet."""
    if os.environ.get("TERM") != "dumb" and sys.stdin.isatty() and sys.stdout.isatty():
        return True
    complain("The app needs a terminal; `thrumsg --help` lists what the command line can do without one.")
    return False
