"""Public keys of OpenSSH: what a key file holds, and whether sshd would take it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from hashlib import sha256

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass

_CURVES = {"nistp256": 65, "nistp384": 97, "nistp521": 133}
"""The curves of ECDSA keys, with the bytes of a point on each."""

_ED25519_BYTES = 32
_RSA_BITS = 2048
_LARGEST_FILE = 64 * 1024
_WANTED = "Give the public key: the one line of a .pub file, such as id_ed25519.pub."

TYPES = frozenset(
    {
        "ssh-ed25519",
        "ssh-rsa",
        *(f"ecdsa-sha2-{curve}" for curve in _CURVES),
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    }
)
"""The types of keys that may let somebody in."""

_KEY_TYPE = re.compile(rb"(?:ssh|ecdsa|sk-ssh|sk-ecdsa|webauthn-sk)-[a-z0-9-]+(?:@openssh\.com)?")
_PRIVATE = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|PuTTY-User-Key-File")
_OTHER_FORMAT = re.compile(rb"---- ?BEGIN ")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key; `blob` is its binary form, by which sshd compares keys."""

    type: str
    blob: bytes
    comment: str = ""

    @property
    def fingerprint(self) -> str:
        """The fingerprint, as `ssh-keygen -l` prints it."""
        return "SHA256:" + base64.b64encode(sha256(self.blob).digest()).rstrip(b"=").decode()

    @property
    def line(self) -> bytes:
        """The key with its comment, as a line of a .pub file without its end."""
        words = (self.type.encode(), base64.b64encode(self.blob), self.comment.encode())
        return b" ".join(filter(None, words))


def public_key_in(content: bytes, name: str) -> PublicKey:
    """Return the one public key that a file holds.

    Args:
        content: The content of the file.
        name: What the file is called in sentences.

    Raises:
        Refused: It holds no key or several, a private key, or one that sshd would not take. Nothing of the content is
            in the sentence, since it may be a private key.
    """
    if len(content) > _LARGEST_FILE:
        raise Refused(f"{name} is too large for a public key.", Nothing.CHANGED, advice=_WANTED)
    content = _as_utf8(content)
    if _PRIVATE.search(content):
        advice = f"It stays where it is, and nobody else needs it. {_WANTED}"
        raise Refused(f"{name} is a private key.", Nothing.CHANGED, advice=advice)
    if _OTHER_FORMAT.search(content):
        advice = "`ssh-keygen -i -f FILE` writes a public key as the one line that is wanted here."
        raise Refused(f"{name} is not in the format of OpenSSH.", Nothing.CHANGED, advice=advice)
    lines = [line for each in content.splitlines() if (line := each.strip()) and not line.startswith(b"#")]
    if not lines:
        raise Refused(f"{name} holds no key.", Nothing.CHANGED, advice=_WANTED)
    if len(lines) > 1:
        advice = "Add one key at a time."
        raise Refused(f"{name} has {len(lines)} lines: one public key is one line.", Nothing.CHANGED, advice=advice)
    return _required_key(lines[0], name)


def read_key(line: bytes) -> PublicKey | None:
    """Return the key of any type with which a line begins; None if it begins with something else."""
    words = line.split(None, 2)
    if len(words) < 2 or not _KEY_TYPE.fullmatch(words[0]):
        return None
    try:
        blob = base64.b64decode(words[1], validate=True)
    except binascii.Error:
        return None
    comment = words[2].strip().decode("utf-8", "replace") if len(words) > 2 else ""
    return PublicKey(words[0].decode(), blob, comment) if blob else None


def why_no_good(key: PublicKey) -> str | None:
    """Return why sshd would not take a key, or None if it would."""
    if key.type == "ssh-dss":
        return "DSA keys are too weak, and sshd takes none any more"
    if "-cert-" in key.type:
        return "it is a certificate"
    if key.type not in TYPES:
        return f"no key has the type {key.type}"
    try:
        fields = list(_fields(key.blob))
    except ValueError:
        return "the key is not complete"
    if not fields or fields[0] != key.type.encode():
        return f"it says {key.type}, and the key itself is of another type"
    return _why_no_key(key.type, fields[1:])


def _required_key(line: bytes, name: str) -> PublicKey:
    key = read_key(line)
    if key is None:
        words = line.split(None, 1)
        if len(words) > 1 and any(_KEY_TYPE.fullmatch(word) for word in words[1].split()):
            reason = f"{name} has options before the key; thrumsg writes the options itself."
            raise Refused(reason, Nothing.CHANGED, advice=_WANTED)
        raise Refused(f"{name} holds no public key.", Nothing.CHANGED, advice=_WANTED)
    if problem := why_no_good(key):
        raise Refused(
            f"The key in {name} cannot be used: {problem}.",
            Nothing.CHANGED,
            advice="`ssh-keygen -t ed25519` makes one that can.",
        )
    if not key.comment.isprintable():
        advice = "Write the comment at the end of its line again."
        raise Refused(f"The comment of the key in {name} has control characters.", Nothing.CHANGED, advice=advice)
    return key


def _as_utf8(content: bytes) -> bytes:
    """Return the content without a byte order mark; PowerShell and Notepad write one."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace").encode("utf-8", "replace")
    return content


def _fields(blob: bytes) -> Iterator[bytes]:
    """Yield the fields of a key, each of which follows its length; ValueError if one is cut off."""
    while blob:
        length = int.from_bytes(blob[:4])
        field, rest = blob[4 : 4 + length], blob[4 + length :]
        if len(blob) < 4 + length:
            raise ValueError("cut off")
        yield field
        blob = rest


def _why_no_key(kind: str, fields: list[bytes]) -> str | None:
    """Return what is wrong with the fields that follow the type, or None."""
    match kind, fields:
        case "ssh-ed25519", [point]:
            complete = len(point) == _ED25519_BYTES
        case "sk-ssh-ed25519@openssh.com", [point, application]:
            complete = len(point) == _ED25519_BYTES and bool(application)
        case "sk-ecdsa-sha2-nistp256@openssh.com", [curve, point, application]:
            complete = _is_on(curve, "nistp256", point) and bool(application)
        case "ssh-rsa", [exponent, modulus]:
            bits = int.from_bytes(modulus).bit_length()
            if bits < _RSA_BITS:
                return f"an RSA key needs {_RSA_BITS} bits, and it has {bits}"
            complete = int.from_bytes(exponent) > 1
        case str(), [curve, point]:
            complete = _is_on(curve, kind.removeprefix("ecdsa-sha2-"), point)
        case _:
            complete = False
    return None if complete else "the key is not complete"


def _is_on(curve: bytes, wanted: str, point: bytes) -> bool:
    return curve == wanted.encode() and len(point) == _CURVES.get(wanted) and point.startswith(b"\x04")
