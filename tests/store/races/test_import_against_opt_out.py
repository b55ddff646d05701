"""An opt-out that comes while its number is imported, and which neither sees of the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.new_database import ON_SERVER
from tests.store.arranging import look_at, number, take_in
from tests.store.races.races import PEOPLE, ana, autumn
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.imports import contacts, import_run

pytestmark = pytest.mark.skipif(not ON_SERVER, reason="one writer at a time has no such moment")


@pytest.fixture
def db(empty_on_server: str) -> Iterator[Database]:
    made = Database(empty_on_server)
    autumn(made, 1)
    yield made
    made.close()


@pytest.fixture
def others(db: Database) -> Iterator[Database]:
    """The same database in another process."""
    made = Database(str(db.location))
    yield made
    made.close()


def before_the_commit(patched: pytest.MonkeyPatch, others: Database, change: Any) -> None:
    """Let somebody else make a change when an import has stored its rows and has not committed them."""
    journal_import = import_run.journal_import

    def journalled(*args: Any, **kwargs: Any) -> Any:
        change(others, ana(others), number(0))
        return journal_import(*args, **kwargs)

    patched.setattr(contacts, "journal_import", journalled)


def test_the_contact_is_out(db: Database, others: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    before_the_commit(monkeypatch, others, opt_out_number)
    [imported] = take_in(db, ana(db), "Autumn", PEOPLE[:1])
    assert look_at(db, imported).opted_out
    assert not examine(db)


def test_the_contact_is_in_again(db: Database, others: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    opt_out_number(db, ana(db), number(0))
    before_the_commit(monkeypatch, others, opt_in_number)
    [imported] = take_in(db, ana(db), "Autumn", PEOPLE[:1])
    assert not look_at(db, imported).opted_out
    assert not examine(db)


def test_nothing_is_sent_before_that_is_known(db: Database, others: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    before_the_commit(monkeypatch, others, opt_out_number)
    monkeypatch.setattr(contacts, "mark_missed", lambda *_: [])  # its process died just then
    [imported] = take_in(db, ana(db), "Autumn", PEOPLE[:1])
    assert not look_at(db, imported).opted_out
    assert examine(db)
    with pytest.raises(Refused, match="opted out"):
        send(db, ana(db), imported)
