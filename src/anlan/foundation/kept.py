"""Kept in memory: what is small, asked for at every step and seldom changed, such as places and duty holders.

Every table that such a value is read from has a mark, drawn anew by whatever statement writes a row of it, in the writer's own
transaction: a rename, a move, a bulk load and a change taken back are all seen, from this process or another. Within `once()`
(a request, an action, a piece of due work) marks are asked for once, and so is what stands under `asked_once`; who writes there
sees the change at the next call.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

from anlan.foundation.models import TableMark

T = TypeVar("T")
P = ParamSpec("P")
WRITES = re.compile(r'(?:INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM) "(\w+)"')
_watched: set[str] = set()
_all: list["Kept[Any]"] = []
_asked: ContextVar[dict[Any, Any] | None] = ContextVar("asked", default=None)
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


class Kept(Generic[T]):
    """A value made by `read` from tables; call it for the value as it stands."""

    def __init__(self, read: Callable[[], T], *tables: str) -> None:
        self._read, self._tables = read, tables
        self._last: tuple[tuple[int | None, ...], T] | None = None
        _watched.update(tables)
        _all.append(self)

    def __call__(self) -> T:
        asked = _asked.get()
        if asked is not None and self in asked:
            return asked[self]  # type: ignore[no-any-return]
        marks = _marks()
        mark = tuple(marks.get(table) for table in self._tables)
        if self._last is None or self._last[0] != mark:
            self._last = mark, self._read()
        value = self._last[1]
        if asked is not None and WRITES not in asked:
            asked[self] = value
        return value


def asked_once(read: Callable[P, T]) -> Callable[P, T]:
    """Several parts of a page ask the same: within `once()` one reading answers all, until anything is written there."""

    @wraps(read)
    def answered(*args: P.args, **kwargs: P.kwargs) -> T:
        answers = _answers.get()
        if answers is None or WRITES in answers:
            return read(*args, **kwargs)
        question = (read, args, tuple(sorted(kwargs.items())))
        if question not in answers:
            answers[question] = read(*args, **kwargs)
        return answers[question]  # type: ignore[no-any-return]

    return answered


@contextmanager
def once(*, afresh: bool = False) -> Iterator[None]:
    """Ask for marks once from here on; `afresh` does not trust what was asked before."""
    before = _asked.get()
    if before is not None and not afresh:
        yield
        return
    asked: dict[Any, Any] = {}
    token, answered = _asked.set(asked), _answers.set({})
    try:
        yield
    finally:
        wrote = WRITES in (_answers.get() or ())
        _asked.reset(token)
        _answers.reset(answered)
        if before is not None and WRITES in asked:
            _forget(before)
        if before is not None and wrote:
            _forget(_answers.get())


def refresh(*, cold: bool = False) -> None:
    """Read anew what changed, before somebody asks for it under the write lock; `cold` also what nobody asked for yet."""
    with once():
        for each in _all:
            if cold or each._last is not None:
                each()


def _marks() -> dict[str, int]:
    asked = _asked.get()
    if asked is None or WRITES in asked:
        return dict(TableMark.objects.values_list("table", "number"))
    if TableMark not in asked:
        asked[TableMark] = dict(TableMark.objects.values_list("table", "number"))
    return asked[TableMark]  # type: ignore[no-any-return]


def _forget(asked: dict[Any, Any] | None) -> None:
    """Something was written here: from now on it is asked for at each call, for the change may be taken back."""
    if asked is not None:
        asked.clear()
        asked[WRITES] = True


def notice(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Wrapper of every statement of a connection: draws the mark of a watched table that it writes."""
    result = execute(sql, params, many, context)
    written = WRITES.match(sql)
    if written and written[1] in _watched:
        mark = TableMark(table=written[1], number=secrets.randbits(62) + 1)
        TableMark.objects.using(context["connection"].alias).bulk_create(
            [mark], update_conflicts=True, unique_fields=["table"], update_fields=["number"]
        )
        _forget(_asked.get())
    if written:
        _forget(_answers.get())
    return result


def watch(*, connection: Any, **_: Any) -> None:
    """On every new connection to the database."""
    if notice not in connection.execute_wrappers:
        connection.execute_wrappers.append(notice)
