"""When the opt-out of a number was written, which decides whether later opt-in words count (`docs/rules.md 5.5`)."""

from __future__ import annotations

from thrumsg_tui.domain.consent import Wish
from thrumsg_tui.store.engines.connection import Asked, Connection
from thrumsg_tui.store.times import from_ms

WRITTEN_AT = """
    CASE WHEN opt_out_word.written_at IS NULL
           OR opt_out.kind <> 'automatic' AND opt_out.at > opt_out_word.written_at
         THEN opt_out.at ELSE opt_out_word.written_at END
"""
"""When the newest wish not to be texted was written: the contact's own words, or an opt-out by hand or from a list.

On `opt_out`, joined with the `opt_out_word` of the same number, if any.
"""


def is_opted_out(conn: Connection, phone: str) -> bool:
    """Whether a number (E.164) is opted out, whatever is marked in its conversations."""
    return ask_is_opted_out(conn, phone)()


def ask_is_opted_out(conn: Connection, phone: str) -> Asked[bool]:
    """Ask for `is_opted_out`."""
    rows = conn.execute("SELECT 1 FROM opt_out WHERE phone = ?", (phone,))
    return lambda: rows.fetchone() is not None


def wish(conn: Connection, phone: str) -> Wish | None:
    """Read when the opt-out of a number (E.164) was written and when it came; None if the number is not opted out."""
    return ask_wish(conn, phone)()


def ask_wish(conn: Connection, phone: str) -> Asked[Wish | None]:
    """Ask for `wish`."""
    rows = conn.execute(
        f"""
        SELECT {WRITTEN_AT} AS written_at,
               CASE WHEN opt_out_word.came_at > opt_out.at THEN opt_out_word.came_at ELSE opt_out.at END AS came_at
        FROM opt_out LEFT JOIN opt_out_word ON opt_out_word.phone = opt_out.phone WHERE opt_out.phone = ?
        """,
        (phone,),
    )
    return lambda: next((Wish(from_ms(row["written_at"]), from_ms(row["came_at"])) for row in rows), None)
