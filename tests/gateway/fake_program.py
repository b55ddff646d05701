"""A carrier's program for tests; the message says what it does with it.

    fake_program.py [FILE]

It writes each line that it gets to FILE, and "end" when its input ends.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Message = dict[str, Any]
Action = Callable[[Message], object]

A_WHILE = 0.5

taken: dict[str, list[dict[str, Any]]] = {}
writing = threading.Lock()


def tell(**said: object) -> None:
    write(json.dumps(said))


def write(written: str) -> None:
    with writing:
        sys.stdout.write(written + "\n")
        sys.stdout.flush()


def take(message: Message) -> str:
    provider_id = f"F{message['id']}"
    taken.setdefault(message["key"], []).append({"provider_id": provider_id, "state": "sent", "from": message["from"]})
    return provider_id


def accept(message: dict[str, Any], **report: object) -> None:
    provider_id = take(message)
    reported = {"key": message["key"], "provider_id": provider_id} | ({"state": "delivered"} | report)
    if message["body"].startswith("report first"):
        tell(report=reported)
    tell(result=message["id"], accepted={"provider_id": provider_id})
    if not message["body"].startswith("report first"):
        tell(report=reported)


def result(**outcome: object) -> Action:
    return lambda message: tell(result=message["id"], **outcome)


def after_colon(message: Message) -> str:
    return str(message["body"].partition(":")[2])


def text(message: Message) -> None:
    accept(message)
    told = {"provider_id": f"I{message['id']}", "from": message["to"], "to": "+12125550100"}
    tell(incoming=told | {"body": after_colon(message)})


def line(message: Message) -> None:
    write(after_colon(message))
    accept(message)


def garbage(message: Message) -> None:
    for nonsense in ("This is no JSON.", "[1]", "x" * 70_000):
        write(nonsense)
    accept(message)


def stop_reading(message: Message) -> None:
    accept(message)
    threading.Event().wait()


def names_of_environment(message: Message) -> None:
    result(refused={"code": "environment", "words": ",".join(sorted(os.environ))})(message)


ACTIONS: dict[str, Action] = {
    "refuse": result(refused={"code": "21211", "words": "No such number."}),
    "blocked": result(refused={"code": "21610", "words": "Said STOP.", "opted_out": True}),
    "later": result(not_now={"after": 7, "scope": "number", "words": "Too many.", "code": "429"}),
    "misconfigured": result(not_now={"after": 60, "scope": "gateway", "words": "No login.", "broken": True}),
    "doubt": result(doubt="The network fell silent."),
    "bad result": result(accepted=5),
    "two results": result(accepted={}, doubt="Or not."),
    "lose the answer": take,
    "lose the message": lambda _: None,
    "fail": lambda message: accept(message, state="failed", code="30003", words="It is unreachable."),
    "slow": lambda message: threading.Timer(A_WHILE, accept, [message]).start(),
    "die": lambda _: os._exit(3),
    "leave": lambda _: os._exit(0),
    "garbage": garbage,
    "text": text,
    "line": line,
    "environment": names_of_environment,
    "stop reading": stop_reading,
}


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.devnull)
    for given in sys.stdin.buffer:
        with file.open("ab") as log:
            log.write(given)
        said = json.loads(given)
        if message := said.get("send"):
            ACTIONS.get(message["body"].partition(":")[0], accept)(message)
        elif question := said.get("find"):
            if question["body"].startswith("unlisted"):
                tell(found=question["key"], cannot_tell="it keeps no list")
            else:
                tell(found=question["key"], messages=taken.get(question["key"], []))
    with file.open("ab") as log:
        log.write(b"end\n")


if __name__ == "__main__":
    main()
