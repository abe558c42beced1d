"""The API of every register: list, one, add, change. Shapes are made from the columns, operations from the permissions."""

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Field, Header, Query, Router, Schema
from pydantic import create_model

from anlan.foundation.api import Asked, CutIn, DoneOut, Given, Listing, Once, Ref, Said, WorldKey, done, may
from anlan.foundation.paging import AT_MOST
from anlan.registers import queries, saving, steps
from anlan.registers.all import registers
from anlan.registers.columns import CLEARED
from anlan.registers.judging import judge
from anlan.registers.register import Register

router = Router(tags=["registers"])
Value = Said | int | float | bool | None
Match = Annotated[
    str,
    Header(
        alias="If-Match", max_length=80, description="the `version` that was read; another one is refused"
    ),
]


def operations(router: Router, register: Register) -> None:
    _bulk(router, register)  # before the entries, for its address could be one's
    for event in register.events:  # and these, for a ref may hold a slash
        _step(router, register, str(event))
    _entries(router, register)


def _entries(router: Router, register: Register) -> None:
    base, title = f"/w/{{world}}/registers/{register.name}", register.name.title().replace("-", "")
    columns = register.columns
    given = [c for c in register.typed if not c.fixed]
    told: dict[str, Any] = {c.name: (c.wire | None, None) for c in columns if c.name != "ref"}
    out: Any = create_model(f"{title}Out", __base__=Schema, ref=(str, ...), version=(str, ...), **told)
    needs: dict[str, Any] = {c.name: (Value, ...) if c.required else (Value, None) for c in register.typed}
    add_in: Any = create_model(f"{title}In", __base__=Given, **needs)
    may_give: dict[str, Any] = {c.name: (Value, "") for c in given}
    change_in: Any = create_model(f"{title}Change", __base__=Given, why=(Said, ""), **may_give)
    asked_in: Any = create_model(
        f"{title}Asked", __base__=CutIn, q=(Said, ""), sort=(Said, ""), **{c.name: (Said, "") for c in columns if c.filter}
    )  # fmt: skip

    @router.get(
        base,
        response=Listing[out],
        operation_id=f"{register.name}_list",
        summary=f"{register.name}: a view of the register",
    )
    @may(register.view)
    def listing(request: Asked, world: WorldKey, asked: Query[asked_in]) -> dict[str, Any]:
        found = queries.part(request.ctx, register, asked.dict(), asked.cut())
        return {"items": [queries.wired(register, row) for row in found.items], "total": found.total}

    @router.get(
        base + "/{path:ref}",
        response=out,
        operation_id=f"{register.name}_one",
        summary=f"{register.name}: one entry",
    )
    @may(register.view)
    def one(request: Asked, world: WorldKey, ref: Ref, response: HttpResponse) -> dict[str, Any]:
        told = queries.wired(register, queries.entry(request.ctx, register, ref))
        response.headers["ETag"] = f'"{told["version"]}"'
        return told

    @router.post(
        base, response=DoneOut, operation_id=f"{register.name}_add", summary=f"{register.name}: add an entry"
    )
    @may(register.keep)
    def add(request: Asked, world: WorldKey, given: add_in, once: Once = "") -> dict[str, Any]:
        cells = {name: _typed(value) for name, value in given.dict().items() if value is not None}
        return done(request, saving.add(request.ctx, register, cells))

    @router.patch(
        base + "/{path:ref}",
        response=DoneOut,
        operation_id=f"{register.name}_change",
        summary=f"{register.name}: change an entry",
    )
    @may(register.keep)
    def change(
        request: Asked, world: WorldKey, ref: Ref, given: change_in, match: Match = ""
    ) -> dict[str, Any]:
        told = given.dict(exclude_unset=True)
        why = told.pop("why", "")
        row = queries.entry(request.ctx, register, ref)
        cells = {name: _typed(value) for name, value in told.items()}
        saving.change(request.ctx, register, row, cells, version=match.strip('"'), why=why)
        return done(request, ref)


class BulkOut(Schema):
    """How many entries became new, changed, or were so already; the refs of the new and changed, in the order of `items`."""

    new: int
    changed: int
    same: int
    refs: list[str]


def _bulk(router: Router, register: Register) -> None:
    title = register.name.title().replace("-", "")
    row_in: Any = create_model(
        f"{title}Row", __base__=Given, **{c.name: (Value, None) for c in register.typed}
    )
    many: Any = Annotated[list[row_in], Field(min_length=1, max_length=AT_MOST)]
    bulk_in: Any = create_model(f"{title}Bulk", __base__=Given, items=(many, ...), why=(Said, ""))

    @router.post(
        f"/w/{{world}}/registers/{register.name}/bulk",
        response=BulkOut,
        operation_id=f"{register.name}_bulk",
        summary=f"{register.name}: add or change several entries by their key columns, all or none",
    )
    @may(register.keep)
    def bulk(request: Asked, world: WorldKey, given: bulk_in, once: Once = "") -> dict[str, Any]:
        items = (item.dict().items() for item in given.items)
        cells = [{name: _typed(value) for name, value in item if value is not None} for item in items]
        judged = judge(request.ctx, register, enumerate(cells, 1))
        refs = saving.save_all(request.ctx, register, judged, why=given.why)
        counts = judged.counts()
        return {"refs": refs, **{name: counts[name] for name in ("new", "changed", "same")}}


def _step(router: Router, register: Register, event: str) -> None:
    title = f"{register.name}_{event}".title().replace("-", "").replace("_", "")
    wants = register.asks.get(event, ())
    asked: dict[str, Any] = {name: (Value, ...) for name in wants if name != steps.WHY}
    why = (Said, ...) if steps.WHY in wants else (Said, "")
    step_in: Any = create_model(f"{title}Step", __base__=Given, why=why, **asked)

    @router.post(
        f"/w/{{world}}/registers/{register.name}/{{ref}}/{event}",
        response=DoneOut,
        operation_id=f"{register.name}_{event}",
        summary=f"{register.name}: {event} an entry",
    )
    @may(steps.door(register, event))
    def take(
        request: Asked, world: WorldKey, ref: Ref, given: step_in, match: Match = "", once: Once = ""
    ) -> dict[str, Any]:
        cells = {name: _typed(value) for name, value in given.dict().items() if name != steps.WHY}
        row, version = queries.entry(request.ctx, register, ref), match.strip('"')
        steps.take(request.ctx, register, [row], event, cells, why=given.why, version=version)
        return done(request, ref)


def _typed(value: Any) -> str:
    """As it would be typed; nothing, and an empty text, empty the cell."""
    if value is None or value == "":
        return CLEARED
    return "是" if value is True else "否" if value is False else str(value)


for _register in registers().values():
    operations(router, _register)
