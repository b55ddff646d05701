"""What happened in a database after a backup of it, which a restore loses or keeps (`docs/rules.md 11.4`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.enums import OptOutKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.engines import file_engine_for
from thrumsg_tui.store.engines.base import Engine
from thrumsg_tui.store.engines.connection import Connection, Row

_PHONE = re.compile(r"\+[0-9]{3,20}")


@dataclass(frozen=True, slots=True)
class Since:
    """What a restore loses: counts of messages after the backup, and campaigns whose purge it takes back."""

    sent: int
    received: int
    purged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupState:
    """What of a backup is compared with the present database: its newest message, and the campaigns not purged."""

    newest_message: int
    with_texts: frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class StoredOptOut:
    """An opt-out as a database has it; `login` is whoever entered it, if anybody did."""

    phone: str
    kind: str
    note: str
    at: int
    login: str | None


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A half-written message as a database has it."""

    login: str
    conversation_id: int
    phone: str
    campaign: str
    body: str
    at: int


@dataclass(frozen=True, slots=True)
class PresentOptOuts:
    """The opt-outs of a database, and by number when an opt-out word was written and when it came.

    `whole` is False if some may be missing, because the database is damaged.
    """

    opt_outs: tuple[StoredOptOut, ...]
    words: Mapping[str, tuple[int, int]]
    whole: bool


def state_of_backup(conn: Connection) -> BackupState:
    """Read what is compared."""
    (newest,) = conn.execute("SELECT COALESCE(MAX(id), 0) FROM message").fetchone()
    rows = conn.execute("SELECT id, name FROM campaign WHERE purged_at IS NULL")
    return BackupState(newest, frozenset((row["id"], row["name"]) for row in rows))


def unsent_messages(conn: Connection) -> frozenset[MessageId]:
    """Return the messages that have not left: they are scheduled, or were until their contact opted out."""
    rows = conn.execute(
        """
        SELECT message.id FROM message JOIN conversation ON conversation.id = message.conversation_id
        WHERE message.state = 'unsent' OR (message.state = 'cancelled' AND conversation.opted_out = 1)
        """
    )
    return frozenset(MessageId(row["id"]) for row in rows)


def happened_since(conn: Connection, before: BackupState) -> Since:
    """Count what the present database has and the backup does not."""
    row = conn.execute(
        """
        SELECT COUNT(*) FILTER (WHERE direction = 'incoming') AS received,
               COUNT(*) FILTER (WHERE direction = 'outgoing' AND state <> 'cancelled') AS sent
        FROM message WHERE id > ?
        """,
        (before.newest_message,),
    ).fetchone()
    purged = conn.execute("SELECT id, name FROM campaign WHERE purged_at IS NOT NULL ORDER BY name")
    names = tuple(each["name"] for each in purged if (each["id"], each["name"]) in before.with_texts)
    return Since(row["sent"], row["received"], names)


def present_opt_outs(engine: Engine[Any], conn: Connection) -> PresentOptOuts:
    """Read the opt-outs of a database; of a damaged one those that can be read."""
    broken = False
    opt_outs: list[StoredOptOut] = []
    logins: dict[int, str] = {}
    words: dict[str, tuple[int, int]] = {}
    try:
        with suppress(*engine.unreadable):
            logins = {row["id"]: row["login"] for row in conn.execute("SELECT id, login FROM users")}
        for row in conn.execute("SELECT phone, kind, note, at, user_id FROM opt_out"):
            if found := _opt_out_of(row, logins):
                opt_outs.append(found)
            else:
                broken = True
        words = dict(_words(conn))
    except engine.unreadable:
        broken = True
    return PresentOptOuts(tuple(opt_outs), words, whole=not broken)


def present_drafts(engine: Engine[Any], conn: Connection) -> tuple[StoredDraft, ...]:
    """Read the half-written messages of a database; none of a damaged one."""
    try:
        rows = conn.execute(
            """
            SELECT users.login, draft.conversation_id, contact.phone, campaign.name, draft.body, draft.at
            FROM draft
            JOIN users ON users.id = draft.user_id
            JOIN conversation ON conversation.id = draft.conversation_id
            JOIN contact ON contact.id = conversation.contact_id
            JOIN campaign ON campaign.id = conversation.campaign_id
            ORDER BY draft.at
            """
        )
        return tuple(StoredDraft(*row) for row in rows)
    except engine.unreadable:
        return ()


def salvaged_opt_outs(path: Path) -> PresentOptOuts:
    """Read what can be read of the opt-outs of a database that cannot be opened as one."""
    engine = file_engine_for(path)
    errors: tuple[type[Exception], ...] = (*engine.unreadable, engine.driver_error, OSError)
    try:
        conn = engine.open_damaged()
        try:
            return present_opt_outs(engine, conn)
        finally:
            engine.close(conn)
    except errors:
        return PresentOptOuts((), {}, whole=False)


def _words(conn: Connection) -> Iterator[tuple[str, tuple[int, int]]]:
    for row in conn.execute("SELECT phone, written_at, came_at FROM opt_out_word"):
        if _is_phone(row["phone"]):
            yield row["phone"], (row["written_at"], row["came_at"])


def _opt_out_of(row: Row, logins: Mapping[int, str]) -> StoredOptOut | None:
    """Return an opt-out; None for what thrumsg never writes, which must not get into another database."""
    if not _is_phone(row["phone"]) or row["kind"] not in set(OptOutKind) or not isinstance(row["note"], str):
        return None
    return StoredOptOut(row["phone"], row["kind"], row["note"], row["at"], logins.get(row["user_id"]))


def _is_phone(stored: object) -> bool:
    return isinstance(stored, str) and _PHONE.fullmatch(stored) is not None
