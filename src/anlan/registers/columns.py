"""Columns 列: what each reads (from a form, a cell, JSON), how it is kept, shown, found, and told to journal and API.

What a column cannot read is a `Bad` with a sentence. A room brings its own by a subclass: places its place, people its unit.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, say, t, w
from anlan.foundation.worlds import beijing
from anlan.registers.books.heads import Head

CLEARED = "—"
"""In a file, or to the API: the cell is emptied; an empty one stays as it is."""


class Bad(ValueError):
    """A cell that cannot be right."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why.zh)
        self.why = why


def chunks(values: Sequence[Any], size: int = 900) -> Iterable[Sequence[Any]]:
    return (values[at : at + size] for at in range(0, len(values), size))


@dataclass
class Look:
    """What columns read by: who asks and when, and what `resolve_many` found of other tables, by column and text."""

    ctx: Ctx
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    lang: str = "zh"
    cells: Mapping[str, str] = field(default_factory=dict)  # of the row that is being read

    @property
    def today(self) -> date:
        return beijing(self.ctx.now).date()


@dataclass(frozen=True, kw_only=True)
class Column:
    """`field` is the model's, where it is not called like the column; `find`: the box of the list looks here."""

    name: str
    word: str
    field: str = ""
    required: bool = False
    find: bool = False
    filter: bool = False
    listed: bool = True
    fixed: bool = False  # once said, it stays: a code, a ref
    default: Any = None  # of a new entry whose cell is empty
    hint: str = ""
    aliases: tuple[str, ...] = ()
    kind: ClassVar[str] = "text"
    wire: ClassVar[Any] = str
    is_sealed: ClassVar[bool] = False
    is_many: ClassVar[bool] = False
    is_beside: ClassVar[bool] = False  # kept in another table: `put_many` writes it
    sorts: ClassVar[bool] = True
    is_typed: ClassVar[bool] = True  # False: it comes about by steps, and is never typed

    @property
    def at(self) -> str:
        return self.field or self.name

    # ---------- in ----------
    def resolve_many(self, look: Look, texts: set[str]) -> dict[str, Any]:
        """For columns that look into other tables: each text's value or `Bad`, in one query."""
        return {}

    def read(self, text: str, look: Look) -> Any:
        """The value of a text that is not empty. Raises: Bad."""
        return text

    def emptied(self) -> Any:
        return self.default if self.default is not None else ""

    # ---------- kept ----------
    def of(self, row: Any) -> Any:
        return getattr(row, self.at)

    def put(self, row: Any, value: Any) -> None:
        setattr(row, self.at, value)

    def load(self, rows: Sequence[Any]) -> None:
        """For columns beside the table: read what `of` gives for all these rows, at once."""

    def prepare(self, rows: Sequence[tuple[Any, Any]]) -> None:
        """For columns beside the table: what is slow of `put_many` (sealing), for the same rows, before the lock is taken."""

    def mark(self, row: Any) -> Any:
        """What tells that it changed: as it is kept, where `of` would have to unseal it."""
        return self.of(row)

    def put_many(self, rows: Sequence[tuple[Any, Any]]) -> None:
        """For columns beside the table: (row, value) of all that changed, once the rows stand."""

    def key_of(self, row: Any) -> Any:
        """As entries are matched by this column."""
        return self.of(row)

    def key(self, value: Any) -> Any:
        return value

    def among(self, values: Sequence[Any]) -> Q:
        """Rows whose key column is one of these."""
        return Q(**{f"{self.at}__in": values})

    # ---------- out ----------
    def shown(self, row: Any) -> str:
        """As pages and files show it, in Chinese; `said` in the reader's language."""
        value = self.of(row)
        return "" if value is None else str(value)

    def said(self, row: Any, lang: str) -> str:
        return self.shown(row)

    def filed(self, row: Any) -> str:
        """As an export has it, so that it can be read again."""
        return self.shown(row)

    def typed(self, row: Any) -> str:
        """As the form has it before anybody changes it."""
        return self.shown(row)

    def wired(self, row: Any) -> Any:
        return self.of(row)

    def told(self, value: Any) -> Any:
        """What the journal holds of it: never a name, never a number of a person, never a float."""
        return (
            value.isoformat()
            if isinstance(value, date)
            else str(value)
            if isinstance(value, float)
            else value
        )

    def teller(self, values: Iterable[Any], ctx: Ctx) -> Callable[[Any], Any]:
        """`told` for the values of one save."""
        return self.told

    def frozen(self, value: Any, ref: str) -> Any:
        """As a revision of the entry keeps it, to be taken back."""
        return (
            value.isoformat()
            if isinstance(value, date)
            else list(value)
            if isinstance(value, tuple)
            else value
        )

    def thawed(self, kept: Any, ref: str) -> Any:
        return kept

    def told_in_words(self, told: Any, lang: str) -> str:
        return "" if told is None else "、".join(map(str, told)) if isinstance(told, list) else str(told)

    # ---------- found ----------
    def q(self, text: str, look: Look) -> Q:
        """Rows whose column is this. Raises: Bad."""
        look.known.setdefault(self.name, {}).update(self.resolve_many(look, {text}))
        return Q(**{self.at: self.read(text, look)})

    def found(self, text: str) -> Q:
        return Q(**{f"{self.at}__contains": text})

    def narrowed(self, text: str, look: Look) -> Q:
        """As a filter says it: `!x` another than x, `—` nothing there, `x*` begins with x. Raises: Bad."""
        if text[:1] in ("!", "！"):
            return ~self.narrowed(text[1:].strip(), look)
        if text == CLEARED:
            return self.unsaid()
        if text.endswith("*") and text != "*":
            return self.begins(text[:-1])
        return self.q(text, look)

    def unsaid(self) -> Q:
        """Rows where nothing is said. Raises: Bad where that is kept elsewhere."""
        if self.is_beside and not self.is_many:
            raise Bad(say("不能按它筛"))
        nothing = Q(**{f"{self.at}__isnull": True})
        return nothing | Q(**{self.at: ""}) if isinstance(self.emptied(), str) else nothing

    def begins(self, text: str) -> Q:
        raise Bad(say("不能按它筛"))

    # ---------- forms and heads ----------
    def choices(self, look: Look) -> Sequence[tuple[str, str]]:
        """What may be chosen, as (text, word); nothing where it is typed."""
        return ()

    def form(self, look: Look) -> forms.Field:
        told: dict[str, Any] = {"label": self.word, "required": self.required, "help_text": self.hint}
        if chosen := self.choices(look):
            blank = [] if self.required else [("", "—")]
            return forms.ChoiceField(
                choices=[*blank, *((code, t(look.lang, x)) for code, x in chosen)], **told
            )
        return forms.CharField(widget=self.widget(), **told)

    def widget(self) -> forms.Widget:
        return forms.TextInput()

    def head(self, look: Look) -> Head:
        words = tuple(word for _, word in self.choices(look))
        return Head(
            name=self.name, word=self.word, required=self.required, choices=words, note=self.hint,
            kind=self.kind, aliases=self.aliases,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Text(Column):
    most: int = 200
    pattern: str = ""
    like: str = ""  # an example, told where the pattern is not met

    def begins(self, text: str) -> Q:
        return Q(**{f"{self.at}__startswith": text})

    def read(self, text: str, look: Look) -> str:
        text = " ".join(text.split())
        if len(text) > self.most:
            raise Bad(say("最多 {n} 个字", n=self.most))
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise Bad(say("写法不对，要像 {like} 这样", like=self.like))
        return text


@dataclass(frozen=True, kw_only=True)
class Code(Text):
    """A code: digits or letters that Excel must not take for a number."""

    kind: ClassVar[str] = "code"
    most: int = 60
    width: int = 0

    def read(self, text: str, look: Look) -> str:
        return Text.read(self, unicodedata.normalize("NFKC", text), look)


@dataclass(frozen=True, kw_only=True)
class Choice(Column):
    words: Mapping[str, str]
    also: Mapping[str, str] = field(default_factory=dict)  # other words for a code, read but not shown

    def read(self, text: str, look: Look) -> str:
        text = self.also.get(text, text)
        if text in self.words:
            return text
        by_word = {x: code for code, word in self.words.items() for x in (word, t("en", word))}
        if text not in by_word:
            raise Bad(say("只能填：{n}", n="、".join(self.words.values())))
        return by_word[text]

    def shown(self, row: Any) -> str:
        return self.words.get(self.of(row), str(self.of(row) or ""))

    def said(self, row: Any, lang: str) -> str:
        return t(lang, self.shown(row))

    def typed(self, row: Any) -> str:
        return str(self.of(row) or "")

    def told_in_words(self, told: Any, lang: str) -> str:
        return t(lang, self.words[told]) if told in self.words else str(told or "")

    def choices(self, look: Look) -> Sequence[tuple[str, str]]:
        return tuple(self.words.items())


YES, NO = w("是"), w("否")


@dataclass(frozen=True, kw_only=True)
class Flag(Column):
    default: Any = False
    kind: ClassVar[str] = "flag"
    wire: ClassVar[Any] = bool

    def read(self, text: str, look: Look) -> bool:
        plain = unicodedata.normalize("NFKC", text).strip().lower()
        if plain in {"是", "有", "对", "1", "yes", "y", "true", "√", "✓"}:
            return True
        if plain in {"否", "无", "没有", "不", "0", "no", "n", "false", "×"}:
            return False
        raise Bad(say("填是或否"))

    def shown(self, row: Any) -> str:
        return YES if self.of(row) else NO

    def said(self, row: Any, lang: str) -> str:
        return t(lang, self.shown(row))

    def told_in_words(self, told: Any, lang: str) -> str:
        return t(lang, YES if told else NO)

    def choices(self, look: Look) -> Sequence[tuple[str, str]]:
        return ((YES, YES), (NO, NO))

    def head(self, look: Look) -> Head:
        return Head(name=self.name, word=self.word, required=self.required, kind=self.kind, note=self.hint)


@dataclass(frozen=True, kw_only=True)
class Whole(Column):
    least: int = 0
    most: int = 10**9
    kind: ClassVar[str] = "whole"
    wire: ClassVar[Any] = int

    def read(self, text: str, look: Look) -> int:
        plain = unicodedata.normalize("NFKC", text).replace(",", "").strip().removesuffix(".0")
        if not re.fullmatch(r"[-+]?\d{1,15}", plain) or not self.least <= int(plain) <= self.most:
            raise Bad(say("要填 {least} 到 {most} 的整数", least=self.least, most=self.most))
        return int(plain)

    def emptied(self) -> Any:
        return self.default

    def found(self, text: str) -> Q:
        return Q(**{self.at: int(text)}) if re.fullmatch(r"\d{1,15}", text) else Q(pk__in=())

    def widget(self) -> forms.Widget:
        return forms.TextInput({"inputmode": "numeric"})


@dataclass(frozen=True, kw_only=True)
class Decimal(Whole):
    """A measured number, kept as a float."""

    least: float = -1e9  # type: ignore[assignment]
    most: float = 1e9  # type: ignore[assignment]
    kind: ClassVar[str] = "decimal"
    wire: ClassVar[Any] = float

    def read(self, text: str, look: Look) -> Any:
        plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
        if (
            not re.fullmatch(r"[-+]?\d{1,12}(\.\d{1,12})?", plain)
            or not self.least <= float(plain) <= self.most
        ):
            raise Bad(say("要填 {least:g} 到 {most:g} 的数", least=self.least, most=self.most))
        return float(plain)

    def widget(self) -> forms.Widget:
        return forms.TextInput({"inputmode": "decimal"})


@dataclass(frozen=True, kw_only=True)
class Day(Column):
    past: bool = False
    kind: ClassVar[str] = "day"
    wire: ClassVar[Any] = date

    def read(self, text: str, look: Look) -> date:
        plain = unicodedata.normalize("NFKC", text).removesuffix("日").partition(" ")[0].partition("T")[0]
        try:
            day = datetime.strptime(re.sub(r"[年月/.]", "-", plain), "%Y-%m-%d").replace(tzinfo=UTC).date()
        except ValueError:
            raise Bad(say("日期写成 2026-07-01 这样")) from None
        if self.past and day > look.today:
            raise Bad(say("日期在未来"))
        return day

    def emptied(self) -> Any:
        return None

    def thawed(self, kept: Any, ref: str) -> Any:
        return date.fromisoformat(kept) if kept else None

    def widget(self) -> forms.Widget:
        return forms.TextInput({"type": "date"})
