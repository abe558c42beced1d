"""The rain of many gauges as a matrix: what a model run reads, as it was known by a moment."""

from datetime import timedelta

import numpy as np
import pytest

from anlan.observe.ingest.ingest import path_of
from anlan.observe.ingest.shapes import millis
from anlan.observe.queries.rainfall import rain_matrix
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.observe.store.batch import NO_FRAMES, Batch
from anlan.observe.store.columns import Quality
from anlan.observe.store.writer import Writer
from anlan.wire.sl651.batch import station_key
from tests.support.city import FOREIGN_GAUGE, GAUGE, NIGHT, Mini, make_city

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)
NAN = np.nan


@pytest.fixture
def night() -> Mini:
    return make_city().exercise()


def tips(
    mini: Mini, gauge: str, minute: int, tenths: int, *, known: int | None = None, quality: int = 0
) -> None:
    at = millis(NIGHT + minute * MIN)
    with Writer(path_of(mini.world.key)) as writer:
        writer.write(
            Batch(
                at if known is None else millis(NIGHT + known * MIN), np.full(1, station_key(gauge), np.int64),
                np.full(1, RAIN_5MIN, np.int32), np.full(1, at), np.full(1, tenths, np.int64), np.full(1, 1, np.int8),
                np.full(1, quality, np.int16), np.full(1, -1, np.int32), NO_FRAMES,
            )
        )  # fmt: skip


def test_each_gauge_has_a_row_and_each_five_minutes_a_column(night: Mini) -> None:
    tips(night, GAUGE, -10, 20)
    tips(night, GAUGE, 0, 30)
    tips(night, FOREIGN_GAUGE, -5, 5)
    found = rain_matrix(night.ctx(), [GAUGE, FOREIGN_GAUGE], NIGHT - 15 * MIN, NIGHT)
    np.testing.assert_array_equal(found, [[20, NAN, 30], [NAN, 5, NAN]])


def test_the_step_that_ends_at_the_beginning_does_not_belong(night: Mini) -> None:
    tips(night, GAUGE, -15, 99)
    assert np.isnan(rain_matrix(night.ctx(), [GAUGE], NIGHT - 15 * MIN, NIGHT)).all()


def test_what_came_in_later_was_not_known(night: Mini) -> None:
    tips(night, GAUGE, -5, 40, known=20)
    before = rain_matrix(night.ctx(), [GAUGE], NIGHT - 10 * MIN, NIGHT, known_by=NIGHT)
    after = rain_matrix(night.ctx(), [GAUGE], NIGHT - 10 * MIN, NIGHT, known_by=NIGHT + 30 * MIN)
    assert np.isnan(before).all()
    assert after[0, 0] == 40


def test_a_missing_value_is_no_rain_of_zero(night: Mini) -> None:
    tips(night, GAUGE, 0, 0, quality=int(Quality.MISSING))
    assert np.isnan(rain_matrix(night.ctx(), [GAUGE], NIGHT - 5 * MIN, NIGHT)).all()


def test_a_world_without_readings_knows_nothing(night: Mini) -> None:
    assert rain_matrix(night.ctx(), [GAUGE], NIGHT - 10 * MIN, NIGHT).shape == (1, 2)
