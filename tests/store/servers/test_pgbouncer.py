"""Behind PgBouncer, which gives each transaction any of a few connections (docs/rules.md 13.1)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

import pytest

from tests.outside_tools import require_tool
from tests.postgres_server import PATIENCE, USER, shared_cluster
from tests.store.arranging import known_as, number
from tests.store.servers.failing_server import (
    BackendKiller,
    Told,
    make_campaign,
    make_database,
    meanwhile,
    require_true,
    send_all,
)
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.postgres.prepared import USES
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.store.queries.thread import get_conversation

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

SETTINGS = """
[databases]
* = host={server}

[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
logfile = {folder}/log
pidfile = {folder}/pid
"""


class Pooler:
    """PgBouncer, with four connections to the server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        server = shared_cluster().folder
        shutil.chown(folder, server.owner(), server.group())
        (folder / "users").write_text(f'"{USER}" ""\n')
        (folder / "settings").write_text(SETTINGS.format(folder=folder, server=server))
        account: dict[str, Any] = (
            {"user": server.owner(), "group": server.group(), "extra_groups": []} if not os.geteuid() else {}
        )
        self._process = subprocess.Popen(
            [str(PROGRAM), "--quiet", str(folder / "settings")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **account,
        )
        limit = monotonic() + PATIENCE
        while not (folder / ".s.PGSQL.6432").exists():
            assert self._process.poll() is None, (folder / "log").read_text()
            assert monotonic() < limit
            sleep(0.01)

    def address(self, database: str) -> str:
        """Return the address of a database behind it."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self.folder), safe='')}&port=6432"

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(PATIENCE)


@pytest.fixture
def pooler() -> Iterator[Pooler]:
    require_tool("postgresql", is_there=PROGRAM is not None)
    folder = Path(mkdtemp(prefix="thrumsg-pooler-", dir="/tmp"))
    folder.chmod(0o755)
    running = Pooler(folder)
    yield running
    running.stop()
    shutil.rmtree(folder)


def test_sixteen_clients_share_four_connections(pooler: Pooler) -> None:
    name = make_database(shared_cluster())
    with closing(Database(ServerAddress(pooler.address(name)))) as db:
        conversations = make_campaign(db, 64)
    told = send_all(pooler.address(name), conversations, threads=16, persistent=False)
    assert len(told.sent) == len(conversations)

    def work(nth: int) -> None:
        with closing(Database(ServerAddress(pooler.address(name)))) as db:
            who = known_as(db, "ana")
            for each in range(nth, len(conversations), 16):
                assert not receive(db, None, number(each), "Yes").duplicate
                keep_draft(db, who, conversations[each], "Thank you")
                db.version()
                with db.reading() as conn:
                    assert get_conversation(conn, conversations[each]).messages[-1].body == "Yes"

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    with closing(Database(ServerAddress(pooler.address(name)))) as db, db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM message").fetchone()[0] == 2 * len(conversations)


def test_nothing_is_prepared_behind_it(pooler: Pooler) -> None:
    """What one connection to the server has prepared, another does not know."""
    name = make_database(shared_cluster())
    with closing(Database(ServerAddress(pooler.address(name)))) as db:
        for _ in range(2 * USES):
            with db.reading() as conn:
                assert conn.execute("SELECT COUNT(*) FROM pg_prepared_statements").fetchone()[0] == 0


def test_ended_backends_behind_it_lose_nothing_and_have_nothing_sent_twice(pooler: Pooler) -> None:
    name = make_database(shared_cluster())
    with closing(Database(ServerAddress(pooler.address(name)))) as db:
        conversations = make_campaign(db, 150)
    killer = BackendKiller(shared_cluster().address(name))
    with meanwhile(killer.run):
        told = send_all(pooler.address(name), conversations, threads=6, persistent=False)
    assert killer.killed > 3
    assert len(told.sent) > 100
    require_true(shared_cluster().address(name), told)


def test_a_pooler_that_is_started_again_is_gone_on_with(pooler: Pooler) -> None:
    name = make_database(shared_cluster())
    with closing(Database(ServerAddress(pooler.address(name)))) as db:
        [first, second] = make_campaign(db, 2)
        who = known_as(db, "ana")
        sent: dict[ConversationId, int] = {first: send(db, who, first).message_id}
        pooler.stop()
        again = Pooler(pooler.folder)
        try:
            sent[second] = send(db, who, second).message_id
        finally:
            again.stop()
    require_true(shared_cluster().address(name), Told(sent))  # type: ignore[arg-type]
