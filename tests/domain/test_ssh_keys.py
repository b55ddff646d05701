"""Which public keys are taken, and what is said of those that are not (docs/rules.md 11.1)."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.public_keys import KIMS, KIMS_FINGERPRINT
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.ssh_keys import PublicKey, public_key_in, why_no_good

ED25519 = KIMS.rpartition(" ")[0]
POINT = b"\x04" + bytes(64)

needs_keygen = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")


def field(content: bytes) -> bytes:
    return len(content).to_bytes(4) + content


def made_of(kind: str, *fields: bytes) -> bytes:
    """A line with a key of some type, which has these fields after it."""
    blob = b"".join(map(field, (kind.encode(), *fields)))
    return f"{kind} ".encode() + base64.b64encode(blob)


def refused(content: bytes | str) -> str:
    with pytest.raises(Refused) as reason:
        public_key_in(content.encode() if isinstance(content, str) else content, "kim.pub")
    assert "Nothing was changed." in str(reason.value)
    return str(reason.value)


def test_a_key_has_a_type_a_fingerprint_and_a_comment() -> None:
    key = public_key_in(f"{KIMS} at home\n".encode(), "kim.pub")
    assert (key.type, key.comment) == ("ssh-ed25519", "kim@laptop at home")
    assert key.fingerprint == KIMS_FINGERPRINT
    assert key.line.decode() == f"{KIMS} at home"


@pytest.mark.parametrize(
    "content",
    [
        f"\n# mine\n{KIMS}\r\n\r\n".encode(),
        KIMS.encode("utf-8-sig"),
        KIMS.encode("utf-16"),
        f"  {ED25519}\tkim@laptop".encode(),
    ],
    ids=["with comments", "of Notepad", "of PowerShell", "with a tab"],
)
def test_it_is_found_however_the_file_was_written(content: bytes) -> None:
    assert public_key_in(content, "kim.pub").line.decode() == KIMS


@needs_keygen
@pytest.mark.parametrize(
    "kind", [("rsa", "2048"), ("rsa", "4096"), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521"), ("ed25519", "256")]
)
def test_every_key_of_ssh_keygen_is_taken_and_has_its_fingerprint(kind: tuple[str, str], tmp_path: Path) -> None:
    name, bits = kind
    made = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", name, "-b", bits, "-N", "", "-C", "kim", "-f", made], check=True)
    key = public_key_in(made.with_suffix(".pub").read_bytes(), "key.pub")
    listed = subprocess.run(["ssh-keygen", "-l", "-f", made], check=True, capture_output=True, text=True).stdout
    assert listed.split()[1] == key.fingerprint
    said = refused(made.read_bytes())
    assert "is a private key" in said
    for way in ("RFC4716", "PEM", "PKCS8"):
        command = ["ssh-keygen", "-e", "-m", way, "-f", made]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode or "not in the format of OpenSSH" in refused(done.stdout)


@pytest.mark.parametrize("kind", ["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""])
def test_a_private_key_is_named_and_not_repeated(kind: str) -> None:
    said = refused(f"-----BEGIN {kind}PRIVATE KEY-----\nc2VjcmV0\n-----END {kind}PRIVATE KEY-----\n")
    assert "is a private key" in said
    assert "c2VjcmV0" not in said
    assert ".pub" in said


def test_a_private_key_of_putty_is_named_too() -> None:
    assert "is a private key" in refused("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "holds no key"),
        ("# nothing\n", "holds no key"),
        ("hello", "holds no public key"),
        ("ssh-ed25519", "holds no public key"),
        ("ssh-ed25519 ????", "holds no public key"),
        ("\x00\xff", "holds no public key"),
        (f"{KIMS}\n{KIMS}\n", "has 2 lines"),
        (f"restrict {KIMS}", "options before the key"),
        (f'command="sh -c x" {KIMS}', "options before the key"),
        (f"{ED25519} kim\x1b[2J", "control characters"),
        (f"{ED25519[:-4]} kim", "not complete"),
        (f"ssh-rsa {ED25519.split()[1]} kim", "another type"),
        (f"ssh-ed25519-cert-v01@openssh.com {ED25519.split()[1]}", "a certificate"),
        (f"ssh-x25519 {ED25519.split()[1]}", "no key has the type"),
        ("x" * 70_000, "too large"),
    ],
)
def test_what_is_no_key_is_refused_with_the_reason(content: str, why: str) -> None:
    assert why in refused(content)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (made_of("ssh-dss", b"1", b"2", b"3", b"4"), "DSA keys are too weak"),
        (made_of("ssh-rsa", b"\x01\x00\x01", b"\x7f" + bytes(127)), "needs 2048 bits, and it has 1023"),
        (made_of("ssh-rsa", b"\x01", b"\x7f" + bytes(255) + b"\xff"), "not complete"),
        (made_of("ssh-rsa", b"\x01\x00\x01"), "not complete"),
        (made_of("ssh-ed25519", bytes(31)), "not complete"),
        (made_of("ssh-ed25519", bytes(32), b"more"), "not complete"),
        (made_of("ecdsa-sha2-nistp256", b"nistp384", POINT), "not complete"),
        (made_of("ecdsa-sha2-nistp256", b"nistp256", POINT[:-1]), "not complete"),
        (made_of("ecdsa-sha2-nistp256", b"nistp256", b"\x02" + POINT[1:]), "not complete"),
        (made_of("ecdsa-sha2-nistp999", b"nistp999", POINT), "no key has the type"),
        (made_of("sk-ssh-ed25519@openssh.com", bytes(32), b""), "not complete"),
    ],
)
def test_a_key_that_sshd_would_not_take_is_refused(line: bytes, why: str) -> None:
    assert why in refused(line)


@pytest.mark.parametrize(
    "line",
    [
        made_of("sk-ssh-ed25519@openssh.com", bytes(32), b"ssh:"),
        made_of("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", POINT, b"ssh:"),
    ],
)
def test_keys_on_a_security_key_are_taken(line: bytes) -> None:
    assert public_key_in(line, "kim.pub").type.startswith("sk-")


@pytest.mark.parametrize("cut", range(0, 51, 3))
def test_a_key_that_is_cut_off_anywhere_is_none(cut: int) -> None:
    whole = base64.b64decode(ED25519.split()[1])
    assert why_no_good(PublicKey("ssh-ed25519", whole)) is None
    assert why_no_good(PublicKey("ssh-ed25519", whole[:cut])) is not None
