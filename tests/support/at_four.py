"""The mini city in an exercise that stands at 04:00 of the night."""

import pytest

from tests.support.city import Mini, make_city


@pytest.fixture
def city(db: None) -> Mini:
    return make_city()


@pytest.fixture
def mini(city: Mini) -> Mini:
    return city.exercise()
