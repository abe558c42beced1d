import pytest

from anlan.demo.city.build import build_city
from anlan.demo.city.model import City


@pytest.fixture(scope="session")
def city() -> City:
    return build_city()
