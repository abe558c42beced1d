"""Columns of what names a person: sealed on the way in, masked on the way out."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q

from anlan.foundation import crypto
from anlan.foundation.words import say, t, w
from anlan.registers.columns import Bad, Column, Look


class Masked(str):
    """A name or number as an export shows it: it stays as it is, where it is the same one."""


@dataclass(frozen=True, kw_only=True)
class Sealed(Column):
    """姓名、电话: sealed on the way in, masked on the way out, found by the whole value alone.

    `bound` is what its seal is bound to: the entry's ref, by the model's own way of telling it.
    """

    phone: bool = False
    bound: Callable[[Any], str] = lambda row: str(row.ref)
    most: int = 40
    is_sealed: ClassVar[bool] = True
    sorts: ClassVar[bool] = False

    @property
    def kind(self) -> str:  # type: ignore[override]
        return "phone" if self.phone else "text"

    @property
    def index(self) -> str:
        return f"{self.at}_index"

    def read(self, text: str, look: Look) -> str:
        if "*" in text:
            return Masked(text)
        if self.phone:
            return read_phone(text)
        text = " ".join(unicodedata.normalize("NFC", text).split())
        if len(text) > self.most:
            raise Bad(say("最多 {n} 个字", n=self.most))
        return text

    def of(self, row: Any) -> str:
        sealed = getattr(row, f"{self.at}_sealed")
        return crypto.unseal(sealed, self.bound(row)) if sealed else ""

    def put(self, row: Any, value: Any) -> None:
        setattr(row, f"{self.at}_sealed", crypto.seal(value, self.bound(row)) if value else "")
        if hasattr(row, self.index):
            setattr(row, self.index, self.key(value) if value else "")

    def among(self, values: Sequence[Any]) -> Q:
        return Q(**{f"{self.index}__in": values})

    def key_of(self, row: Any) -> str:
        return str(getattr(row, self.index))

    def key(self, value: Any) -> str:
        return crypto.blind(crypto.normal_phone(value) if self.phone else crypto.normal_name(value))

    def masked(self, value: str) -> str:
        return crypto.mask_phone(value) if self.phone and value else crypto.mask_name(value)

    def shown(self, row: Any) -> str:
        return self.masked(self.of(row))

    def typed(self, row: Any) -> str:
        return ""  # left empty it stays as it is

    def wired(self, row: Any) -> Any:
        return self.shown(row)

    def told(self, value: Any) -> Any:
        return bool(value)

    def frozen(self, value: Any, ref: str) -> Any:
        return crypto.seal(value, f"{ref}/{self.name}/revision") if value else ""

    def thawed(self, kept: Any, ref: str) -> Any:
        return crypto.unseal(kept, f"{ref}/{self.name}/revision") if kept else ""

    def told_in_words(self, told: Any, lang: str) -> str:
        return t(lang, w("（不记内容）")) if told else ""

    def q(self, text: str, look: Look) -> Q:
        return self.found(text)

    def found(self, text: str) -> Q:
        return Q(**{self.index: self.key(text)})


def read_phone(text: str) -> str:
    """One telephone number of one person, in its one form. Raises: Bad."""
    plain = unicodedata.normalize("NFKC", text)
    if len(re.findall(r"\d{7,}", re.sub(r"(?<=\d)[ -](?=\d)", "", plain))) > 1 or re.search(
        r"[、,;/]", plain
    ):
        raise Bad(say("一格只填一个号码，另一个请另填一行"))
    number = crypto.normal_phone(plain)
    if re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7}|(400|800)\d{7}|1[12]\d|(12|95|96)\d{3}", number):
        return number
    raise Bad(say("电话号码不对：手机 11 位，座机带区号"))
