"""The command `deliver`: the service that brings queued messages to the carrier (`docs/rules.md` 10)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from thrumsg_tui.cli.output import complain
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.services import logged, opened_for_service
from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.errors import DatabaseUnreachable, Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.database_configuration import configuration_of
from thrumsg_tui.gateway.deliverer import Deliverer
from thrumsg_tui.gateway.delivery_lock import DeliveryLock, LockLost
from thrumsg_tui.gateway.delivery_service import Stopping, serve, wait_for_lock, with_stored_numbers
from thrumsg_tui.gateway.dry_run import what_would_leave
from thrumsg_tui.gateway.registry import calls_us, open_gateway
from thrumsg_tui.gateway.service_manager import ServiceManager
from thrumsg_tui.store.changes.gateway_state import expect_listener
from thrumsg_tui.store.changes.old_queue import cancel_old
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.old_queue import never_tried

_OLD = timedelta(hours=24)
"""How long ago a message may have been accepted when the first deliverer comes, without anybody being asked."""


def deliver(args: Namespace) -> Report:
    """Deliver until the service is stopped; with `--once` until nothing may leave now."""
    with opened_for_service(args) as (db, who):
        if args.dry_run:
            return _dry_run(db, args)
        configuration = configuration_of(db, args.config)
        stopping, lock, manager = Stopping(), DeliveryLock(db.location), ServiceManager()
        with logged(), stopping.by_signals():
            while not args.wait or wait_for_lock(lock, stopping, complain, manager):
                try:
                    with lock:
                        _look_at_old_queue(db, who, args)
                        return _serve(db, configuration, stopping, lock, manager, args)
                except (LockLost, DatabaseUnreachable) as lost:
                    if not args.wait:
                        raise
                    complain(lost.reason)
            return Report({"handed_over": 0}, [])


def _serve(
    db: Database,
    configuration: Configuration,
    stopping: Stopping,
    lock: DeliveryLock,
    manager: ServiceManager,
    args: Namespace,
) -> Report:
    if args.workers is not None:
        configuration = replace(configuration, limits=replace(configuration.limits, workers=args.workers))
    configuration = with_stored_numbers(db, configuration)
    expect_listener(db, configuration.gateway, expected=calls_us(configuration))
    gateway = open_gateway(configuration)
    try:
        deliverer = Deliverer(db, gateway, configuration)
        handed_over = serve(db, deliverer, stopping, lock, manager, once=args.once)
    finally:
        gateway.close()
    record = {
        "handed_over": handed_over,
        "not_taken": deliverer.not_taken,
        "stopped_because": deliverer.standstill.stopped,
    }
    lines = [f"Handed over {pluralize(handed_over, 'message')}."]
    if deliverer.not_taken:
        times = pluralize(deliverer.not_taken, "try", "tries")
        lines.append(
            f"Not taken by the carrier: {times}, refused, put off or in doubt. `thrumsg status` says what is left."
        )
    if reason := deliverer.standstill.stopped:
        return Report(record, lines, 1, f"The gateway {gateway.name} has stopped, and messages wait: {reason}")
    return Report(record, lines)


def _look_at_old_queue(db: Database, who: Identity | None, args: Namespace) -> None:
    """Refuse to send what has waited for long in a database that never delivered, unless the person has decided."""
    if args.cancel_old:
        count = cancel_old(db, who, db.clock() - _OLD)
        complain(f"Cancelled {pluralize(count, 'message')} that had waited for over a day.")
    elif not args.send_old:
        _refuse_old(_old(db))


def _old(db: Database) -> list[MessageId]:
    with db.reading() as conn:
        return [each.id for each in never_tried(conn, db.clock() - _OLD)]


def _refuse_old(old: Sequence[MessageId]) -> None:
    if old:
        raise Refused(
            f"{pluralize(len(old), 'message')} in this database {'has' if len(old) == 1 else 'have'} waited for over "
            "a day, since nothing ever delivered them. Nothing was sent. --send-old sends them, --cancel-old cancels "
            "them; with --dry-run each only says what would leave."
        )


def _dry_run(db: Database, args: Namespace) -> Report:
    """Say what would leave, or refuse as the delivery itself would."""
    old = [] if args.send_old else _old(db)
    if not args.cancel_old:
        _refuse_old(old)
    forecast = what_would_leave(db, frozenset(old))
    rows = [[each.campaign, each.kind.replace("_", " "), each.messages, each.segments] for each in forecast.leaving]
    record = {
        "would_leave": [
            {"campaign": each.campaign, "kind": each.kind, "messages": each.messages, "segments": each.segments}
            for each in forecast.leaving
        ],
        "closed": forecast.closed,
        "opted_out": forecast.opted_out,
        "cancelled": forecast.cancelled,
        "without_number": forecast.without_number,
    }
    lines = table(("Campaign", "Kind", "Messages", "Segments"), rows) if rows else ["Nothing would leave now."]
    for count, what in (
        (forecast.closed, "wait until the campaign opens"),
        (forecast.without_number, "wait until one of our numbers is ready"),
        (forecast.opted_out, "be cancelled: the number has opted out"),
        (forecast.cancelled, "be cancelled, since it is too late for them"),
    ):
        lines += [f"{pluralize(count, 'message')} would {what}."] if count else []
    return Report(record, lines)
