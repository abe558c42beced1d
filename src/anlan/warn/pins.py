"""Pinned certificates 已存证书: the issuers whose signed files we trust, each a PEM file in `ANLAN_HOME/pinned`.

The folder alone counts. Who put a certificate there, and when, stands in the live world's journal; one that was laid there
by hand has no such entry.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from anlan.foundation.errors import Invalid, NotFound
from anlan.foundation.home import home
from anlan.wire.cap.signature import SMALLEST_RSA, fingerprint

log = logging.getLogger(__name__)
PINNED = "pinned"
MARK = b"-----BEGIN CERTIFICATE-----"
LARGEST = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One pinned certificate; `ref` is the beginning of its fingerprint, by which journal and addresses name it."""

    path: Path
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.certificate)

    @property
    def ref(self) -> str:
        return self.fingerprint[:32]

    @property
    def subject(self) -> str:
        """Whose it is: the common name, else the whole subject."""
        return _attribute(self.certificate, NameOID.COMMON_NAME) or self.certificate.subject.rfc4514_string()

    @property
    def is_exercise(self) -> bool:
        return "EXERCISE" in _attribute(self.certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)

    @property
    def valid_from(self) -> datetime:
        return self.certificate.not_valid_before_utc

    @property
    def valid_to(self) -> datetime:
        return self.certificate.not_valid_after_utc


def _attribute(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def folder() -> Path:
    """Where they lie; made at the first use."""
    path = home() / PINNED
    path.mkdir(exist_ok=True)
    return path


def pins() -> list[Pin]:
    """All pinned certificates in the order of their file names; a file that cannot be read is logged and trusts nobody."""
    found = []
    for path in sorted((home() / PINNED).glob("*.pem")):
        try:
            found.append(Pin(path=path, certificate=x509.load_pem_x509_certificate(path.read_bytes())))
        except ValueError:
            log.error("%s is no certificate: it trusts nobody; lay a PEM file there, or remove it", path)
    return found


def the_pin(ref: str) -> Pin:
    """Raises: NotFound."""
    found = next((pin for pin in pins() if pin.ref == ref), None)
    if found is None:
        raise NotFound("没有这张证书，可能已经撤下。请从证书列表里选。")
    return found


def read(data: bytes, *, now: datetime) -> x509.Certificate:
    """The one certificate in an uploaded file. Raises: Invalid, with what to ask the issuer for."""
    if b"PRIVATE KEY" in data:
        raise Invalid("这个文件里有私钥，不能上传。私钥只能留在发布单位；请对方换密钥，只发证书（PEM）。")
    if data.count(MARK) != 1 or len(data) > LARGEST:
        raise Invalid("这不是一张证书。请上传 PEM 文件，里面只有一段 BEGIN CERTIFICATE。")
    try:
        certificate = x509.load_pem_x509_certificate(data)
        key = certificate.public_key()
    except ValueError:
        raise Invalid("证书读不出来，文件可能没有传全。请向发布单位重新要一份 PEM 文件。") from None
    if certificate.not_valid_after_utc <= now:
        day = certificate.not_valid_after_utc.date().isoformat()
        raise Invalid("证书 {day} 已经过期，验不了现在的预警。请向发布单位要新证书。", day=day)
    is_rsa = isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA
    if not is_rsa and not isinstance(key, ec.EllipticCurvePublicKey):
        raise Invalid("证书的密钥太弱或不认识。请发布单位用 RSA 2048 位以上或 P-256。")
    return certificate
