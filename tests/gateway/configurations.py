"""Configuration files for tests."""

from __future__ import annotations

import json
from pathlib import Path

TOKEN = "0123456789abcdef0123456789abcdef"
"""A token that must never be shown."""

TWILIO = """\
gateway = "twilio"
public_url = "https://sms.example.org"
[twilio]
account_sid = "AC11111111111111111111111111111111"
auth_token = { file = "FOLDER/token" }
[[number]]
number = "+14155550100"
"""


def written(folder: Path, text: str = TWILIO, mode: int = 0o600) -> Path:
    """Write a configuration and the token that it points to; return the configuration's path."""
    token, path = folder / "token", folder / "gateway.toml"
    token.write_text(TOKEN + "\n", encoding="ascii")
    token.chmod(0o600)
    path.write_text(text.replace("FOLDER", str(folder)), encoding="utf-8")
    path.chmod(mode)
    return path


def command_section(*argv: object, more: str = "") -> str:
    """Return a configuration of the gateway `command`."""
    return f'gateway = "command"\n[command]\nargv = {json.dumps(list(map(str, argv)))}\n{more}'
