"""The question that an owner answers before a change opens points of compliance (`docs/rules.md 10.10`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Sequence
from typing import Any, TypeVar

from textual.app import App

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.compliance import Point
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.opened_points import Unconfirmed
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.compliance import compliance_points
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.store_client import Progress

_Result = TypeVar("_Result")


async def confirming(
    app: App[Any], who: Identity, title: str, change: Callable[[Container[str]], Awaitable[_Result]]
) -> _Result:
    """Make a change; where it opens points in a launched campaign, ask an owner for them first.

    Args:
        app: The app.
        who: The person.
        title: The title of the question.
        change: Makes the change, given the codes that are confirmed.

    Raises:
        Unconfirmed: If there is something to confirm, and the person is no owner.
        Refused: If an owner does not confirm it; and whatever the change raises.
    """
    confirmed: tuple[str, ...] = ()
    while True:
        try:
            return await change(confirmed)
        except Unconfirmed as asked:
            if not who.may(Permission.CONFIRM_COMPLIANCE):
                raise
            await confirm_points(app, title, asked.points, "saved", "Confirm and save")
            confirmed = (*confirmed, *asked.codes)


async def confirm_points(app: App[Any], title: str, points: Sequence[Point], done: str, yes: str) -> None:
    """List points, and refuse unless an owner confirms them.

    Args:
        app: The app.
        title: The title of the question.
        points: The points.
        done: What is done then: `saved`, or `launched`.
        yes: The title of the answer that confirms.
    """
    sentences = dict.fromkeys(point.sentence for point in points)
    text = "\n".join([f"Before it is {done}, confirm:", "", *(f"- {each}" for each in sentences)])
    if not await app.push_screen_wait(confirmation(title, text, yes, left="", must_be_seen=True)):
        raise Refused("It was not confirmed, so nothing was saved yet.")


def read_points(db: Database, _progress: Progress, who: Identity, campaign: Campaign) -> tuple[Point, ...]:
    """Return the compliance list of a campaign: long work, since it reads every contact."""
    with db.reading() as conn:
        return compliance_points(conn, who, campaign, db.clock(), db.path)
