"""A register that no room has: defects of works, with a life, its table made for the test. `planted` puts it among the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType
from typing import Any

from django.db import connection, models
from django.test import override_settings
from django.urls import path
from ninja import Router

from anlan.conf import urls as every
from anlan.conf.api import Api, Caller, api
from anlan.foundation.rules.life import Life, Refusal, Step
from anlan.foundation.words import Worded, say, w
from anlan.places.columns import InPlace
from anlan.registers import urls
from anlan.registers.all import registers
from anlan.registers.api import operations
from anlan.registers.columns import Choice, Day, Text, Whole
from anlan.registers.links import Link
from anlan.registers.models import Entry
from anlan.registers.register import Figure, Register
from anlan.registers.sealed import Sealed


class Defect(Entry):
    scope_by = "place__path"

    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, default="other")
    people = models.IntegerField(default=0)
    mended_on = models.DateField(null=True)
    finder_sealed = models.TextField(blank=True)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta(Entry.Meta):
        app_label = "planted"


class State(Worded):
    FOUND = "found", w("没动")
    MENDED = "mended", w("已办")
    CHECKED = "checked", w("已确认")


class Event(Worded):
    MEND = "mend", w("登记")
    CHECK = "check", w("确认")
    REJECT = "reject", w("退回")


def another_person(case: Any) -> Refusal | None:
    """Who mended it does not confirm it."""
    no = Refusal(name="same_person", says=say("不能由同一个人办"))
    return no if case.by.get(Event.MEND) == case.actor else None


LIFE = Life(
    start=State.FOUND,
    steps=(
        Step(event=Event.MEND, source=State.FOUND, target=State.MENDED),
        Step(event=Event.CHECK, source=State.MENDED, target=State.CHECKED, permission="warn.issue", guards=(another_person,)),
        Step(event=Event.REJECT, source=State.MENDED, target=State.FOUND, permission="warn.issue"),
    ),
    ends=frozenset({State.CHECKED}),
    hiding=frozenset({another_person}),
)  # fmt: skip
DEFECTS = Register(
    name="defects", word=w("台账"), room="planted", model=Defect, view="places.view", keep="people.manage", kind="DF",
    keys=(("ref",), ("name", "place")), order=("name",), join=("place", "follows"),
    life=LIFE, asks={"mend": ("mended_on",), "reject": ("why",)}, limits={"found": timedelta(days=7), "mended": timedelta(days=2)},
    oversees="warn.issue", figures=(Figure(name="people", word=w("人员"), where=lambda ctx: models.Q(), sum="people"),),
    columns=(
        Text(name="name", word=w("名称"), required=True, find=True, most=80),
        InPlace(required=True, filter=True),
        Choice(name="kind", word=w("类别"), words={"levee": w("堤防"), "other": w("其他")}, filter=True, default="other"),
        Whole(name="people", word=w("人员"), default=0, most=10_000, filter=True),
        Day(name="mended_on", word=w("结束"), filter=True),
        Sealed(name="finder", word=w("姓名")),
        Link(name="follows", word=w("上级代码"), target=lambda ctx: ctx.rows(Defect), listed=False),
    ),
)  # fmt: skip
GOOD = {
    "name": "联盟村堤脚渗水",
    "place": "柳林镇联盟村",
    "kind": "levee",
    "people": "12",
    "finder": "杨守堤",
}


@contextmanager
def planted() -> Iterator[Register]:
    """Its table, pages and operations stand for as long as this lasts; inside a test's transaction."""
    editor = connection.SchemaEditorClass(connection, collect_sql=True)
    editor.deferred_sql = []
    editor.create_model(Defect)
    with connection.cursor() as cursor:
        for statement in editor.collected_sql:
            cursor.execute(statement)
    module = ModuleType("planted_urls")
    module.urlpatterns = [*_ways_in(), *every.urlpatterns]  # type: ignore[attr-defined]
    registers()[DEFECTS.name] = DEFECTS
    try:
        with override_settings(ROOT_URLCONF=module):
            yield DEFECTS
    finally:
        del registers()[DEFECTS.name]


def _ways_in() -> list[Any]:
    if not _made:
        own, router = Api(auth=Caller(), urls_namespace="planted"), Router()
        own._exception_handlers = dict(api._exception_handlers)
        operations(router, DEFECTS)
        own.add_router("", router)
        _made.extend([*urls._pages(DEFECTS), path("api/v1/", own.urls)])
    return _made


_made: list[Any] = []
