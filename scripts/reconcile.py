"""Compare an export of messages with the log of the carrier, message by message (docs/rules.md 10.2, 10.6).

    thrumsg export messages --out messages.csv
    python -m scripts.reconcile messages.csv carrier.log

The log is that of `python -m tests.carrier`; `tests/carrier/journal.py` describes its lines. The exit status is 0 if
both agree: nothing lost, nothing sent twice, every state as it was reported.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, str]
Entry = Mapping[str, Any]

FINAL = {"delivered": "delivered", "read": "delivered", "failed": "failed", "undelivered": "failed"}
"""What the carrier's last reports mean in an export."""


def outgoing_faults(rows: Sequence[Row], taken: Sequence[Entry], reported: Mapping[str, str]) -> Iterator[str]:
    """Yield in what the messages that the carrier took differ from those that the export calls sent."""
    for key, times in Counter(entry["key"] for entry in taken if entry["key"]).items():
        if times > 1:
            yield f"sent {times} times: the message with our key {key}"
    by_id = {row["carrier_message_id"]: row for row in rows if row["carrier_message_id"]}
    for entry in taken:
        row = by_id.get(entry["sid"])
        if row is None:
            yield f"the carrier took {entry['sid']}, and no exported message has that id"
        elif (row["contact_phone"], _written(row)) != (entry["to"], entry["body"]):
            yield f"{entry['sid']} went to another number or with other words than exported"
        elif (state := reported.get(entry["sid"])) and row["status"] != state:
            yield f"{entry['sid']} was reported {state}, and is exported as {row['status']}"
    known = {entry["sid"] for entry in taken}
    for row in rows:
        if row["status"] in {"sent", "delivered"} and row["carrier_message_id"] not in known:
            yield f"message {row['message_id']} is exported as {row['status']}, and the carrier never took it"
        if row["status"] in {"queued", "sending", "in_doubt", "unsent"}:
            yield f"message {row['message_id']} is exported as {row['status']}: it is not settled yet"


def incoming_faults(stored: Sequence[str], received: Sequence[Entry]) -> Iterator[str]:
    """Yield which messages of contacts are not stored exactly once.

    Args:
        stored: The carrier's ids of all stored incoming messages.
        received: What the carrier received.
    """
    times = Counter(stored)
    for entry in received:
        if times[entry["sid"]] != 1:
            yield f"the contact's message {entry['sid']} is stored {times[entry['sid']]} times"


def final_states(webhooks: Sequence[Entry]) -> dict[str, str]:
    """Return the last state of each message that we acknowledged a report of; what arrived stays arrived."""
    states: dict[str, str] = {}
    for entry in webhooks:
        state = FINAL.get(entry.get("state", ""))
        if entry["kind"] == "report" and entry["status"] == 200 and state and states.get(entry["sid"]) != "delivered":
            states[entry["sid"]] = state
    return states


def _written(row: Row) -> str:
    """Return the text of a row without the apostrophe that guards a formula (docs/rules.md 7.5)."""
    body = row["message_body"]
    return body[1:] if body[:1] == "'" and body[1:2] in tuple("=+-@\t\r") else body


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", type=Path)
    parser.add_argument("log", type=Path)
    args = parser.parse_args(arguments)
    with args.export.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in args.log.read_text(encoding="utf-8").splitlines()]
    outgoing = [row for row in rows if row["message_direction"] == "outgoing"]
    stored = [row["carrier_message_id"] for row in rows if row["message_direction"] == "incoming"]
    kinds = {what: [line for line in lines if line["what"] == what] for what in ("accepted", "received", "webhook")}
    faults = [
        *outgoing_faults(outgoing, kinds["accepted"], final_states(kinds["webhook"])),
        *incoming_faults(stored, kinds["received"]),
    ]
    for fault in faults:
        print(fault)
    print(
        f"{len(kinds['accepted'])} messages taken by the carrier, {len(kinds['received'])} received from contacts,"
        f" {len(rows)} exported; {len(faults) or 'no'} differences"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
