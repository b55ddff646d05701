"""An authority for the tests, and the certificate of a server that it vouches for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

_PATIENCE = 60
_NEW = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")


class Certificate(NamedTuple):
    """A server's certificate with its key, and that of the authority, by which others know it."""

    authority: Path
    certificate: Path
    key: Path

    @property
    def settings(self) -> dict[str, str]:
        """What a PostgreSQL server is told of it."""
        return {"ssl": "on", "ssl_cert_file": str(self.certificate), "ssl_key_file": str(self.key)}


def made_certificate(folder: Path, name: str, address: str) -> Certificate:
    """Make an authority, and a certificate for a server's name and address, which PostgreSQL's account can read."""
    authority, certificate, key = (folder / each for each in ("authority.crt", "server.crt", "server.key"))
    authority_key = folder / "authority.key"
    _run(*_NEW, "-subj", "/CN=authority of a test", "-out", authority, "-keyout", authority_key)
    names = ("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:{address}")
    by = ("-CA", authority, "-CAkey", authority_key, "-addext", "basicConstraints=critical,CA:FALSE")
    _run(*_NEW, *names, *by, "-out", certificate, "-keyout", key)
    folder.chmod(0o755)
    for each in (authority, certificate):
        each.chmod(0o644)
    key.chmod(0o600)
    if os.geteuid() == 0:
        shutil.chown(key, "postgres", "postgres")
    return Certificate(authority, certificate, key)


def _run(*words: object) -> None:
    subprocess.run(list(map(str, words)), check=True, capture_output=True, timeout=_PATIENCE)
