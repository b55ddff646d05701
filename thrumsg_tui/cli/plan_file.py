"""The file of a reassignment plan, which makes exactly the previewed moves later (`docs/rules.md 4.7`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.reassignment import Move, Plan
from thrumsg_tui.store.input_files import called, read_file
from thrumsg_tui.store.output_files import writing_text

_FORMAT = "thrumsg reassignment plan"
_VERSION = 1


def save(path: Path, campaign: str, planned: Plan) -> None:
    """Write a plan to a file, whole or not at all; raise `Refused` if it cannot be written."""
    with writing_text(path) as file:
        write(file, campaign, planned)


def write(file: TextIO, campaign: str, planned: Plan) -> None:
    """Write a plan to an open file."""
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "campaign": campaign,
        "campaign_id": planned.campaign_id,
        "as_of": planned.as_of,
        "senders": [
            {"assignment": each, "name": name, "login": planned.logins[each]} for each, name in planned.names.items()
        ],
        "moves": [
            {
                "conversation": move.conversation_id,
                "from": move.source,
                "to": move.destination,
                "status": move.status,
                "opted_out": move.opted_out,
            }
            for move in planned.moves
        ],
        "already_there": list(planned.already_there),
    }
    json.dump(content, file, indent=1)
    file.write("\n")


def load(path: Path) -> tuple[str, Plan]:
    """Return the campaign's name and the plan in a file, `-` for standard input; raise `Refused` if it is no plan."""
    text = read_file(path)
    try:
        content = json.loads(text.decode("utf-8"))
        json.dumps(content, ensure_ascii=False).encode()  # raises for half a surrogate pair
        if content["format"] != _FORMAT:
            raise ValueError(content["format"])  # noqa: TRY301 - as for any other file that is none
        if content["version"] == _VERSION:
            return str(content["campaign"]), _plan(content)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Refused(f"{called(path)} is not a plan that --save-plan wrote.", Nothing.MOVED) from error
    raise Refused(f"{called(path)} was saved by another version of thrumsg: make the preview again.", Nothing.MOVED)


def _plan(content: dict[str, Any]) -> Plan:
    names = {AssignmentId(_id(each["assignment"])): str(each["name"]) for each in content["senders"]}
    logins = {AssignmentId(_id(each["assignment"])): _login(each["login"]) for each in content["senders"]}
    moves = tuple(
        Move(
            ConversationId(_id(move["conversation"])),
            AssignmentId(_id(move["from"])),
            AssignmentId(_id(move["to"])),
            Status(move["status"]),
            bool(move["opted_out"]),
        )
        for move in content["moves"]
    )
    if not {each.source for each in moves} | {each.destination for each in moves} <= names.keys():
        raise ValueError("a sender without a name")
    if len({each.conversation_id for each in moves}) < len(moves):
        raise ValueError("a conversation that is moved twice")
    already_there = tuple(ConversationId(_id(each)) for each in content["already_there"])
    campaign_id = CampaignId(_id(content["campaign_id"]))
    return Plan(campaign_id, EventId(_id(content["as_of"])), moves, already_there, names, logins)


def _id(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise ValueError(f"{value!r} is not an id")
    return value


def _login(value: object) -> str | None:
    return None if value is None else str(value)
