"""What every room's tests share: a real browser and a real PostgreSQL. Their settings: tests/settings.py."""

import gc
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.patience import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Playwright's driver keeps an event loop in this thread; without this word Django refuses the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


_browsers: "list[Browser]" = []

# How long an example takes to be made says how busy the machine is, and nothing of what is tested.
settings.register_profile("anlan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anlan")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: some tests wait, for a process that ends or a page that is painted."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever touches the test database: only that is worth a second run, on PostgreSQL. Files with slow tests come
    first, so that no worker is left alone with a long one at the end."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)
    for item in items:
        asks = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if asks or item.get_closest_marker("django_db"):
            item.add_marker("records")


def pytest_collection_finish() -> None:
    """What was imported stays: whoever looks for waste need not look there."""
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def _nothing_of_a_file_stays_open() -> Iterator[None]:
    """What outlived its test and came free later in its file is found at the end of the file."""
    yield
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _leaves_nothing_open() -> Iterator[None]:
    """Sockets, files and tasks that a test forgot are found here and fail this test, not the one that runs when they are.

    What outlives the test is set aside, so that waste is looked for among what is new: a tenth of a second less for each test.
    """
    yield
    for context in [context for browser in _browsers for context in browser.contexts]:
        context.close()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_shared() -> None:
    """Rows of one test are taken back without a word in the journal: the next begins as a new process does."""
    from anlan.ui import shared

    shared.forget()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL, started once for this pytest process."""
    from tests.support import postgres

    with postgres.server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database for one test: give it to a child process as `ANLAN_DATABASE_URL`."""
    from tests.support import postgres

    with postgres.database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """A headless Chromium, once for this pytest process; each visitor is a `chromium.new_context(...)`."""
    from playwright.sync_api import expect, sync_playwright

    from tests.support.chromium import FLAGS, path

    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_S * 1000)
        browser = playwright.chromium.launch(executable_path=path(), args=list(FLAGS))
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE_S * 1000))
        _browsers.append(browser)
        yield browser
        browser.close()
