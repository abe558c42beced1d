"""The frame of the API: each room's `api.py` has a `router`; each operation says its permission with `may`.

    router = Router(tags=["stations"])

    @router.get("/w/{world}/stations", response=Listing[StationOut])
    @may("observe.view")
    def stations(request: Asked, world: WorldKey, cut: Query[CutIn]): ...

`request.ctx` is the caller's context in the world of the address. Errors are raised; conf turns them into JSON.
Modules that use it do not import `annotations` from the future: ninja reads the annotations of the wrapped function.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from django.http import HttpRequest
from ninja import Field, Header, Path, Schema
from pydantic import AfterValidator, create_model

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotSignedIn
from anlan.foundation.paging import Cut, Part

T = TypeVar("T")
LARGEST = 2**53 - 1  # the largest integer that JSON readers agree on
WorldKey = Annotated[str, Path(pattern=r"^[a-z0-9]{1,12}$", description="`live` or an exercise such as `x1`")]
Ref = Annotated[str, Path(pattern=r"^[A-Za-z0-9._/-]{1,60}$", description="what the journal calls it by")]
Code = Annotated[str, Path(pattern=r"^[0-9]{2,12}$", description="code of the statistics bureau")]


Once = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=80,
        description="a UUID of this request: sent again after a broken line, it is done once and answered alike",
    ),
]


def _storable(text: str) -> str:
    """No NUL and no half of a character pair: no database and no file takes them."""
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("the text holds characters that cannot be stored")
    return text


Said = Annotated[str, AfterValidator(_storable)]


class Asked(HttpRequest):
    ctx: Ctx
    lang: str


class CutIn(Schema):
    """Which part of a list."""

    offset: int = Field(0, ge=0, le=10_000_000)
    limit: int = Field(50, ge=1, le=500)

    def cut(self) -> Cut:
        return Cut(self.offset, self.limit)


class Listing(Schema, Generic[T]):
    """One part of a list, and how many there are in all."""

    items: list[T]
    total: int


class PlaceOut(Schema):
    """A division, by its code and name."""

    code: str
    name: str


def listed(found: Part[Any]) -> dict[str, Any]:
    """One part of a list of records, as `Listing` wants it."""
    return {"items": [asdict(item) for item in found.items], "total": found.total}


def shape_of(record: type, name: str, *, within: Mapping[type, type[Schema]]) -> Any:
    """The shape on the wire of a record that queries give: its fields and its docstring, so that neither is written twice.

    ``within`` says which shape stands for which record inside it (a `Place` is a `PlaceOut`); a tuple becomes a list.
    """

    def swapped(kind: Any) -> Any:
        if kind in within:
            return within[kind]
        inner = get_args(kind)
        return list[swapped(inner[0])] if get_origin(kind) is tuple else kind  # type: ignore[misc]

    columns = {column: (swapped(kind), ...) for column, kind in get_type_hints(record).items()}
    return create_model(name, __base__=Schema, __doc__=record.__doc__, **columns)  # type: ignore[call-overload]


class OpenIn(CutIn):
    """`open`: only what has not ended."""

    open: bool = False


Number = Annotated[int, Field(ge=0, le=100_000)]
PlaceCode = Annotated[str, Field(pattern=r"^[0-9]{2,12}$")]


class Given(Schema):
    """What a caller sends. A field that is not known is refused, so that nobody believes it was heeded."""

    model_config = {"extra": "forbid"}


class DoneOut(Schema):
    """What was done, or made, by its ref, and when it was taken in."""

    ref: str
    at: datetime


def done(request: Asked, ref: str) -> dict[str, Any]:
    return {"ref": ref, "at": request.ctx.now}


def may(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The operation opens to accounts whose role has the permission; "" to any account."""

    def close(operation: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(operation)
        def opened(request: Asked, *args: Any, **kwargs: Any) -> Any:
            ctx: Ctx | None = getattr(request, "ctx", None)
            if ctx is None:
                raise NotSignedIn("请先登录。登录后会回到这一页。")
            if permission:
                ctx.require(permission)
            return operation(request, *args, **kwargs)

        opened.permission = permission  # type: ignore[attr-defined]
        return opened

    return close
