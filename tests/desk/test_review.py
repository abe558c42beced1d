"""The review of a night: the forecast's lead as an interval, with everything that makes it doubtful on the same screen."""

from datetime import datetime, timedelta

import pytest

from anlan.desk.case import case_of
from anlan.desk.due import dues
from anlan.foundation.actions import next_ref
from anlan.foundation.models import World
from anlan.judge.models import Exceedance
from anlan.judge.queries import lead, lead_words
from anlan.judge.rules.lead import Lead
from anlan.places.atlas import atlas
from tests.support.city import LIULIN_PATH, NIGHT, TOWN, VILLAGE, VILLAGE_2, Mini, make_city
from tests.support.grounds import forecast, keep_valley

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)


@pytest.fixture
def mini() -> Mini:
    """A night whose rain was published by the hour, with made-up neighbours."""
    made = make_city().exercise()
    World.objects.filter(pk=made.world.pk).update(settings={"source_min": 60, "made_up_gauges": True})
    return made


def crossed(
    mini: Mini, onset: datetime, *, stage: str = "", place: str = TOWN, quantity: str = "rain"
) -> None:
    ctx = mini.ctx()
    pack = "village-rain-shuanghe" if stage else "flash-flood-jianghua"
    Exceedance.objects.create(
        world_id=ctx.world.id, ref=next_ref(ctx, "X"), pack=pack, rule_version="v1", place_id=mini.ids[place], level=4,
        stage=stage, onset=onset, known_at=onset, quantity=quantity, value=300, threshold=300, window_min=60,
    )  # fmt: skip


def page(mini: Mini, role: str = "leader", lang: str = "") -> str:
    response = mini.client(role).get(f"/w/{mini.world.key}/review", {"lang": lang} if lang else {})
    assert response.status_code == 200
    return response.content.decode()


def found(mini: Mini) -> lead.Review:
    (one,) = lead.reviews(mini.ctx())
    return one


def test_a_line_in_the_hour_after_the_forecast_is_ahead_by_an_interval_of_hours(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})  # from the reading of 04:00, known at once in this test
    crossed(mini, NIGHT + 70 * MIN, stage="immediate", place=VILLAGE)
    (line,) = found(mini).lines
    assert (line.span.after, line.span.until) == (NIGHT + 60 * MIN, NIGHT + 120 * MIN)
    assert line.lead == Lead(least_min=60, most_min=180)


def test_a_line_crossed_before_the_forecast_is_no_lead_and_the_page_says_so(mini: Mini) -> None:
    crossed(mini, NIGHT - 100 * MIN)
    forecast(mini, {VILLAGE: (120, 35)})
    assert found(mini).lines[0].lead == Lead(least_min=-120, most_min=0)
    assert "没有提前：晚 0 到 120 分钟" in page(mini)


def test_rain_known_every_five_minutes_gives_an_interval_of_ten(mini: Mini) -> None:
    World.objects.filter(pk=mini.world.pk).update(settings={})
    forecast(mini, {VILLAGE: (120, 35)})
    crossed(mini, NIGHT + 20 * MIN)
    assert found(mini).lines[0].lead == Lead(least_min=15, most_min=25)


def test_only_the_first_crossing_by_rain_counts(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})
    crossed(mini, NIGHT + 10 * MIN, quantity="stage")
    for minutes in (70, 130, 190):
        crossed(mini, NIGHT + minutes * MIN, stage="immediate", place=VILLAGE)
        crossed(mini, NIGHT + (minutes + 60) * MIN)
    lines = found(mini).lines
    assert [(line.level, line.span.until) for line in lines] == [
        ("immediate", NIGHT + 120 * MIN),
        ("red", NIGHT + 180 * MIN),
    ]


def test_the_first_forecast_with_water_counts_not_one_that_had_none(mini: Mini) -> None:
    forecast(mini, {})
    second = forecast(mini, {VILLAGE_2: (50, 20), VILLAGE: (120, 35)})
    forecast(mini, {VILLAGE: (300, 5)})
    first = found(mini).first
    assert first is not None
    assert first.run == second
    assert [v.place.code for v in first.villages] == [VILLAGE_2, VILLAGE], "the earliest water first"


