"""Critical rain of a village: the watch goes by its pack, of made-up ground in exercises only; the page shows it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from anlan.foundation import journal, packs
from anlan.foundation.home import home
from anlan.judge.watching import Watching, _packs
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.queries.series import sheet
from tests.support.city import GAUGE, NIGHT, VILLAGE, Mini, make_city
from tests.support.critical import village_rain
from tests.support.stations import rain

SLOT = timedelta(minutes=5)
PACK = f"critical-rain-{VILLAGE}"


@pytest.fixture
def folder() -> Iterator[Path]:
    """The city's own packs; whatever a test lays there is gone after it."""
    path = home() / "packs"
    path.mkdir(exist_ok=True)
    yield path
    (path / "critical.toml").unlink(missing_ok=True)
    packs._load_all.cache_clear()


def lay(folder: Path, *, synthetic: bool) -> None:
    (folder / "critical.toml").write_text(village_rain(synthetic=synthetic), encoding="utf-8")
    packs._load_all.cache_clear()


def opened(mini: Mini, millimetres: float) -> list[tuple[str, int]]:
    """Stage and window of what the village's own pack opened, after so much rain in an hour."""
    ingest, each = Ingest(mini.ctx().world), round(millimetres * 10 / 12)
    try:
        for n in range(12):
            at: datetime = NIGHT + SLOT * n
            ingest.take([rain(GAUGE, at, each)], known_at=at)
        Watching(mini.ctx(at=NIGHT), ingest.addresses).look(mini.ctx(at=NIGHT + SLOT * 11), ingest)
    finally:
        ingest.close()
    told = [journal.read(e) for e in journal.tail(mini.world.pk, 0)]
    found = [t["body"] for t in told if t["name"] == "warn.exceedance.opened" and t["body"]["pack"] == PACK]
    return [(body["stage"], body["window_min"]) for body in found]


@pytest.mark.django_db
def test_in_an_exercise_a_village_stands_by_its_own_lines(folder: Path) -> None:
    mini = make_city().exercise()
    lay(folder, synthetic=True)
    assert opened(mini, 26.4) == [("prepare", 60)]  # on wet ground from 24, as nobody knows the ground


@pytest.mark.django_db
def test_the_live_world_refuses_a_pack_of_made_up_ground_and_says_why(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mini = make_city()
    lay(folder, synthetic=True)
    assert PACK not in {rules.pack for rules in _packs(mini.ctx())}
    assert "made up: this pack holds in exercises only, the live world refuses it" in caplog.text
    assert PACK in {rules.pack for rules in _packs(mini.exercise().ctx())}


@pytest.mark.django_db
def test_a_pack_of_real_ground_holds_in_the_live_world(folder: Path) -> None:
    mini = make_city()
    lay(folder, synthetic=False)
    assert PACK in {rules.pack for rules in _packs(mini.ctx())}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lang", "why"), [("zh", "只在演练里生效；值班世界拒绝启用"), ("en", "the live world refuses it")]
)
def test_its_page_shows_the_curves_the_table_and_why_it_is_refused(folder: Path, lang: str, why: str) -> None:
    mini = make_city()
    lay(folder, synthetic=True)
    client = mini.client("duty_officer")
    page = client.get(f"/w/live/packs/{PACK}?lang={lang}").content.decode()
    assert why in page
    assert page.count('class="chart__line"') == 3  # one for each wetness
    assert page.count('class="chart__band"') == 3
    assert "critical-rain 1" in page
    not_reached = "not reached within 140 mm" if lang == "en" else "140 mm 以内未达到"
    assert not_reached in page


@pytest.mark.django_db
def test_a_gauge_shows_the_lines_of_the_villages_it_serves_alone(folder: Path) -> None:
    mini = make_city().exercise()
    lay(folder, synthetic=True)
    ingest = Ingest(mini.ctx().world)
    ingest.take([rain(GAUGE, NIGHT, 5)], known_at=NIGHT)
    ingest.close()
    titles = {line.title["zh"] for line in sheet(mini.ctx(at=NIGHT), GAUGE, hours=3).lines}
    assert any(title.startswith("临界雨量") for title in titles)
    text = village_rain(synthetic=True).replace(VILLAGE, "421303001201")
    (folder / "critical.toml").write_text(text, encoding="utf-8")
    packs._load_all.cache_clear()
    titles = {line.title["zh"] for line in sheet(mini.ctx(at=NIGHT), GAUGE, hours=3).lines}
    assert not any(title.startswith("临界雨量") for title in titles)
