"""The command `deliver`: the service that brings queued messages to the carrier (`docs/rules.md` 10)."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from datetime import timedelta

from thrumsg_tui.cli.report import Report, complain, table
from thrumsg_tui.cli.services import logged, opened_for_service
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.database_configuration import configuration_of
from thrumsg_tui.gateway.deliverer import Deliverer
from thrumsg_tui.gateway.delivery_lock import DeliveryLock
from thrumsg_tui.gateway.delivery_service import Stopping, serve, wait_for_lock, with_stored_numbers
from thrumsg_tui.gateway.dry_run import what_would_leave
from thrumsg_tui.gateway.registry import open_gateway
from thrumsg_tui.store.changes.old_queue import cancel_old
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.old_queue import never_tried

_OLD = timedelta(hours=24)
"""How long ago a message may have been accepted when the first deliverer comes, without anybody being asked."""


def deliver(args: Namespace) -> Report:
    """Deliver until the service is stopped; with `--once` until nothing may leave now."""
    with opened_for_service(args) as (db, who):
        if args.dry_run:
            return _dry_run(db)
        configuration = configuration_of(db, args.config)
        stopping, lock = Stopping(), DeliveryLock(db.path)
        with logged(), stopping.by_signals():
            if args.wait and not wait_for_lock(lock, stopping, complain):
                return Report({"handed_over": 0}, [])
            with lock:
                _look_at_old_queue(db, who, args)
                return _serve(db, configuration, stopping, lock, args)


def _serve(
    db: Database, configuration: Configuration, stopping: Stopping, lock: DeliveryLock, args: Namespace
) -> Report:
    if args.workers is not None:
        configuration = replace(configuration, limits=replace(configuration.limits, workers=args.workers))
    configuration = with_stored_numbers(db, configuration)
    gateway = open_gateway(configuration)
    try:
        deliverer = Deliverer(db, gateway, configuration)
        handed_over = serve(deliverer, stopping, lock, once=args.once)
    finally:
        gateway.close()
    record = {"handed_over": handed_over, "stopped_because": deliverer.standstill.stopped}
    lines = [f"Handed over {pluralize(handed_over, 'message')}."]
    if reason := deliverer.standstill.stopped:
        return Report(record, lines, 1, f"The gateway {gateway.name} has stopped, and messages wait: {reason}")
    return Report(record, lines)


def _look_at_old_queue(db: Database, who: Identity | None, args: Namespace) -> None:
    """Refuse to send what has waited for long in a database that never delivered, unless the person has decided."""
    if args.send_old:
        return
    before = db.clock() - _OLD
    if args.cancel_old:
        complain(f"Cancelled {pluralize(cancel_old(db, who, before), 'message')} that had waited for over a day.")
        return
    with db.reading() as conn:
        old = len(never_tried(conn, before))
    if old:
        raise Refused(
            f"{pluralize(old, 'message')} in this database {'has' if old == 1 else 'have'} waited for over a day, "
            "since nothing ever delivered them. Nothing was sent. --send-old sends them, --cancel-old cancels them."
        )


def _dry_run(db: Database) -> Report:
    forecast = what_would_leave(db)
    rows = [[each.campaign, each.kind.replace("_", " "), each.messages, each.segments] for each in forecast.leaving]
    record = {
        "would_leave": [
            {"campaign": each.campaign, "kind": each.kind, "messages": each.messages, "segments": each.segments}
            for each in forecast.leaving
        ],
        "closed": forecast.closed,
        "opted_out": forecast.opted_out,
    }
    lines = table(("Campaign", "Kind", "Messages", "Segments"), rows) if rows else ["Nothing would leave now."]
    if forecast.closed:
        lines.append(f"{pluralize(forecast.closed, 'message')} would wait until the campaign opens.")
    if forecast.opted_out:
        lines.append(f"{pluralize(forecast.opted_out, 'message')} would be cancelled: the number has opted out.")
    return Report(record, lines)
