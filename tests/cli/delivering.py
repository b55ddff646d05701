"""A database that is delivered from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.carrier.running import Carrier
from tests.cli.conftest import Shell

OURS = "+12025550123"
PATIENCE = 60
"""Seconds after which a service that does not do what it is told has failed."""

A_DAY = 24 * 60 * 60 * 1000


def configured(carrier: Carrier, folder: Path, token: str) -> Path:
    (folder / "token").write_text(token)
    (folder / "token").chmod(0o600)
    path = folder / "gateway.toml"
    path.write_text(
        f'gateway = "twilio"\npublic_url = "http://127.0.0.1:9"\n[twilio]\naccount_sid = "{carrier.account}"\n'
        f'auth_token = {{ file = "{folder / "token"}" }}\napi_url = "{carrier.url}"\n'
        f'[[number]]\nnumber = "{OURS}"\nmps = 100\n'
    )
    path.chmod(0o600)
    return path


def make_old(shell: Shell) -> None:
    """Have what is queued wait for two days."""
    shell.change(f"UPDATE message SET at = at - {2 * A_DAY}, state_at = state_at - {2 * A_DAY}")