def test_the_same_screen_says_what_is_made_up_and_how_far_to_trust_it(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})
    crossed(mini, NIGHT + 70 * MIN)
    said = page(mini)
    for word in (
        "合成地形",
        "合成邻站",
        "糙率待核实",
        "声明用时",
        "个合成雨夜检验",
        "提前量只能是区间",
        "早 60 到 180 分钟",
    ):
        assert word in said, word
    english = page(mini, lang="en")
    for word in ("synthetic ground", "roughness to be verified", "declared run time", "60 to 180 min ahead"):
        assert word in english, word


def test_a_night_whose_forecasts_had_no_water_says_so(mini: Mini) -> None:
    forecast(mini, {})
    crossed(mini, NIGHT + 70 * MIN)
    said = page(mini)
    assert "这一夜没有一次预报报出来水" in said
    assert "没有提前：预报没有报出来水" in said


def test_without_any_forecast_the_page_says_what_would_stand_here(mini: Mini) -> None:
    assert "这里还没有滚动预报" in page(mini)


def test_nobody_reviews_a_night_beyond_their_place(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})
    assert lead.reviews(mini.ctx("foreign")) == []
    assert "柳林" not in page(mini, "foreign")


@pytest.mark.parametrize(
    ("least", "most", "zh", "en"),
    [
        (10, 130, "早 10 到 130 分钟", "10 to 130 min ahead"),
        (0, 120, "最多早 120 分钟，也可能同时", "at most 120 min ahead, perhaps none"),
        (-65, 55, "最多早 55 分钟，也可能晚 65 分钟", "at most 55 min ahead, perhaps 65 min behind"),
        (-120, 0, "没有提前：晚 0 到 120 分钟", "no lead: 0 to 120 min behind"),
    ],
)
def test_every_kind_of_lead_has_its_words(least: int, most: int, zh: str, en: str) -> None:
    asked = Lead(least_min=least, most_min=most)
    assert (lead_words.lead_words(asked, "zh"), lead_words.lead_words(asked, "en")) == (zh, en)


def test_the_officer_at_the_desk_reads_how_far_to_trust_it(mini: Mini) -> None:
    ref = forecast(mini, {VILLAGE: (120, 35)})
    told = dict(lead_words.trust(mini.ctx("duty_officer"), ref, "zh"))
    assert told["04:00 以前的雨，04:00 起算已知"] == "今后的雨：雨停"
    assert "个合成雨夜检验" in told["把握"]
    assert told["只作演练"] == "合成地形、合成邻站、糙率待核实"


def test_a_place_without_a_pack_of_scores_says_never_scored(mini: Mini) -> None:
    keep_valley(mini)
    assert lead.score_of(mini.ctx(), "somebody-elses", code=TOWN) is None
    assert lead.review(mini.ctx(), LIULIN_PATH).first is None


def test_whatever_is_due_at_a_village_stands_beside_the_water_that_is_expected_there(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35), VILLAGE_2: (60, 50)})
    ctx = mini.ctx("duty_officer")
    (town,) = lead_words.coming(ctx, atlas().code(TOWN), "zh", None)
    assert town == {"word": "预报来水", "value": "04:35", "unit": "1.2 m"}
    (village,) = lead_words.coming(ctx, atlas().code(VILLAGE_2), "en", None)
    assert village == {"word": "Water forecast", "value": "04:50", "unit": "0.6 m"}
    (row,) = [due for due in dues(ctx, lang="zh") if due.kind == "forecast"]
    assert "预报来水" in [fact.word for fact in case_of(ctx, row, lang="zh").facts]


def test_where_no_water_is_expected_nothing_is_said_of_it(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})
    assert lead_words.coming(mini.ctx("duty_officer"), atlas().code(VILLAGE_2), "zh", None) == []
    assert lead_words.coming(mini.ctx("grid_worker"), atlas().code(VILLAGE), "zh", None) == []
