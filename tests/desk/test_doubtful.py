"""A reading that no rule goes by stands on the desk until the next one says what is."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from anlan.desk.due import dues
from anlan.observe.ingest.ingest import Ingest
from anlan.ui.due import Due
from tests.support.city import GAUGE, NIGHT, Mini, make_city
from tests.support.stations import report

pytestmark = pytest.mark.django_db


@pytest.fixture
def night() -> Mini:
    return make_city().exercise()


@pytest.fixture
def ingest(night: Mini) -> Iterator[Ingest]:
    made = Ingest(night.ctx().world)
    yield made
    made.close()


def doubts(mini: Mini, minutes: int, lang: str = "zh") -> list[Due]:
    ctx = mini.ctx("duty_officer", at=NIGHT + timedelta(minutes=minutes))
    return [due for due in dues(ctx, lang=lang) if due.kind == "doubtful"]


def test_a_doubtful_reading_is_told_until_a_sound_one_comes(night: Mini, ingest: Ingest) -> None:
    for minutes, stage in ((0, "61.350"), (5, "0.000")):
        at = NIGHT + timedelta(minutes=minutes)
        ingest.take([report(GAUGE, at, x39=stage)], known_at=at)
    (due,) = doubts(night, 5)
    assert due.badge == "可疑"
    assert "0.000 m" in due.title
    assert "变率过大" in due.detail
    assert "Doubtful" in doubts(night, 5, "en")[0].badge
    at = NIGHT + timedelta(minutes=10)
    ingest.take([report(GAUGE, at, x39="61.360")], known_at=at)
    assert doubts(night, 10) == []


def test_rain_out_of_range_is_told(night: Mini, ingest: Ingest) -> None:
    ingest.take([report(GAUGE, NIGHT, x22="999.9")], known_at=NIGHT)
    assert [due.detail.partition("，")[2].partition("。")[0] for due in doubts(night, 0)] == ["超出合理范围"]
