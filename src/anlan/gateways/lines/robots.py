"""Group robots 群机器人: 企业微信, 政务微信, 钉钉, 飞书. One digest to a group; what a group says is never counted as an answer.

Wire forms as the vendors publish them: robot by URL, text in JSON, 钉钉 and 飞书 signed with HMAC-SHA256 of the time. Not yet
seen on a real group: 未经真机.
"""

import base64
import hashlib
import hmac
import time
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from anlan.foundation.words import w
from anlan.gateways.lines import http
from anlan.reach.kinds import Kind, Outgoing, Placed, Receipt, Settings
from anlan.reach.rules.states import MessageState

BYTES = 2048
"""What a robot's text may hold (企业微信)."""
TOO_OFTEN = {45009, 130101, 9499, 11232}
"""Codes that say: too many a minute (企业微信 45009, 钉钉 130101, 飞书 9499 and 11232)."""


def wecom(settings: Settings, text: str, now: float) -> tuple[str, dict[str, Any]]:
    return settings.secret or settings.address, {"msgtype": "text", "text": {"content": text}}


def dingtalk(settings: Settings, text: str, now: float) -> tuple[str, dict[str, Any]]:
    """加签: the time in ms and HMAC-SHA256 of “time, newline, secret”, keyed with the secret, in the address."""
    url = settings.address
    if settings.secret:
        at = str(int(now * 1000))
        told = hmac.new(
            settings.secret.encode(), f"{at}\n{settings.secret}".encode(), hashlib.sha256
        ).digest()
        sign = urllib.parse.quote_plus(base64.b64encode(told))
        url += f"{'&' if '?' in url else '?'}timestamp={at}&sign={sign}"
    return url, {"msgtype": "text", "text": {"content": text}}


def feishu(settings: Settings, text: str, now: float) -> tuple[str, dict[str, Any]]:
    """签名校验: the time in s; HMAC-SHA256 keyed with “time, newline, secret” over nothing, in the body."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if settings.secret:
        at = str(int(now))
        told = hmac.new(f"{at}\n{settings.secret}".encode(), b"", hashlib.sha256).digest()
        body |= {"timestamp": at, "sign": base64.b64encode(told).decode()}
    return settings.address, body


def cut(text: str, most: int = BYTES) -> str:
    """As many whole characters as fit."""
    raw = text.encode()
    return text if len(raw) <= most else raw[: most - 3].decode(errors="ignore") + "…"


@dataclass(frozen=True)
class Robot:
    """One robot; `write` is its form."""

    settings: Settings
    write: Callable[[Settings, str, float], tuple[str, dict[str, Any]]]

    def place(self, batch: Sequence[Outgoing]) -> list[Placed]:
        return [self._one(each) for each in batch]

    def _one(self, each: Outgoing) -> Placed:
        url, body = self.write(self.settings, cut(each.text), time.time())
        try:
            status, answer = http.post(url, orjson.dumps(body), {"content-type": "application/json"})
        except OSError as error:
            return Placed(each.key, MessageState.UNKNOWN, why=type(error).__name__)
        if status >= 500:
            return Placed(each.key, MessageState.UNKNOWN, why=f"http_{status}")
        return self._said(each.key, status, answer)

    def _said(self, key: str, status: int, answer: bytes) -> Placed:
        """A robot answers 200 also when it refuses: its own code counts."""
        try:
            told = orjson.loads(answer)
            code = int(told.get("errcode", told.get("code", told.get("StatusCode", -1))))
        except (ValueError, TypeError, AttributeError):
            return Placed(key, MessageState.FAILED_NOW, why="not_understood")
        if status == 200 and code == 0:
            return Placed(key, MessageState.TAKEN)
        state = MessageState.FAILED_NOW if code in TOO_OFTEN or status == 429 else MessageState.FAILED
        return Placed(key, state, why=f"code_{code}")

    def reports(self, after: str) -> tuple[list[Receipt], str]:
        return [], after


def _kind(name: str, word: str, write: Callable[..., Any], advice: str) -> Kind:
    return Kind(
        name=name,
        word=word,
        make=partial(Robot, write=write),
        to_group=True,
        advice=advice,
        longest=BYTES // 3,
    )


KINDS = (
    _kind("wecom-robot", w("企业微信群机器人"), wecom,
          w("在群里添加群机器人，把它的地址填在“地址”。每分钟 20 条")),
    _kind("dingtalk-robot", w("钉钉群机器人"), dingtalk,
          w("在群里添加自定义机器人，安全设置选“加签”，密钥填在“密钥”。每分钟超过 20 条会被停十分钟")),
    _kind("feishu-robot", w("飞书群机器人"), feishu,
          w("在群里添加自定义机器人，可选“签名校验”，密钥填在“密钥”")),
)  # fmt: skip
