"""Checkpoints of the journal, signed and kept outside the database, so that a cut or rewritten chain is seen.

`checkpoints/<world>.jsonl` holds one line each: sequence, hash, real time, id of the key, Ed25519 signature
over them. A chain that was rewritten whole fits itself; it does not fit what was signed before.
`checkpoints/<key id>.pub` is the public key, so that whoever holds a copy of the folder can check it
without the secret one, on another machine too.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anlan.foundation import journal
from anlan.foundation.context import WorldInfo
from anlan.foundation.home import home, secret
from anlan.foundation.models import JournalEntry

KEY = "checkpoint-k1"
SIGNED = ("seq", "hash", "at", "key")


def folder() -> Path:
    """Where checkpoints lie; copy it off the machine."""
    found = home() / "checkpoints"
    found.mkdir(exist_ok=True)
    return found


def write(world: WorldInfo) -> bool:
    """Sign the present head; nothing is written when it was signed already."""
    head = journal.head(world)
    last = read(world)
    if head.seq == 0 or (last and last[-1]["seq"] >= head.seq):
        return False
    key = _key()
    row = {"seq": head.seq, "hash": head.hash, "at": journal.utc(datetime.now(UTC)), "key": _publish(key)}
    row["signature"] = base64.b64encode(key.sign(journal.canonical(row).encode())).decode()
    with _file(world).open("ab") as file:
        file.truncate(len(_whole(world)))  # what a full disk cut off
        file.write(json.dumps(row).encode() + b"\n")
    return True


def sign(message: bytes) -> bytes:
    """A signature of this installation over something that leaves the machine, a backup's manifest."""
    return base64.b64encode(_key().sign(message))


def public_here() -> bytes | None:
    """This installation's own public key, where its secret one lies in the keys folder; none is drawn for it."""
    return _raw(_key()) if (home() / "keys" / KEY).exists() else None


def is_signed_by(raw: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of a public key signed exactly this."""
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def read(world: WorldInfo) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _whole(world).splitlines()]


def _whole(world: WorldInfo) -> bytes:
    """The file up to its last whole line."""
    path = _file(world)
    told = path.read_bytes() if path.exists() else b""
    return told[: told.rfind(b"\n") + 1]


def fault(world: WorldInfo) -> tuple[int, str] | None:
    """The first checkpoint that the chain no longer fits: its sequence number and why."""
    for row in read(world):
        seq = int(row["seq"])
        if not _is_signed(row):
            return seq, "the checkpoint itself was changed, or its public key is missing"
        entry = JournalEntry.objects.filter(world_id=world.id, seq=seq).first()
        if entry is None:
            return seq, "entries up to a signed checkpoint are missing"
        if entry.hash != row["hash"]:
            return seq, "the chain was rewritten after this checkpoint was signed"
    return None


def _file(world: WorldInfo) -> Path:
    return folder() / f"{world.key}.jsonl"


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret(KEY))


def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _publish(key: Ed25519PrivateKey) -> str:
    """Lay the public key beside the checkpoints; returns its id."""
    raw = _raw(key)
    name = hashlib.sha256(raw).hexdigest()[:16]
    path = folder() / f"{name}.pub"
    if not path.exists():
        path.write_text(base64.b64encode(raw).decode() + "\n")
    return name


def _is_signed(row: dict[str, Any]) -> bool:
    name = str(row.get("key", ""))
    path = folder() / f"{name}.pub"
    if not name.isalnum() or not path.exists():
        return False
    raw = base64.b64decode(path.read_text())
    if hashlib.sha256(raw).hexdigest()[:16] != name:
        return False
    told = journal.canonical({field: row[field] for field in SIGNED})
    return is_signed_by(raw, told.encode(), row["signature"].encode())
