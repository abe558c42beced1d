"""Signing in elsewhere: out to the provider with a state of this browser's own, back with a code or ticket, and who it is.

OAuth 2.0 with PKCE, OpenID Connect, and their Chinese relatives are one way: an address to go to and questions to ask, as the pack
says. The ID token comes straight from the provider over TLS, so its claims are checked and its signature need not be (OpenID Connect
Core 1.0, 3.1.3.7, 6). CAS answers a ticket by XML (CAS protocol 3.0, 2.5).
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from anlan.people.elsewhere.asking import NoAnswer, ask
from anlan.people.elsewhere.setup import Provider

CAS = "{http://www.yale.edu/tp/cas}"
NAMED = re.compile(r"\{([\w.]+)\}")
LEEWAY_SECONDS = 60
LONGEST = 2000
"""Of a code or ticket."""


def begin() -> dict[str, str]:
    """What this browser alone knows until it is back."""
    return {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}


def address(provider: Provider, own: Mapping[str, str]) -> str:
    """Where the browser is sent."""
    way, values = provider.way, _values(provider, own)
    query = {name: _put(text, values) for name, text in way["query"].items()}
    return f"{_put(way['authorize'], values)}?{urlencode(query)}{way.get('fragment', '')}"


def who(
    provider: Provider, own: Mapping[str, str], given: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """What the provider tells of whoever came back, names in small letters. Raises: NoAnswer."""
    if not secrets.compare_digest(given.get("state", "").encode(), own["state"].encode()):
        raise NoAnswer("it came back with another state", is_no=True)
    code = given.get("ticket" if provider.way["protocol"] == "cas" else "code", "")
    if not code or len(code) > LONGEST:
        raise NoAnswer("it came back without a code", is_no=True)
    values = {**_values(provider, own), "code": code}
    if provider.way["protocol"] == "cas":
        url = f"{_put(provider.way['validate'], values)}?{urlencode({'service': values['service'], 'ticket': code})}"
        return cas(ask(url))
    return _asked(provider, values, now)


def _asked(provider: Provider, values: dict[str, str], now: datetime) -> dict[str, str]:
    """The pack's questions one after the other; each may use what those before it were told."""
    told: dict[str, str] = {}
    for call in provider.way["call"]:
        parts = {
            name: {key: _put(text, values) for key, text in call[name].items()}
            for name in ("form", "body", "headers")
            if name in call
        }
        query = {key: _put(text, values) for key, text in call.get("query", {}).items()}
        url = _put(call["url"], values)
        try:
            answer = json.loads(ask(f"{url}?{urlencode(query)}" if query else url, **parts))
        except ValueError as error:
            raise NoAnswer("its answer is no JSON") from error
        found = flat(answer)
        if any(name not in found for name in call.get("needs", ())):
            raise NoAnswer(f"it gave no {call['needs'][0]}", is_no=True)
        values.update({f"told.{name}": text for name, text in found.items()})
        if call.get("is_person"):
            if told.get("sub", found.get("sub")) != found.get("sub"):
                raise NoAnswer("it tells of somebody else", is_no=True)
            told |= found
        if call.get("has_id_token"):
            told |= claims(found["id_token"], values, now)
    return told


def claims(token: str, values: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What an ID token says, if it was made for us, now, and for this very sign-in. Raises: NoAnswer."""
    try:
        middle = token.split(".")[1]
        said = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        audience = said["aud"] if isinstance(said["aud"], list) else [said["aud"]]
        fits = (
            said["iss"] == values["issuer"]
            and values["client_id"] in audience
            and said.get("nonce") == values["nonce"]
            and float(said["exp"]) > now.timestamp() - LEEWAY_SECONDS
        )
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise NoAnswer("its ID token cannot be read") from error
    if not fits:
        raise NoAnswer("its ID token is not for this sign-in", is_no=True)
    return flat(said)


def cas(text: bytes) -> dict[str, str]:
    """The user and attributes of a CAS answer. Raises: NoAnswer."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise NoAnswer("its answer is no XML") from error
    if root.getroottree().docinfo.doctype:
        raise NoAnswer("its answer brings a document type")
    user = root.findtext(f"{CAS}authenticationSuccess/{CAS}user", "").strip()
    if root.tag != f"{CAS}serviceResponse" or not user:
        raise NoAnswer("the ticket does not hold", is_no=True)
    found = root.iterfind(f"{CAS}authenticationSuccess/{CAS}attributes/*")
    more = {
        etree.QName(each).localname.lower(): (each.text or "").strip()
        for each in found
        if isinstance(each.tag, str)
    }
    return {**more, "user": user}


def flat(answer: Any, before: str = "") -> dict[str, str]:
    """Names in small letters, those within others after a dot; nothing but text and whole numbers."""
    found: dict[str, str] = {}
    for name, value in answer.items() if isinstance(answer, dict) else ():
        key = f"{before}{name}".lower()
        if isinstance(value, dict) and not before:
            found |= flat(value, f"{key}.")
        elif isinstance(value, str | int) and not isinstance(value, bool):
            found[key] = str(value)
    return found


def _values(provider: Provider, own: Mapping[str, str]) -> dict[str, str]:
    digest = hashlib.sha256(own["verifier"].encode()).digest()
    return {
        **provider.way.get("values", {}),
        **provider.values,
        **own,
        "challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "back": provider.back,
        "service": f"{provider.back}?{urlencode({'state': own['state']})}",
    }


def _put(text: str, values: Mapping[str, str]) -> str:
    """`{name}` for what it stands for, once. Raises: NoAnswer for a name that `sign-in.toml` does not give."""
    try:
        return NAMED.sub(lambda found: values[found[1]], text)
    except KeyError as error:
        raise NoAnswer(f"{error} is not set in sign-in.toml") from error
