"""Identity keys 签名密钥 of issuing units, in `ANLAN_HOME/keys`: drawn at the first use, readable by their owner alone.

An exercise signs with another key than the real night; its certificate says so in its subject. Receivers pin the
certificate (its fingerprint stands on the alert's page); the key never leaves the folder.
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.wire.cap.signature import Identity, make_identity

EXERCISES_SINCE = datetime(1990, 1, 1, tzinfo=UTC)
"""An exercise may play any night of the past: its certificate must have been valid then."""
EXERCISE_DAYS = 100 * 365


def of_unit(ctx: Ctx, *, ref: str, name: str) -> Identity:
    """The unit's key and certificate in this world's kind."""
    folder = home() / "keys"
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / f"{'unit' if ctx.world.is_live else 'exercise'}-{re.sub(r'[^0-9A-Za-z_-]', '_', ref)}.pem"
    if not path.exists():
        _draw(ctx, path, name)
    pem = path.read_bytes()
    key, mark, certificate = pem.partition(b"-----BEGIN CERTIFICATE-----")
    return Identity(
        key=load_pem_private_key(key, password=None),  # type: ignore[arg-type]
        certificate=x509.load_pem_x509_certificate(mark + certificate),
    )


def certificate_of(ctx: Ctx, *, ref: str, name: str) -> x509.Certificate:
    """What a receiver pins."""
    return of_unit(ctx, ref=ref, name=name).certificate


def _draw(ctx: Ctx, path: Path, name: str) -> None:
    """Draw the identity once; when two processes draw at the same moment, the first one's stands."""
    made = (
        make_identity(name, ctx.now, exercise=False)
        if ctx.world.is_live
        else make_identity(name, EXERCISES_SINCE, days=EXERCISE_DAYS, exercise=True)
    )
    own = path.with_suffix(f".{os.getpid()}.new")
    handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(made.key_pem() + made.certificate_pem())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(own, path)
    except FileExistsError:
        pass  # somebody was quicker: theirs is the unit's
    finally:
        own.unlink()
