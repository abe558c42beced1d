"""值班表: who is on duty in a unit, in which role, from when to when. Counties keep it as a month grid: `month_grid` reads that."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from anlan.foundation.words import Sentence, say, w
from anlan.people import month_grid
from anlan.people.holder_link import OneHolder
from anlan.people.models import DutyShift, Organisation
from anlan.people.queries.shifts import ROLES
from anlan.places.atlas import atlas
from anlan.registers.columns import Choice, Code, Look, Whole
from anlan.registers.links import Link
from anlan.registers.moments import Moment
from anlan.registers.register import Change, Figure, Register

LONGEST_HOURS = 24 * 7


def _fits(change: Change, look: Look) -> Iterable[tuple[str, Sentence]]:
    since, until = change.values["starts_at"], change.values["ends_at"]
    if until <= since:
        yield "ends_at", say("要晚于开始的时间")
    elif (until - since).total_seconds() > LONGEST_HOURS * 3600:
        yield "ends_at", say("一班最长七天")
    if change.is_new and change.values["name"] is None:
        yield "name", say("这一列必须填")


def _path(row: Any) -> str:
    place = atlas().by_id.get(row.organisation.place_id) if row.organisation_id else None
    return place.path if place else ""


SHIFTS = Register(
    name="shifts", word=w("值班表"), room="people", model=DutyShift, view="people.view", keep="people.manage", kind="DS",
    note=w("谁从几点值到几点；也可以直接传月表：一天一行或一人一行"),
    keys=(("ref",), ("organisation", "starts_at", "role", "seat")), order=("starts_at", "organisation__name", "role", "seat"),
    join=("organisation", "holder__person"), path=_path, fits=_fits, unfold=month_grid.unfold,
    columns=(
        Code(name="ref", word=w("编号"), listed=False, fixed=True, hint=w("新登记的不用填")),
        Link(name="organisation", word=w("单位"), target=lambda ctx: ctx.rows(Organisation), required=True, filter=True),
        Moment(name="starts_at", word=w("开始时间"), required=True, aliases=("从", "起")),
        Moment(name="ends_at", word=w("结束时间"), required=True, aliases=("到", "止")),
        Choice(name="role", word=w("值班岗位"), words=ROLES, also=month_grid.ALSO, required=True, filter=True),
        Whole(name="seat", word=w("第几位"), default=1, least=1, most=20),
        OneHolder(name="name", field="holder", word=w("值班人"), find=True),
    ),
    figures=(Figure(name="nobody", word=w("没有人"), where=lambda ctx: Q(holder=None)),),
    examples=({"organisation": "云溪县应急管理局", "starts_at": "2026-07-01 08:00", "ends_at": "2026-07-02 08:00",
               "role": w("值班员"), "name": "张三"},),
)  # fmt: skip
