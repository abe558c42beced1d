"""The pages of model runs: order one, follow it, read what it says or why it was refused."""

import json

import pytest

from anlan.simulate import queries
from anlan.simulate.actions import runs
from anlan.simulate.rules.verdict import Reason
from tests.support.city import Mini, make_city
from tests.support.grounds import REF, keep_valley
from tests.support.records import make_records

pytestmark = pytest.mark.django_db
FORM = {
    "title": "试算", "ground": REF, "rain": "design", "mm_h": "80", "rain_min": "60", "nowcast": "zero", "minutes": "60",
    "solver": "li", "precision": "f32",
}  # fmt: skip


@pytest.fixture
def mini() -> Mini:
    return make_city().exercise()


def url(mini: Mini, *parts: str) -> str:
    return "/".join((f"/w/{mini.world.key}/runs", *parts))


def test_an_officer_orders_a_run_and_sees_it_wait(mini: Mini) -> None:
    keep_valley(mini)
    client = mini.client("duty_officer")
    reply = client.post(url(mini), FORM, follow=True)
    assert "试算" in reply.text
    assert "在排队" in reply.text
    (run,) = queries.runs(mini.ctx())
    assert run.inputs["rain"] == {"kind": "design", "mm_h": 80.0, "minutes": 60}


def test_what_is_out_of_range_is_said_at_the_form_and_nothing_is_ordered(mini: Mini) -> None:
    keep_valley(mini)
    reply = mini.client("duty_officer").post(url(mini), {**FORM, "mm_h": "9000", "minutes": "1"})
    assert reply.status_code == 422
    assert queries.runs(mini.ctx()) == []


def test_a_city_without_ground_says_so(mini: Mini) -> None:
    assert "还没有地形" in mini.client("duty_officer").get(url(mini)).text


def test_who_may_only_look_gets_no_form(mini: Mini) -> None:
    keep_valley(mini)
    assert "算一次" not in mini.client("leader").get(url(mini)).text
    assert mini.client("village_cadre").get(url(mini)).status_code == 403


def test_an_accepted_run_shows_its_villages_and_its_water(mini: Mini) -> None:
    ref = make_records(mini)["run"]
    client = mini.client("duty_officer")
    page = client.get(url(mini, ref)).text
    assert "1.20 m" in page
    assert "合成" in page
    found = json.loads(client.get(url(mini, ref, "water")).content)
    assert {f["properties"]["layer"] for f in found["features"]} == {"water"}
    assert "421321117201" in client.get(url(mini, ref, "csv")).text


def test_a_refused_run_says_why_in_the_readers_language(mini: Mini) -> None:
    keep_valley(mini)
    rain = {"kind": "design", "mm_h": 10.0, "minutes": 30}
    ref = runs.order(
        mini.ctx("duty_officer"),
        title="",
        ground_ref=REF,
        solver="li",
        precision="f32",
        minutes=30,
        rain=rain,
    )
    runs.begin(mini.ctx(), ref=ref)
    why = Reason(
        "超出适用范围：{share}% 的积水格流得太急（Fr > 0.8）。请改用 Godunov 算法重算。", {"share": 31}
    )
    runs.finish(mini.ctx(), ref=ref, figures={}, water=[], reasons=[why], known_at=mini.ctx().now)
    client = mini.client("duty_officer")
    assert "31% 的积水格流得太急" in client.get(url(mini, ref)).text
    assert "Run again with Godunov" in client.get(f"{url(mini, ref)}?lang=en", follow=True).text


def test_a_run_that_waits_can_be_cancelled(mini: Mini) -> None:
    keep_valley(mini)
    client = mini.client("duty_officer")
    client.post(url(mini), FORM)
    (run,) = queries.runs(mini.ctx())
    assert "已取消" in client.post(url(mini, run.ref, "cancel"), follow=True).text


def test_a_moment_that_was_not_kept_is_not_found(mini: Mini) -> None:
    ref = make_records(mini)["run"]
    assert mini.client("duty_officer").get(url(mini, ref, "water") + "?minute=17").status_code == 404
