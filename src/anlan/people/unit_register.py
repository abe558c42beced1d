"""单位与岗位: who commands where, and the posts that people are given; a scope is built from a post."""

from collections.abc import Iterable
from typing import Any

from anlan.foundation.words import Sentence, say, w
from anlan.people.models import Account, Organisation, Post
from anlan.places.atlas import atlas
from anlan.places.columns import InPlace, InPlaces, within
from anlan.registers.columns import Choice, Code, Look, Text
from anlan.registers.links import Link
from anlan.registers.register import Change, Register

KINDS = {
    "government": w("人民政府"), "headquarters": w("指挥部"), "emergency": w("应急管理"), "weather": w("气象"), "water": w("水利"),
    "land": w("自然资源"), "township": w("乡镇街道"), "village": w("村（社区）"), "zone": w("开发区"), "scenic": w("景区"),
    "reservoir": w("水库管理"), "other": w("其他"),
}  # fmt: skip
ROLES = {
    "duty_officer": w("值班员"), "approver": w("签发人"), "leader": w("带班领导"), "station_engineer": w("测站运维"),
    "village_cadre": w("村干部"), "grid_worker": w("网格员"), "auditor": w("审计员"), "administrator": w("管理员"),
}  # fmt: skip


ORGANISATIONS = Register(
    name="organisations", word=w("单位"), room="people", model=Organisation, view="people.view", keep="admin.manage", kind="O",
    note=w("政府、部门、乡镇、村委会；管哪里的，它的岗位就看得到哪里"),
    keys=(("ref",), ("name",)), order=("place__path", "name"), join=("place", "parent"),
    blank=lambda ctx: {"synthetic": False}, where=lambda ctx: within(ctx, "place__path"),
    columns=(
        Code(name="ref", word=w("编号"), listed=False, fixed=True, hint=w("新登记的不用填")),
        Text(name="name", word=w("单位名称"), required=True, find=True, most=80),
        Choice(name="kind", word=w("单位类别"), words=KINDS, required=True, filter=True),
        InPlace(required=True, filter=True),
        Link(name="parent", word=w("上级单位"), target=lambda ctx: ctx.rows(Organisation), listed=False),
        InPlaces(name="commands", word=w("管哪里"), listed=False, hint=w("不填就只有岗位自己的地方")),
        Code(name="unit_code", word=w("预警平台单位编码"), most=14, pattern=r"\d{14}", like="42998141600000", listed=False,
             hint=w("国家突发事件预警信息发布系统的 14 位编码")),
    ),
    examples=({"name": "云溪县应急管理局", "kind": w("应急管理"), "place": "429981"},),
)  # fmt: skip


def _post_fits(change: Change, look: Look) -> Iterable[tuple[str, Sentence]]:
    """Nobody gives away more than they hold themselves; a post that people hold keeps its role."""
    here = atlas().by_id
    if not all(look.ctx.scope.holds(here[pk].path) for pk in change.values["places"] if pk in here):
        yield "places", say("不在您的辖区")
    if (
        not change.is_new
        and "role" in change.changed
        and Account.objects.filter(post=change.row, is_active=True).exists()
    ):
        yield "role", say("这个岗位有人在用，不能换角色。另设一个岗位，再把人换过去。")


def _path(row: Any) -> str:
    place = atlas().by_id.get(row.organisation.place_id) if row.organisation_id else None
    return place.path if place else ""


POSTS = Register(
    name="posts", word=w("岗位"), room="people", model=Post, view="admin.manage", keep="admin.manage", kind="PO",
    note=w("一个岗位一种角色，管几个地方；账号建在岗位上"),
    keys=(("ref",), ("organisation", "title")), order=("organisation__name", "title"), join=("organisation",),
    path=_path, fits=_post_fits, where=lambda ctx: within(ctx, "organisation__place__path"),
    columns=(
        Code(name="ref", word=w("编号"), listed=False, fixed=True, hint=w("新登记的不用填")),
        Link(name="organisation", word=w("单位"), target=lambda ctx: ctx.rows(Organisation), required=True),
        Text(name="title", word=w("岗位名称"), required=True, find=True, most=60),
        Choice(name="role", word=w("角色"), words=ROLES, required=True, filter=True),
        InPlaces(name="places", word=w("管哪些地方"), required=True),
    ),
    examples=({"organisation": "云溪县应急管理局", "title": w("值班员"), "role": w("值班员"), "places": "429981"},),
)  # fmt: skip
