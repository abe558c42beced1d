"""Checkpoints of the journal, signed and kept outside the database, so that a cut or rewritten chain is seen.

`checkpoints/<world>.jsonl` holds one line each: sequence, hash, real time, Ed25519 signature over the three. A chain that was rewritten whole
fits itself; it does not fit what was signed before.
"""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anlan.foundation import journal
from anlan.foundation.context import WorldInfo
from anlan.foundation.home import home, secret
from anlan.foundation.models import JournalEntry


def _file(world: WorldInfo) -> Path:
    folder = home() / "checkpoints"
    folder.mkdir(exist_ok=True)
    return folder / f"{world.key}.jsonl"


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret("checkpoint-k1"))


def write(world: WorldInfo) -> bool:
    """Sign the present head; nothing is written when it was signed already."""
    head = journal.head(world)
    path = _file(world)
    last = read(world)
    if head.seq == 0 or (last and last[-1]["seq"] >= head.seq):
        return False
    row = {"seq": head.seq, "hash": head.hash, "at": journal.utc(datetime.now(UTC))}
    row["signature"] = base64.b64encode(_key().sign(journal.canonical(row).encode())).decode()
    with path.open("a") as file:
        file.write(json.dumps(row) + "\n")
    return True


def read(world: WorldInfo) -> list[dict[str, object]]:
    path = _file(world)
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def fault(world: WorldInfo) -> tuple[int, str] | None:
    """The first checkpoint that the chain no longer fits: its sequence number and why."""
    public = _key().public_key()
    for row in read(world):
        signature = base64.b64decode(str(row.pop("signature")))
        seq = int(str(row["seq"]))
        try:
            public.verify(signature, journal.canonical(row).encode())
        except InvalidSignature:
            return seq, "the checkpoint itself was changed"
        entry = JournalEntry.objects.filter(world_id=world.id, seq=seq).first()
        if entry is None:
            return seq, "entries up to a signed checkpoint are missing"
        if entry.hash != row["hash"]:
            return seq, "the chain was rewritten after this checkpoint was signed"
    return None
