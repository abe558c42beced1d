"""A run's life: ordered, claimed once, accepted with its villages or refused without any."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.foundation import journal
from anlan.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from anlan.places.atlas import atlas
from anlan.simulate import queries
from anlan.simulate.actions import runs
from anlan.simulate.computing.shapes import VillageFound
from anlan.simulate.rules.verdict import Reason
from anlan.simulate.running import ground
from tests.support.city import NIGHT, VILLAGE, VILLAGE_2, Mini, make_city
from tests.support.grounds import REF, keep_valley

pytestmark = pytest.mark.django_db
RAIN = {"kind": "design", "mm_h": 80.0, "minutes": 60}


@pytest.fixture
def night() -> Mini:
    mini = make_city().exercise()
    keep_valley(mini)
    return mini


def order(mini: Mini, role: str = "duty_officer", **other: Any) -> str:
    told: dict[str, Any] = {
        "title": "", "ground_ref": REF, "solver": "li", "precision": "f32", "minutes": 60, "rain": RAIN, **other,
    }  # fmt: skip
    return runs.order(mini.ctx(role), **told)


def water(cm: int, minute: int | None, households: int = 3) -> VillageFound:
    return VillageFound(depth_cm=cm, arrives_min=minute, households=households, curve=[(0, 0), (10, cm)])


def finish(mini: Mini, ref: str, *reasons: Reason) -> bool:
    ctx, known = mini.ctx(at=NIGHT), atlas()
    villages = {known.code(VILLAGE).id: water(120, 35), known.code(VILLAGE_2).id: water(10, None)}
    return runs.finish(ctx, ref=ref, figures={"steps": 5}, villages=villages, reasons=reasons, known_at=NIGHT)


def names(mini: Mini) -> list[str]:
    return [entry.name for entry in journal.tail(mini.world.pk, 0) if entry.name.startswith("simulate.")]


def test_an_ordered_run_waits_with_its_inputs_by_reference(night: Mini) -> None:
    run = queries.run(night.ctx("duty_officer"), order(night))
    assert (run.state, run.model) == ("queued", "li")
    assert run.inputs == {"rain": RAIN}
    assert names(night) == ["simulate.run.ordered"]


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"solver": "euler"}, "算法"),
        ({"precision": "f16"}, "精度"),
        ({"minutes": 5}, "时长"),
        ({"minutes": 5000}, "时长"),
        ({"rain": {**RAIN, "mm_h": -1.0}}, "雨强"),
        ({"rain": {**RAIN, "mm_h": float("nan")}}, "雨强"),
    ],
)
def test_what_cannot_be_run_is_not_ordered(night: Mini, wrong: dict[str, Any], word: str) -> None:
    with pytest.raises(Invalid, match=word):
        order(night, **wrong)
    assert names(night) == []


def test_only_who_may_run_orders_and_only_over_their_own_ground(night: Mini) -> None:
    with pytest.raises(Forbidden):
        order(night, "village_cadre")
    with pytest.raises(NotFound):
        order(night, "foreign")


def test_one_of_two_engines_gets_a_run(night: Mini) -> None:
    ref = order(night)
    assert runs.begin(night.ctx(), ref=ref)
    assert not runs.begin(night.ctx(), ref=ref)


def test_an_accepted_run_tells_each_village_its_water(night: Mini) -> None:
    ref = order(night)
    runs.begin(night.ctx(), ref=ref)
    assert finish(night, ref)
    ctx = night.ctx("duty_officer")
    found = queries.water(ctx, queries.run(ctx, ref))
    assert [(v.place.code, v.depth_cm, v.arrives_at) for v in found] == [
        (VILLAGE, 120, NIGHT + timedelta(minutes=35)),
        (VILLAGE_2, 10, None),
    ]
    assert names(night)[-1] == "simulate.run.accepted"


def test_a_refused_run_tells_no_village_anything(night: Mini) -> None:
    ref = order(night)
    runs.begin(night.ctx(), ref=ref)
    finish(night, ref, Reason("结果里有无效数值。请检查地形和降雨有没有缺值。"))
    ctx = night.ctx("duty_officer")
    run = queries.run(ctx, ref)
    assert run.state == "refused"
    assert run.reasons[0]["text"].startswith("结果里有无效数值")
    assert queries.water(ctx, run) == []


def test_a_cancelled_run_is_not_taken_in_any_more(night: Mini) -> None:
    ref = order(night)
    runs.begin(night.ctx(), ref=ref)
    runs.cancel(night.ctx("duty_officer"), ref=ref)
    assert not finish(night, ref)
    with pytest.raises(Conflict, match="已经结束"):
        runs.cancel(night.ctx("duty_officer"), ref=ref)
    assert names(night)[-1] == "simulate.run.cancelled"


def test_nobody_sees_a_run_beyond_their_place(night: Mini) -> None:
    ref = order(night)
    with pytest.raises(NotFound):
        queries.run(night.ctx("foreign"), ref)
    assert queries.runs(night.ctx("foreign")) == []
    assert ground.listing(night.ctx("foreign")) == []


def test_the_journal_has_whole_centimetres_and_moments_and_nobodys_name(night: Mini) -> None:
    ref = order(night)
    runs.begin(night.ctx(), ref=ref)
    finish(night, ref)
    (entry,) = [e for e in journal.tail(night.world.pk, 0) if e.name == "simulate.run.accepted"]
    (row,) = journal.read(entry)["body"]["villages"]
    assert row == {"place": VILLAGE, "depth_cm": 120, "at": "2021-08-11T20:35:00.000Z", "households": 3}
