"""The pages of ensembles and of two runs side by side: ordered, read, carried away; nobody sees beyond their place."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from anlan.simulate import queries
from tests.support.city import VILLAGE, Mini, make_city
from tests.support.grounds import REF, keep_valley
from tests.support.records import make_records

pytestmark = pytest.mark.django_db
FORM = {
    "title": "试算集合", "ground": REF, "rain": "design", "mm_h": "80", "rain_min": "60", "nowcast": "zero", "minutes": "60",
    "members": "12", "seed": "5",
}  # fmt: skip


@pytest.fixture
def mini() -> Mini:
    return make_city().exercise()


@pytest.fixture
def refs(mini: Mini) -> dict[str, str]:
    return make_records(mini)


@pytest.fixture
def officer(mini: Mini) -> Client:
    return mini.client("duty_officer")


def url(mini: Mini, *parts: str) -> str:
    return "/".join((f"/w/{mini.world.key}", *parts))


def rows_of(reply: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))


def test_an_officer_orders_an_ensemble_and_sees_it_wait(mini: Mini, officer: Client) -> None:
    keep_valley(mini)
    reply = officer.post(url(mini, "ensembles"), FORM, follow=True)
    assert "试算集合" in reply.text
    assert "在排队" in reply.text
    (run,) = queries.ensembles(mini.ctx())
    assert (run.kind, run.params["members"], run.seed) == ("ensemble", 12, 5)
    assert "试算集合" in officer.get(url(mini, "ensembles")).text


def test_empty_numbers_are_those_of_the_pack_and_the_world(mini: Mini, officer: Client) -> None:
    keep_valley(mini)
    officer.post(url(mini, "ensembles"), {**FORM, "members": "", "seed": ""})
    (run,) = queries.ensembles(mini.ctx())
    assert (run.params["members"], run.seed) == (50, mini.world.seed)


@pytest.mark.parametrize("wrong", [{"members": "5"}, {"members": "500"}, {"seed": "-1"}, {"minutes": "2"}])
def test_what_is_out_of_range_is_said_at_the_form(mini: Mini, officer: Client, wrong: dict[str, str]) -> None:
    keep_valley(mini)
    assert officer.post(url(mini, "ensembles"), {**FORM, **wrong}).status_code == 422
    assert queries.ensembles(mini.ctx()) == []


def test_an_ensemble_tells_shares_of_scenarios_and_says_that_they_are_no_probability(
    mini: Mini, officer: Client, refs: dict[str, str]
) -> None:
    page = officer.get(url(mini, "ensembles", refs["ensemble"])).text
    assert "40%" in page
    assert "0.20 m" in page
    assert "0.05" in page
    assert "0.90" in page
    assert "占多少情景，不是概率" in page
    assert "待核实" in page
    assert "每 2.5 分钟看一次水面，最多晚报这么久" in page
    english = officer.get(url(mini, "ensembles", refs["ensemble"]) + "?lang=en", follow=True).text
    assert "no probability" in english
    assert "has not been checked on independent events" in english


def test_asked_for_as_a_run_it_is_shown_as_what_it_is(
    mini: Mini, officer: Client, refs: dict[str, str]
) -> None:
    reply = officer.get(url(mini, "runs", refs["ensemble"]))
    assert reply.url == url(mini, "ensembles", refs["ensemble"])  # type: ignore[attr-defined]
    assert officer.get(url(mini, "ensembles", refs["run"])).status_code == 404


def test_the_map_and_the_table_of_an_ensemble(mini: Mini, officer: Client, refs: dict[str, str]) -> None:
    assert officer.get(url(mini, "ensembles", refs["ensemble"], "share")).content.startswith(b"\x89PNG")
    found = rows_of(officer.get(url(mini, "ensembles", refs["ensemble"], "csv")))[0]
    assert (found["code"], found["share_percent"], found["median_m"], found["high_m"]) == (
        VILLAGE,
        "40",
        "0.20",
        "0.90",
    )
    assert (found["members"], found["taken"], found["synthetic"]) == ("10", "10", "yes")
    assert found["means"] == "share of scenarios, no probability"
    assert found["arrives_earliest"] < found["arrives_median"] < found["arrives_latest"]


def test_who_may_only_look_gets_no_form_and_who_may_not_gets_nothing(mini: Mini) -> None:
    keep_valley(mini)
    assert "算一次集合" not in mini.client("leader").get(url(mini, "ensembles")).text
    assert mini.client("village_cadre").get(url(mini, "ensembles")).status_code == 403


def test_a_city_without_ground_or_ensemble_says_so(mini: Mini, officer: Client) -> None:
    page = officer.get(url(mini, "ensembles")).text
    assert "还没有地形" in page
    assert "还没有算过集合" in page


def test_the_api_orders_an_ensemble_and_tells_its_shares(
    mini: Mini, officer: Client, refs: dict[str, str]
) -> None:
    root = f"/api/v1/w/{mini.world.key}"
    told = officer.get(f"{root}/runs/{refs['ensemble']}").json()
    assert told["kind"] == "ensemble"
    assert told["villages"][0] | {"arrives_at": ""} == {
        "place": VILLAGE, "max_depth_m": 0.2, "arrives_at": "", "households": 0, "share_percent": 40, "low_m": 0.05,
        "high_m": 0.9, "fast_percent": 0, "solver": "li",
    }  # fmt: skip
    body = {"ground": REF, "rain": {"kind": "stations"}, "members": 20, "seed": 3}
    made = officer.post(f"{root}/ensembles", body, content_type="application/json")
    assert made.status_code == 200, made.text
    assert made.json()["params"]["members"] == 20
    assert made.json()["inputs"]["rain"]["until"]


# --- two runs side by side -----------------------------------------------------------------------------------


def pair(mini: Mini, refs: dict[str, str], what: str = "", b: str = "run") -> str:
    return url(mini, "compare", *filter(None, [what])) + f"?a={refs['run']}&b={refs[b]}"


def test_two_runs_stand_side_by_side_with_what_differs(
    mini: Mini, officer: Client, refs: dict[str, str]
) -> None:
    page = officer.get(pair(mini, refs, b="ensemble")).text
    assert "1.20 m" in page
    assert "-100 cm" in page
    assert "+10 min" in page
    assert "没有能相减的水深图" in page
    assert "is-other" in page


def test_of_two_runs_on_one_ground_the_map_and_how_alike_they_are(
    mini: Mini, officer: Client, refs: dict[str, str]
) -> None:
    page = officer.get(pair(mini, refs)).text
    assert "A 和 B 是同一次运行" in page
    assert "1.00" in page
    assert "less+more 6" in page
    assert officer.get(pair(mini, refs, "water")).content.startswith(b"\x89PNG")
    assert officer.get(pair(mini, refs, "water", b="ensemble")).status_code == 404


def test_the_comparison_is_carried_away_as_a_table(mini: Mini, officer: Client, refs: dict[str, str]) -> None:
    found = rows_of(officer.get(pair(mini, refs, "csv", b="ensemble")))[0]
    assert (found["max_depth_m_a"], found["max_depth_m_b"], found["deeper_m"]) == ("1.20", "0.20", "-1.00")
    assert (found["later_min"], found["more_households"]) == ("10", "-3")
    assert (found["run_a"], found["run_b"]) == (refs["run"], refs["ensemble"])


def test_without_two_named_there_is_a_choice_and_without_two_runs_a_word(
    mini: Mini, officer: Client, refs: dict[str, str]
) -> None:
    page = officer.get(url(mini, "compare") + f"?a={refs['run']}").text
    assert f'<option value="{refs["run"]}" selected>' in page
    assert refs["ensemble"] in page
    other = mini.exercise()
    assert "还没有两次可用的运行" in other.client("duty_officer").get(url(other, "compare")).text


def test_a_run_that_may_not_speak_is_not_compared(mini: Mini, officer: Client, refs: dict[str, str]) -> None:
    officer.post(url(mini, "ensembles"), FORM)
    waits = queries.ensembles(mini.ctx())[0].ref
    page = officer.get(url(mini, "compare") + f"?a={refs['run']}&b={waits}").text
    assert "不能相比" in page
    assert officer.get(url(mini, "compare", "csv") + f"?a={refs['run']}&b={waits}").status_code == 409


def test_nobody_compares_runs_beyond_their_place(mini: Mini, refs: dict[str, str]) -> None:
    foreign = mini.client("foreign")
    assert foreign.get(pair(mini, refs)).status_code == 404
    assert foreign.get(pair(mini, refs, "water")).status_code == 404
    assert foreign.get(url(mini, "ensembles", refs["ensemble"])).status_code == 404


def test_pages_beside_the_runs_belong_to_their_room(
    officer: Client, mini: Mini, refs: dict[str, str]
) -> None:
    for address in ("ensembles", "compare", "grounds", "runs"):
        page = officer.get(url(mini, address)).text
        assert f'href="{url(mini, "runs")}" aria-current="page"' in page
