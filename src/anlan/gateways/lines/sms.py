"""SMS by HTTP 短信: 云MAS (norsubmit) and a plain form of ours to which any other platform is fitted by a small program beside it.

The plain form: POST the line's address with `authorization: Bearer <secret>` and `{"messages": [{"key", "to", "text"}]}`;
the answer is `{"messages": [{"key", "state": "taken" | "failed" | "later", "id", "why"}]}`. Receipts: POST `<address>/reports`
with `{"after": mark}`; the answer is `{"mark", "reports": [{"id", "to", "state": "delivered" | "failed", "why"}]}`. The same key
twice is the same message.

云MAS: body is base64 of JSON with `mac` = MD5 of its fields and the secret (three public clients agree); `success` says taken,
never delivered. Not yet seen on a real account: 未经真机.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from anlan.foundation.words import w
from anlan.gateways.lines import http
from anlan.reach.kinds import Kind, Outgoing, Placed, Receipt, Settings
from anlan.reach.rules.states import MessageState

JSON = {"content-type": "application/json"}
STATES = {
    "taken": MessageState.TAKEN, "failed": MessageState.FAILED, "later": MessageState.FAILED_NOW,
    "delivered": MessageState.DELIVERED,
}  # fmt: skip


def signed(settings: Settings, text: str) -> str:
    """【签名】 stands before the text, once."""
    return text if not settings.sign or text.startswith("【") else f"【{settings.sign}】{text}"


@dataclass(frozen=True)
class PlainSms:
    settings: Settings

    def place(self, batch: Sequence[Outgoing]) -> list[Placed]:
        asked = [{"key": each.key, "to": each.to, "text": signed(self.settings, each.text)} for each in batch]
        try:
            status, told = self._ask(self.settings.address, {"messages": asked})
        except OSError as error:
            return [Placed(each.key, MessageState.UNKNOWN, why=type(error).__name__) for each in batch]
        if status in (429, 503):
            return [Placed(each.key, MessageState.FAILED_NOW, why=f"http_{status}") for each in batch]
        if status != 200:
            state = MessageState.UNKNOWN if status >= 500 else MessageState.FAILED
            return [Placed(each.key, state, why=f"http_{status}") for each in batch]
        said = {each.get("key"): each for each in _rows(told, "messages")}
        return [self._one(each.key, said.get(each.key)) for each in batch]

    def _one(self, key: str, said: dict[str, Any] | None) -> Placed:
        if said is None or said.get("state") not in STATES:
            return Placed(key, MessageState.UNKNOWN, why="not_understood")
        return Placed(
            key, STATES[said["state"]], str(said.get("id", ""))[:100], str(said.get("why", ""))[:60]
        )

    def reports(self, after: str) -> tuple[list[Receipt], str]:
        status, told = self._ask(self.settings.address.rstrip("/") + "/reports", {"after": after})
        if status != 200 or not isinstance(told, dict):
            return [], after
        found = [
            Receipt(
                str(each.get("id", "")),
                STATES[each["state"]],
                str(each.get("to", "")),
                str(each.get("why", ""))[:60],
            )
            for each in _rows(told, "reports")
            if each.get("state") in ("delivered", "failed")
        ]
        return found, str(told.get("mark", after))[:200]

    def _ask(self, url: str, body: Any) -> tuple[int, Any]:
        headers = JSON | ({"authorization": f"Bearer {self.settings.secret}"} if self.settings.secret else {})
        status, raw = http.post(url, orjson.dumps(body), headers)
        try:
            return status, orjson.loads(raw)
        except ValueError:
            return status, None


def _rows(told: Any, name: str) -> list[dict[str, Any]]:
    found = told.get(name) if isinstance(told, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


@dataclass(frozen=True)
class MasSms:
    """`account` is “企业名称/apId”, `template` the signature's code (签名编码), `address` the platform's base address."""

    settings: Settings

    def place(self, batch: Sequence[Outgoing]) -> list[Placed]:
        return [self._one(each) for each in batch]

    def body(self, each: Outgoing) -> bytes:
        company, _, ap = self.settings.account.rpartition("/")
        fields = {
            "ecName": company,
            "apId": ap,
            "mobiles": each.to,
            "content": each.text,
            "sign": self.settings.template,
            "addSerial": "",
        }
        told = "".join(
            (
                company,
                ap,
                self.settings.secret,
                each.to,
                each.text,
                self.settings.template,
                fields["addSerial"],
            )
        )
        mac = hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()
        return base64.b64encode(orjson.dumps(fields | {"mac": mac}))

    def _one(self, each: Outgoing) -> Placed:
        url = self.settings.address.rstrip("/") + "/sms/norsubmit"
        try:
            status, raw = http.post(url, self.body(each), JSON)
        except OSError as error:
            return Placed(each.key, MessageState.UNKNOWN, why=type(error).__name__)
        if status != 200:
            return Placed(
                each.key, MessageState.UNKNOWN if status >= 500 else MessageState.FAILED, why=f"http_{status}"
            )
        try:
            told = orjson.loads(raw)
            code = str(told.get("rspcod", ""))
        except (ValueError, AttributeError):
            return Placed(each.key, MessageState.UNKNOWN, why="not_understood")
        if code == "success" and told.get("success") is True:
            return Placed(each.key, MessageState.TAKEN, str(told.get("msgGroup", ""))[:100])
        return Placed(each.key, MessageState.FAILED, why=code[:60] or "not_understood")

    def reports(self, after: str) -> tuple[list[Receipt], str]:
        return [], after


KINDS = (
    Kind(
        name="sms-plain", word=w("短信（通用接口）"), make=PlainSms, batch=100,
        advice=w("地址填短信平台适配程序的地址；接口写在文档“外呼线路”里"),
    ),
    Kind(
        name="sms-mas", word=w("短信（云MAS）"), make=MasSms, needs=("address", "account", "template", "secret"),
        advice=w("向中国移动客户经理申请云MAS，签名报备要 7 到 10 个工作日或更久；账号填“企业名称/apId”，模板填签名编码"),
    ),
)  # fmt: skip
