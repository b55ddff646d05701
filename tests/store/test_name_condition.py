"""A search finds a piece of "first last", also across the space between them (docs/rules.md 3.6)."""

from __future__ import annotations

from itertools import combinations

from tests.store.arranging import take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.conversations import beginnings, name_condition

NAMES = (
    ("mary ann", "de la cruz"),
    ("mary", "ann de"),
    ("ann", "mary"),
    ("an", ""),
    ("", "la cruz"),
    ("100%", "a_b"),
    ("ma\\y", "an n"),
)


def found(db: Database, condition: str, searched: dict[str, object]) -> set[tuple[str, str]]:
    """The names that meet a condition."""
    with db.reading() as conn:
        rows = conn.execute(f"SELECT first_key, last_key FROM conversation WHERE {condition}", searched)
        return {(row["first_key"], row["last_key"]) for row in rows}


def test_a_name_has_a_text_wherever_the_space_is(db: Database, owner: Identity, spring: Campaign) -> None:
    """Each piece of each name is searched, and some texts that no name has."""
    ids = take_in(db, owner, "Spring", ["Ann"] * len(NAMES))
    with db.writing() as tx:
        named = [(*name, id) for name, id in zip(NAMES, ids, strict=True)]
        tx.conn.executemany("UPDATE conversation SET first_key = ?, last_key = ? WHERE id = ?", named)
    whole = [" ".join(name) for name in NAMES]
    pieces = {text[start:end] for text in whole for start, end in combinations(range(len(text) + 1), 2)}
    texts = {*filter(None, map(fold, pieces)), "cruz mary", "ann an", "a b", "%", "_", "y a\\", "mary  ann"}
    for text in sorted(texts):
        wanted = fold(text)
        expected = {name for name in NAMES if wanted in " ".join(name)}
        assert found(db, *name_condition(text)) == expected, text
        begun = {name for beginning in beginnings(text) for name in found(db, *beginning)}
        assert begun <= {name for name in expected if " ".join(name).startswith(wanted)}, text
        assert wanted not in whole or begun, text
