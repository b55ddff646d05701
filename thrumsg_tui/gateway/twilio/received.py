"""What contacts sent, from the carrier's list: what no webhook brought is fetched (`docs/rules.md 10.6`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote, urlsplit

from thrumsg_tui.domain.delivery import Incoming
from thrumsg_tui.domain.media import Media
from thrumsg_tui.gateway.protocol import CannotTell
from thrumsg_tui.gateway.twilio.account import Account
from thrumsg_tui.gateway.twilio.carrier_lists import CarrierLists, oldest_first
from thrumsg_tui.gateway.twilio.messages import EARLIER, Listed, carrier_confirms

_PAGE = 1000
"""The most that a page may have."""


def received_since(lists: CarrierLists, account: Account, at: datetime, *, only_stop: bool) -> Iterator[Incoming]:
    """Yield the incoming messages since a time, oldest first.

    The list is read day by day, and for each of our numbers by itself, so that what goes out counts for nothing. No
    more than the incoming messages of one day are kept at once.

    Args:
        lists: The carrier's lists.
        account: The account.
        at: The time.
        only_stop: As `carrier_confirms` has it.

    Raises:
        CannotTell: The list cannot be had.
    """
    since = at.astimezone(UTC) - EARLIER
    day = (since + lists.skew()).date()
    while day <= lists.now().date():  # the last one may begin meanwhile
        found = [each for number in _asked_for(account) for each in _of_a_day(lists, number, day, since)]
        for each, skew in oldest_first(found):
            yield Incoming(
                each.sid,
                each.sender,
                each.to,
                each.body,
                media=_media(lists, account, each) if each.pictures else (),
                at=each.created - skew,
                confirmed=carrier_confirms(each.to, each.body, only_stop=only_stop),
            )
        day += timedelta(days=1)


def _asked_for(account: Account) -> tuple[str | None, ...]:
    """Return our numbers, of which the list is read one by one; `None` for a list of all numbers of the account.

    An account may be shared: what comes to others of its numbers is not our business. Which numbers a messaging service
    has is not known here, so with one every number may be ours.
    """
    return account.numbers if account.numbers and not account.all_services else (None,)


def _of_a_day(
    lists: CarrierLists, number: str | None, day: date, since: datetime
) -> Iterator[tuple[Listed, timedelta]]:
    """Yield what came in on one day by the carrier's clock, newest first, each with how much that is ahead of ours.

    The days before and after are asked for, too: carriers differ in whether `DateSent>` and `DateSent<` include the day
    that is named.
    """
    query = [
        ("DateSent>", (day - timedelta(days=1)).isoformat()),
        ("DateSent<", (day + timedelta(days=1)).isoformat()),
        ("PageSize", str(_PAGE)),
    ]
    for page, skew in lists.pages([("To", number), *query] if number else query):
        for each in page:
            is_ours = each.direction == "inbound" and number in {None, each.to}
            if is_ours and each.listed_at.date() == day and each.created - skew >= since:
                yield each, skew
        if page and all(each.listed_at.date() < day or each.listed_at - skew < since for each in page):
            break


def _media(lists: CarrierLists, account: Account, each: Listed) -> tuple[Media, ...]:
    path = f"{account.path}/Messages/{quote(each.sid, safe='')}/Media"
    entries = lists.asked(f"{path}.json").json.get("media_list")
    if not isinstance(entries, list):
        raise CannotTell("The carrier's list of pictures cannot be read.")
    origin = urlsplit(account.api_url)
    return tuple(
        Media(
            f"{origin.scheme}://{origin.netloc}{path}/{quote(str(entry.get('sid')), safe='')}",
            str(entry.get("content_type") or ""),
        )
        for entry in entries
        if isinstance(entry, dict)
    )
