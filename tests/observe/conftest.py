"""A small city in an exercise, and the ingest of its engine."""

from collections.abc import Iterator

import pytest

from anlan.foundation.home import home
from anlan.observe.ingest.ingest import Ingest
from tests.support.city import Mini, make_city


@pytest.fixture
def mini(db: None) -> Mini:
    """Worlds of earlier tests had the same keys: their readings go."""
    for left in home().glob("readings-*"):
        left.unlink()
    return make_city().exercise()


@pytest.fixture
def ingest(mini: Mini) -> Iterator[Ingest]:
    made = Ingest(mini.ctx().world)
    yield made
    made.close()
