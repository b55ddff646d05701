"""The points of compliance that a change opens in a launched campaign (`docs/rules.md 10.10`)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import datetime

from thrumsg_tui.domain.compliance import STATE_HOURS, Facts, Level, Point, compliance, of_level
from thrumsg_tui.domain.contact_zones import ContactZones
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.state_hours import opens_in_quiet_hours, touched
from thrumsg_tui.domain.users import Identity


class _Everything(Container[str]):
    def __contains__(self, code: object) -> bool:
        return True


EVERYTHING: Container[str] = _Everything()
"""Confirms every point, whichever they are."""


class Unconfirmed(Refused):
    """A change opens points that an owner has to confirm; nothing was changed.

    Attributes:
        points: The points to confirm.
    """

    def __init__(self, reason: str, points: Sequence[Point]) -> None:
        super().__init__(reason, Nothing.CHANGED, advice="An owner may make it, and confirms it by that.")
        self.points = tuple(points)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the points, for another try."""
        return tuple(dict.fromkeys(point.code for point in self.points))


@dataclass(frozen=True, slots=True)
class Opened:
    """The points that a change opens in one campaign."""

    campaign: str
    """Its name."""
    points: tuple[Point, ...]


def opened(before: Facts, after: Facts, now: datetime) -> tuple[Point, ...]:
    """Return what refuses a launch, or an owner must confirm, and was not there before a change.

    What stood there before asks nobody again, but for a point about hours if there are more of them. A last day that
    is over refuses nothing here: whoever sets it ends the initials. In a practice campaign nobody is texted, so that
    nothing is opened.
    """
    if after.is_practice:
        return ()
    had = {point.code for point in compliance(before, now) if point.level is not Level.REPORT}
    points = [point for point in compliance(after, now) if point.level is not Level.REPORT]
    return tuple(
        point
        for point in points
        if point.code != "window-over" and (point.code not in had or _is_wider(point, before, after, now))
    )


def _is_wider(point: Point, before: Facts, after: Facts, now: datetime) -> bool:
    """Return whether a point about hours, which stood there before, is about more of them now."""
    if point.code == "quiet-hours":
        # Contacts that are imported later may be in the campaign's own zone.
        places = (ContactZones(), *after.contacts.by_zones)
        return any(opens_in_quiet_hours(after.campaign, before.campaign, zones, now) for zones in places)
    if not point.code.startswith(STATE_HOURS):
        return False
    state = point.code.removeprefix(STATE_HOURS)
    return bool(touched(after.campaign, state, after.state_hours, now, before.campaign))


def confirmed_codes(who: Identity, found: Sequence[Opened], confirmed: Container[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the codes that a person confirms by a change, by campaign; without campaigns in which nothing is opened.

    Args:
        who: The person.
        found: What the change opens.
        confirmed: The codes that the person has confirmed.

    Raises:
        Refused: If a point refuses a launch.
        Unconfirmed: If a point is not confirmed, or the person is no owner.
    """
    found = [each for each in found if each.points]
    names = " and ".join(dict.fromkeys(repr(each.campaign) for each in found))
    were = "were" if len(found) > 1 else "was"
    if refused := of_level(_all(found), Level.REFUSE):
        raise Refused(
            f"{names} {were} launched, and could not be launched like this: {_reasons(refused)}", Nothing.CHANGED
        )
    to_confirm = _all(found)
    missing = [point for point in to_confirm if point.code not in confirmed]
    if to_confirm and not who.may(Permission.CONFIRM_COMPLIANCE):
        needs = needed_role(Permission.CONFIRM_COMPLIANCE)
        raise Unconfirmed(f"{names} {were} launched, and this needs {needs}: {_reasons(to_confirm)}", to_confirm)
    if missing:
        raise Unconfirmed(f"{names} {were} launched, and this is to be confirmed: {_reasons(missing)}", missing)
    return {each.campaign: tuple(dict.fromkeys(point.code for point in each.points)) for each in found}


def _all(found: Sequence[Opened]) -> tuple[Point, ...]:
    """Return the points of all campaigns; those that say the same once."""
    return tuple({(point.code, point.sentence): point for each in found for point in each.points}.values())


def _reasons(points: Sequence[Point]) -> str:
    return " ".join(point.sentence for point in points)
