"""别处登录: which sign-ins beside our own are set up, and whom they let in as whom. All of it stands in `sign-in.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anlan.foundation import packs
from anlan.foundation.errors import Invalid, NotFound
from anlan.foundation.home import home
from anlan.foundation.words import w

FILE = "sign-in.toml"
NAME = re.compile(r"[a-z0-9-]{1,20}")
HERE = frozenset({"127.0.0.1", "localhost", "::1"})
OPEN_TO_OTHERS = 0o077


@dataclass(frozen=True)
class Rule:
    """Who is which account: an attribute that the provider tells, its value ("" for any), a user name or `{value}`."""

    provider: str
    attribute: str
    account: str
    value: str = ""


@dataclass(frozen=True)
class Provider:
    """A sign-in elsewhere: its pack says how it speaks, `values` what is ours there, `back` where browsers return to."""

    id: str
    word: str
    pack: str
    back: str
    values: Mapping[str, str]
    second_factor: bool = False

    @property
    def way(self) -> Mapping[str, Any]:
        """How it speaks: the pack's `[sign_in]`."""
        told: Mapping[str, Any] = packs.get(self.pack, home=home()).data["sign_in"]
        return told


@dataclass(frozen=True)
class Setup:
    providers: tuple[Provider, ...] = ()
    rules: tuple[Rule, ...] = ()


def setup() -> Setup:
    """What is set up now. Raises: Invalid, with what to mend in the file."""
    path = home() / FILE
    try:
        stat = path.stat()
    except FileNotFoundError:
        return Setup()
    if stat.st_mode & OPEN_TO_OTHERS:
        raise Invalid(w("{file} 里有密钥，别的用户也能读。请执行 chmod 600 {file}。"), file=path)
    return _read(path, stat.st_mtime_ns)


@lru_cache(maxsize=1)
def _read(path: Path, _: int) -> Setup:
    try:
        return parse(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid(w("{file} 看不懂：{why}。请照部署说明改正。"), file=path, why=error) from error


def parse(told: Mapping[str, Any]) -> Setup:
    """Raises ValueError, KeyError or TypeError for what cannot be right."""
    address = told["address"].rstrip("/")
    if not is_safe(address):
        raise ValueError(f"address {address!r} is not https")
    providers = []
    for each in told.get("provider", ()):
        if not NAME.fullmatch(each["id"]):
            raise ValueError(f"provider id {each['id']!r}: small letters, digits and dashes")
        values = {name: str(value) for name, value in each.get("values", {}).items()}
        if unsafe := [name for name in values if name.endswith("_url") and not is_safe(values[name])]:
            raise ValueError(f"{each['id']}: {unsafe[0]} is not https")
        back = f"{address}/sign-in/with/{each['id']}/back"
        providers.append(
            Provider(each["id"], each["word"], each["pack"], back, values, each.get("second_factor") is True)
        )
    names = {each.id for each in providers}
    rules = tuple(Rule(**each) for each in told.get("rule", ()))
    if lost := [rule.provider for rule in rules if rule.provider not in names]:
        raise ValueError(f"a rule names the provider {lost[0]!r}, which is not there")
    return Setup(tuple(providers), rules)


def is_safe(url: str) -> bool:
    """Whether nobody on the way reads along."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)


def provider(name: str) -> Provider:
    """Raises: NotFound."""
    found = next((each for each in setup().providers if each.id == name), None)
    if found is None:
        raise NotFound(w("没有设置这种登录方式。请用用户名和密码登录。"))
    return found


def username_of(rules: tuple[Rule, ...], name: str, told: Mapping[str, str]) -> str:
    """The account that the first fitting rule names; "" where none does: nobody is let in by mere signing in elsewhere."""
    for rule in rules:
        value = told.get(rule.attribute.lower(), "")
        if rule.provider == name and value and rule.value in ("", value):
            return rule.account.replace("{value}", value)
    return ""
