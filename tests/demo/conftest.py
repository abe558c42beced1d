import pytest

from anlan.demo.city import City, build_city


@pytest.fixture(scope="session")
def city() -> City:
    return build_city()
