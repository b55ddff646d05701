"""Find damage in a database on a server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress

import psycopg

from thrumsg_tui.store.engines.failure import Column, Damage
from thrumsg_tui.store.engines.postgres.connection import ServerConnection
from thrumsg_tui.store.engines.postgres.upgrade import MIGRATIONS, read_migration

_MADE = """
    SELECT 'the table ' || relname AS subject, string_agg(
               concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
                         attcollation::regcollation, pg_get_expr(adbin, adrelid)),
               ', ' ORDER BY attname) AS definition
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = {schema} AND relkind = 'r' GROUP BY relname
    UNION ALL
    SELECT 'the constraint ' || conname || ' of ' || relname,
           pg_get_constraintdef(pg_constraint.oid) || CASE WHEN convalidated THEN '' ELSE ' not checked' END
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE relnamespace = {schema} AND contype <> 'n'
    UNION ALL
    SELECT 'the index ' || relname, pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = {schema}
    UNION ALL
    SELECT 'the trigger ' || tgname, pg_get_triggerdef(pg_trigger.oid) || ' ' || tgenabled::text
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE relnamespace = {schema} AND NOT tgisinternal
    UNION ALL
    SELECT 'the function ' || proname, prosrc FROM pg_proc WHERE pronamespace = {schema}
"""
"""All that a schema has, as the server itself describes it."""

_REFERENCES = """
    SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent, key.attname AS key,
           referenced.attname AS referenced
    FROM pg_constraint
    JOIN pg_attribute AS key ON key.attrelid = conrelid AND key.attnum = conkey[1]
    JOIN pg_attribute AS referenced ON referenced.attrelid = confrelid AND referenced.attnum = confkey[1]
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 3
"""


_CANNOT_BE_MADE = (
    psycopg.errors.DiskFull,  # they need room, which only looking at the rows does not
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.UndefinedFunction,  # Citus finds no temporary ones
)

_made: dict[int, dict[str, str]] = {}
"""What the migrations make on a server of each version that this process has met; making it takes half a second."""


def changed_tables(conn: ServerConnection, apart: Callable[[], ServerConnection]) -> Iterator[Damage]:
    """Compare the schema with one that the migrations make.

    Args:
        conn: A connection to the database.
        apart: Open another one, whose transaction is rolled back.
    """
    version = conn.inside.info.server_version
    if not _made.get(version):
        with closing(apart()) as other:
            _made[version] = _made_by_migrations(other)
    stored = _described(conn, "current_schema()::regnamespace")
    for subject, definition in _made[version].items():
        if stored.get(subject) != definition:
            yield Damage(subject, "is not as it was made.")


def _made_by_migrations(conn: ServerConnection) -> dict[str, str]:
    """Return what the migrations make as temporary tables; nothing where they cannot be made, as on a full disk."""
    conn.script("BEGIN; SET LOCAL search_path = pg_temp")
    with suppress(*_CANNOT_BE_MADE):
        for file in MIGRATIONS:  # a function of this schema is found only by its whole name
            conn.script(read_migration(file).replace("EXECUTE FUNCTION ", "EXECUTE FUNCTION pg_temp."))
        return _described(conn, "pg_my_temp_schema()")
    return {}


def _described(conn: ServerConnection, schema: str) -> dict[str, str]:
    """Return the definition of each thing in a schema, without the schema's name."""
    (name,) = conn.execute(f"SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = {schema}").fetchall()[0]
    made = conn.execute(_MADE.format(schema=schema))
    return {subject: re.sub(rf"\b({re.escape(name)}|pg_temp)\.", "", definition) for subject, definition in made}


def unusable_indexes(conn: ServerConnection) -> Iterator[Damage]:
    """Find indexes that the server does not keep up to date."""
    found = conn.execute(
        """
        SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = current_schema()::regnamespace AND NOT (indisvalid AND indisready AND indislive)
        """
    )
    for (name,) in found:
        yield Damage(f"the index {name}", "is an index that the server does not use.")


def broken_references(conn: ServerConnection) -> Iterator[Damage]:
    """Find rows that refer to a row that does not exist."""
    for child, parent, key, referenced in conn.execute(_REFERENCES).fetchall():
        rows = conn.execute(
            f"""
            SELECT "{key}" FROM {child} WHERE "{key}" IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM {parent} AS parent WHERE parent."{referenced}" = {child}."{key}")
            """
        )
        for (value,) in rows:
            yield Damage(f"{child} with {key} {value}", f"points at a row of {parent} that does not exist.")


def columns(conn: ServerConnection) -> dict[str, list[Column]]:
    """Return the columns of each table, generated ones too, in the order of the table."""
    found: dict[str, list[Column]] = {}
    rows = conn.execute(
        """
        SELECT table_name, column_name, data_type = 'text' AS is_text, is_generated = 'ALWAYS' AS is_generated
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name <> 'thrumsg_format' ORDER BY table_name, ordinal_position
        """
    )
    for table, column, is_text, is_generated in rows:
        found.setdefault(table, []).append(Column(column, bool(is_text), bool(is_generated)))
    return found


def stored_rows(conn: ServerConnection, table: str, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """Read columns of a whole table in the order of its key: that of its pages changes with every update."""
    key = conn.execute(
        """
        SELECT quote_ident(attname) FROM pg_index
        JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
        WHERE indrelid = CAST(quote_ident(?) AS regclass) AND indisprimary ORDER BY array_position(indkey, attnum)
        """,
        (table,),
    )
    order = ", ".join(name for (name,) in key)
    quoted = ", ".join(f'"{name}"' for name in names)
    return conn.stream(f'SELECT {quoted} FROM "{table}" ORDER BY {order or "1"}')
