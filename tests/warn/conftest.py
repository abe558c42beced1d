"""The mini city in an exercise that stands at 04:00 of the night."""

import pytest

from anlan.call import calldown_rows
from tests.support.city import Mini, make_city


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Each test's database begins with the same numbers: what memory kept of another test must not answer."""
    calldown_rows._kept.clear()


@pytest.fixture
def city(db: None) -> Mini:
    return make_city()


@pytest.fixture
def mini(city: Mini) -> Mini:
    return city.exercise()
