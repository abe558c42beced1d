"""The pages of model runs: order one, follow it, read what it says or why it was refused."""

import re

import pytest

from anlan.simulate import queries
from anlan.simulate.actions import runs
from anlan.simulate.rules.verdict import Reason
from anlan.simulate.running import ground
from tests.support.city import Mini, make_city
from tests.support.grounds import REF, TILE, keep_valley
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


@pytest.mark.parametrize("rain", ["", "0"])
def test_a_design_rain_without_its_rain_is_asked_for(mini: Mini, rain: str) -> None:
    keep_valley(mini)
    reply = mini.client("duty_officer").post(url(mini), {**FORM, "mm_h": rain})
    assert reply.status_code == 422
    assert "设计雨要写雨强" in reply.text
    assert queries.runs(mini.ctx()) == []


def test_a_city_without_ground_says_so(mini: Mini) -> None:
    assert "还没有地形" in mini.client("duty_officer").get(url(mini)).text


def test_who_may_only_look_gets_no_form(mini: Mini) -> None:
    keep_valley(mini)
    assert "算一次" not in mini.client("leader").get(url(mini)).text
    assert mini.client("village_cadre").get(url(mini)).status_code == 403


def test_an_accepted_run_shows_its_villages_with_their_curves(mini: Mini) -> None:
    ref = make_records(mini)["run"]
    page = mini.client("duty_officer").get(url(mini, ref)).text
    assert "1.20 m" in page
    assert "合成" in page
    assert "最深 1.20 米" in page, "the curve says itself to who cannot see it"
    assert "[[10,20],[30,120]]" in page.replace("&quot;", '"').replace(" ", "")
    assert re.search(r">\s*0\.20\s*<", page), "the table of the same numbers"


def test_the_map_shows_what_is_asked_for_and_says_so(mini: Mini) -> None:
    ref = make_records(mini)["run"]
    client = mini.client("duty_officer")
    whole, then, danger = (
        client.get(url(mini, ref) + asked).text for asked in ("", "?minute=30", "?map=danger")
    )
    assert "各格最深 · 合成地形" in whole
    assert "（第 30 分钟） · 合成地形" in then
    assert 'aria-current="true">30 分钟' in then
    assert "对所有人危险" in danger
    assert "待核实" in danger
    assert "FD2321/TR1 (2006), table 13.1" in danger, "whose grading it is"
    assert "data-frames" not in danger, "only depth has moments"
    assert client.get(url(mini, ref) + "?map=beauty").status_code == 404


def test_the_picture_of_the_water_is_for_whoever_may_see_the_run(mini: Mini) -> None:
    ref = make_records(mini)["run"]
    for asked in ("", "?minute=30", "?map=arrival", "?map=danger", "?map=arr"):
        reply = mini.client("duty_officer").get(url(mini, ref, "water") + asked)
        assert reply.content.startswith(b"\x89PNG"), asked
    assert mini.client("village_cadre").get(url(mini, ref, "water")).status_code == 403


def test_light_and_shade_of_a_ground_are_kept_and_named(mini: Mini) -> None:
    make_records(mini)
    client, at = mini.client("duty_officer"), "/".join(map(str, TILE))
    address = f"/w/{mini.world.key}/grounds/{REF}/shade/{at}.png"
    first = client.get(address)
    assert first.content.startswith(b"\x89PNG")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(address).content == first.content
    away = client.get(f"/w/{mini.world.key}/grounds/{REF}/shade/10/1/1.png").content
    assert len(away) < len(first.content), "clear beyond the ground"
    assert client.get(f"/w/{mini.world.key}/grounds/{REF}/shade/10/5000/1.png").status_code == 404
    assert client.get(f"/w/{mini.world.key}/grounds/other/shade/{at}.png").status_code == 404
    assert mini.client("village_cadre").get(address).status_code == 403


def test_a_ground_that_was_never_made_is_not_made_by_looking_at_it(mini: Mini) -> None:
    keep_valley(mini)
    ground.path_of(ground.get(mini.ctx(), REF)).unlink(missing_ok=True)
    at = "/".join(map(str, TILE))
    reply = mini.client("duty_officer").get(f"/w/{mini.world.key}/grounds/{REF}/shade/{at}.png")
    assert reply.status_code == 404
    assert "还没有生成" in reply.text


def refused(mini: Mini) -> str:
    """A run that came back and broke a law of its own."""
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
    runs.finish(mini.ctx(), ref=ref, figures={}, villages={}, reasons=[why], known_at=mini.ctx().now)
    return ref


def test_a_refused_run_says_why_in_the_readers_language(mini: Mini) -> None:
    ref = refused(mini)
    client = mini.client("duty_officer")
    said = client.get(url(mini, ref)).text
    assert "31% 的积水格流得太急" in said
    assert "没有村子的结果" in said, "nothing more is to come"
    assert "Run again with Godunov" in client.get(f"{url(mini, ref)}?lang=en", follow=True).text


def test_nothing_of_a_refused_run_can_be_carried_away(mini: Mini) -> None:
    ref = refused(mini)
    client = mini.client("duty_officer")
    page = client.get(url(mini, ref)).text
    for what in ("csv", "geojson", "tif", "pdf"):
        assert client.get(url(mini, ref, what)).status_code == 409, what
        assert f'{ref}/{what}"' not in page


def test_a_run_that_waits_can_be_cancelled(mini: Mini) -> None:
    keep_valley(mini)
    client = mini.client("duty_officer")
    client.post(url(mini), FORM)
    (run,) = queries.runs(mini.ctx())
    assert "已取消" in client.post(url(mini, run.ref, "cancel"), follow=True).text


def test_a_moment_that_was_not_kept_is_not_found(mini: Mini) -> None:
    ref = make_records(mini)["run"]
    assert mini.client("duty_officer").get(url(mini, ref, "water") + "?minute=17").status_code == 404
