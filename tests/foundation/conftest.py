"""A live world and an exercise that stands at four in the morning; `durable_…` where commits must be real."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.foundation import worlds
from anlan.foundation.models import World

NIGHT = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)


def make_exercise(seed: int = 7) -> World:
    return worlds.new_exercise(
        scenario="mini", title="夜间复演", seed=seed, starts_at=NIGHT, ends_at=NIGHT + timedelta(hours=6), settings={},
        speed=0,
    )  # fmt: skip


@pytest.fixture
def live(db: None) -> World:
    return worlds.ensure_live("test-installation")


@pytest.fixture
def exercise(live: World) -> World:
    return make_exercise()


@pytest.fixture
def durable_live(transactional_db: None) -> World:
    return worlds.ensure_live("test-installation")


@pytest.fixture
def durable_exercise(durable_live: World) -> World:
    return make_exercise()
