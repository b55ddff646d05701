"""The commands for our own numbers (`docs/rules.md 10.8`)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from thrumsg_tui.cli.json_records import Record
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.enums import GatewayKind
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState, OurNumber
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.gateway.registry import GATEWAYS
from thrumsg_tui.store.changes import gateway_numbers as changes
from thrumsg_tui.store.changes import renumber as renumbering
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries import gateway_numbers as queries
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.settings import settings


def list_all(session: Session, _args: Namespace) -> Report:
    """List our numbers."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        found = queries.our_numbers(conn)
    return Report([number_record(each) for each in found], _table(found) or ["There are no numbers of ours yet."])


def add(session: Session, args: Namespace) -> Report:
    """Add one of our numbers, or change its kind and pace."""
    session.who.require(Permission.CHANGE_NUMBERS)
    with session.db.reading() as conn:
        gateway = args.gateway or _only_gateway(conn)
    known = {*GATEWAYS, GatewayKind.PRACTICE}
    if gateway not in known:
        raise Refused(f"{gateway!r} is no gateway; there are {', '.join(sorted(known))}.", Nothing.CHANGED)
    added = changes.add_number(session.db, session.who, gateway, args.number, NumberKind(args.kind), args.mps)
    return Report(number_record(added), _table([added]))


def stop(session: Session, args: Namespace) -> Report:
    """Stop or withdraw one of our numbers."""
    to = NumberState.WITHDRAWN if args.withdrawn else NumberState.STOPPED
    stopped = changes.change_number_state(session.db, session.who, args.number, to, args.why)
    with session.db.reading() as conn:
        waiting = queries.waiting_from(conn, stopped.number)
        without = queries.campaigns_without_number(conn)
    keeping = pluralize(stopped.conversations, "conversation")
    keep = "keeps" if stopped.conversations == 1 else "keep"
    lines = [f"{stopped.number} is {stopped.state}; {keeping} {keep} it."]
    if waiting:
        lines.append(f"{pluralize(waiting, 'message')} of theirs {'waits' if waiting == 1 else 'wait'}.")
    if stopped.conversations:
        lines.append(f"Give them others with: {session.program} gateway numbers replace {stopped.number}")
    if without:
        lines.append(f"No conversation begins in {', '.join(map(repr, without))}: none of its numbers is ready.")
    return Report({**number_record(stopped), "waiting": waiting}, lines)


def make_ready(session: Session, args: Namespace) -> Report:
    """Let messages leave from a number again."""
    ready = changes.change_number_state(session.db, session.who, args.number, NumberState.READY)
    return Report(number_record(ready), [f"{ready.number} is ready."])


def replace(session: Session, args: Namespace) -> Report:
    """Give all conversations of a number another one."""
    done = renumbering.replace_number(session.db, session.who, args.number, args.new)
    return _renumbered(done)


def renumber(session: Session, args: Namespace) -> Report:
    """Give one conversation another number."""
    done = renumbering.renumber(session.db, session.who, args.conversation, args.number)
    return _renumbered(done)


def campaign_numbers(session: Session, args: Namespace) -> Report:
    """Show or set which of our numbers a campaign uses."""
    if args.numbers or args.all:
        found = changes.set_campaign_numbers(session.db, session.who, args.name, args.numbers)
    else:
        session.who.require(Permission.VIEW_ALL)
        with session.db.reading() as conn:
            found = queries.campaign_numbers(conn, find_campaign(conn, args.name).id)
    lines = _table(found) or ["It uses all of our numbers that are ready."]
    if found and not any(each.is_ready for each in found):
        lines += ["", "None of them is ready: no conversation begins."]
    return Report({"campaign": args.name, "numbers": [number_record(each) for each in found]}, lines)


def number_record(number: OurNumber) -> Record:
    """Return one of our numbers for JSON."""
    return {
        "number": number.number,
        "gateway": number.gateway,
        "kind": number.kind,
        "mps": number.mps,
        "state": number.state,
        "reason": number.reason,
        "conversations": number.conversations,
    }


def _renumbered(done: renumbering.Renumbered) -> Report:
    moved = pluralize(done.conversations, "conversation")
    from_ = done.number or "the best of our numbers for each"
    verb = "is" if done.conversations == 1 else "are"
    record = {"conversations": done.conversations, "was": done.was, "our_number": done.number}
    return Report(record, [f"{moved} of {done.was} {verb} texted from {from_} from now on."])


def _only_gateway(conn: Connection) -> str:
    """Return the gateway of the database, or of all its numbers so far."""
    if settings(conn).gateway is GatewayKind.PRACTICE:
        return GatewayKind.PRACTICE
    names = {each.gateway for each in queries.our_numbers(conn)}
    if len(names) == 1:
        return names.pop()
    known = ", ".join(sorted(GATEWAYS))
    raise Refused(f"Which carrier has the number? Say it with --gateway: {known}.", Nothing.CHANGED)


def _table(numbers: Sequence[OurNumber]) -> list[str]:
    heads = ("Number", "Kind", "Segments a second", "State", "Conversations", "Gateway", "Why")
    rows = [
        (
            *(each.number, each.kind.replace("_", "-"), f"{each.mps:g}", each.state),
            *(each.conversations, each.gateway, each.reason),
        )
        for each in numbers
    ]
    return table(heads, rows) if rows else []
