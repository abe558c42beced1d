"""时刻: a column that reads Beijing time and keeps UTC."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms

from anlan.foundation.words import say
from anlan.foundation.worlds import BEIJING
from anlan.registers.columns import Bad, Column, Look


@dataclass(frozen=True, kw_only=True)
class Moment(Column):
    kind: ClassVar[str] = "moment"
    wire: ClassVar[Any] = datetime

    def read(self, text: str, look: Look) -> datetime:
        plain = (
            re.sub(r"[年月/]", "-", unicodedata.normalize("NFKC", text)).replace("日", " ").replace("  ", " ")
        )
        try:
            at = datetime.fromisoformat(plain.strip())
        except ValueError:
            raise Bad(say("时间写成 2026-07-01 08:30 这样，北京时间")) from None
        return (at if at.tzinfo else at.replace(tzinfo=BEIJING)).astimezone(UTC)

    def emptied(self) -> Any:
        return None

    def shown(self, row: Any) -> str:
        value = self.of(row)
        return "" if value is None else value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")

    def told(self, value: Any) -> Any:
        return value

    def thawed(self, kept: Any, ref: str) -> Any:
        return datetime.fromisoformat(kept) if kept else None

    def widget(self) -> forms.Widget:
        return forms.TextInput({"placeholder": "2026-07-01 08:30"})
