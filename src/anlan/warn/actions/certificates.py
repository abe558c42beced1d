"""Pin and unpin the certificate of an issuer: from then on its signed files verify, or no longer do."""

import os

from cryptography.hazmat.primitives import serialization

from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict
from anlan.places.atlas import atlas
from anlan.warn import pins
from anlan.wire.cap import signature


def pin(ctx: Ctx, *, data: bytes) -> pins.Pin:
    """Trust this certificate (PEM). Raises: Invalid for what is none, or has expired; Conflict when it is pinned already."""
    ctx.require("admin.manage")
    certificate = pins.read(data, now=ctx.now)
    found = pins.Pin(
        path=pins.folder() / f"{signature.fingerprint(certificate)[:32]}.pem", certificate=certificate
    )
    if any(each.fingerprint == found.fingerprint for each in pins.pins()):
        raise Conflict("这张证书已经存过了，不用再存。")
    own = found.path.with_suffix(f".{os.getpid()}.new")
    own.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    with action(ctx, "admin.manage"):
        told = {
            "fingerprint": found.fingerprint,
            "valid_from": found.valid_from,
            "valid_to": found.valid_to,
            "exercise": found.is_exercise,
        }
        journal.append(
            ctx,
            "warn.certificate.pinned",
            refs={"certificate": found.ref},
            body=told,
            place=atlas().city.path,
        )
        own.replace(found.path)  # last: a file without an entry would be trust that nobody gave
    return found


def unpin(ctx: Ctx, *, ref: str) -> None:
    """Trust it no longer. What came in by it stays as it was taken in. Raises: NotFound."""
    ctx.require("admin.manage")
    found = pins.the_pin(ref)
    with action(ctx, "admin.manage"):
        journal.append(
            ctx,
            "warn.certificate.unpinned",
            refs={"certificate": found.ref},
            body={"fingerprint": found.fingerprint},
            place=atlas().city.path,
        )
        found.path.unlink()
