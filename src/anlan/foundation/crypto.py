"""Secrets at rest: names and phones are sealed, found again by a keyed hash, and opened only where they are needed.

A sealed value is `g1:<key id>:<base64 of nonce and AES-256-GCM text>`; the prefix names suite and key, so
that another suite (SM4-GCM) or a new key can come beside it. The record's ref is associated data: a sealed
phone copied to another row does not open.
"""

import base64
import hmac
import re
import secrets
from decimal import Decimal
from functools import cache, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anlan.foundation.home import home, secret
from anlan.wire import tables

SUITE = "g1"
KEY_ID = "k1"


class Unsealable(ValueError):
    """The value does not open with this key for this record. Restore the `keys` folder that belongs to this database."""


@cache
def _cipher(key_id: str) -> AESGCM:
    return AESGCM(secret(f"seal-{key_id}"))


def seal(value: str, ref: str) -> str:
    """Encrypt a name or a number for the record `ref`."""
    nonce = secrets.token_bytes(12)
    body = _cipher(KEY_ID).encrypt(nonce, value.encode(), ref.encode())
    return f"{SUITE}:{KEY_ID}:{base64.b64encode(nonce + body).decode()}"


def unseal(sealed: str, ref: str) -> str:
    """Decrypt what `seal` made for the same `ref`. Raises Unsealable; a key that is not there is never drawn."""
    suite, _, rest = sealed.partition(":")
    key_id, _, text = rest.partition(":")
    if suite != SUITE:
        raise Unsealable(f"{ref}: suite {suite[:8]!r} is not known here; update anlan")
    if not key_id.isalnum() or not (home() / "keys" / f"seal-{key_id}").exists():
        raise Unsealable(
            f"{ref}: the key {key_id[:8]!r} is not here; restore the keys folder of this database"
        )
    try:
        raw = base64.b64decode(text, validate=True)
        return _cipher(key_id).decrypt(raw[:12], raw[12:], ref.encode()).decode()
    except (InvalidTag, ValueError):
        raise Unsealable(
            f"{ref}: the seal does not open; is the keys folder the one of this database?"
        ) from None


@cache
def _index_key() -> bytes:
    return secret("index-k1")


def blind(value: str) -> str:
    """Keyed hash by which a person is found by exact name or normalised phone."""
    return hmac.digest(_index_key(), value.strip().encode(), "sha256").hex()[:32]


@lru_cache(maxsize=1 << 14)
def normal_name(name: str) -> str:
    """One form of a name for index and search: full width, spaces between characters and the dots of names made alike."""
    text = re.sub(r"\s*[·•‧∙⋅・]\s*|(?<=[^\x00-\x7f])\s*\.\s*(?=[^\x00-\x7f])", "·", tables.plain(name))
    joined = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", " ".join(text.split()))
    return tables.plain(joined)


def normal_phone(number: str) -> str:
    """Digits only, without the country's prefix, a 0 before a mobile or what a spreadsheet added; a landline keeps its 0."""
    text = re.sub(r"(?<=\d)\.0+$", "", tables.plain(number))
    if found := re.fullmatch(r"\d(\.\d+)?[eE]\+?1\d", text):
        text = f"{Decimal(found[0]):f}"
    digits = "".join(c for c in text if c.isdigit())
    abroad = re.fullmatch(r"(?:00|0)?86(\d{10,})", digits)
    home = abroad[1] if abroad else digits
    if re.fullmatch(r"01[3-9]\d{9}", home):
        return home[1:]
    is_landline = abroad and len(home) == 10 and not home.startswith(("0", "400", "800"))
    return f"0{home}" if is_landline else home


def mask_phone(number: str) -> str:
    """138 **** 4417: enough to recognise, too little to call."""
    digits = normal_phone(number)
    return f"{digits[:3]} **** {digits[-4:]}" if len(digits) >= 8 else "****"


def mask_name(name: str) -> str:
    """The surname and stars."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def token(*parts: str) -> str:
    """A link token that needs no row: keyed hash of its parts (24 URL-safe characters, 144 bits)."""
    digest = hmac.digest(secret("links-k1"), "\x1f".join(parts).encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:18]).decode()
