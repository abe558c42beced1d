"""The live world starts safe: examples act in exercises only until they are adopted, per place; a spoilt file stops nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from anlan.call.actions import callout
from anlan.call.models import CallDown
from anlan.foundation import events, packs, shelf, switching
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.home import home
from anlan.foundation.models import JournalEntry
from anlan.foundation.packs.pack import SHIPPED
from anlan.judge import watching
from anlan.judge.models import Exceedance
from anlan.places.atlas import atlas
from anlan.warn.actions.alerts import importing
from anlan.warn.actions.alerts.importing import NOT_VERIFIED
from tests.support.city import FOREIGN_TOWN, NIGHT, TOWN, Mini, make_city

pytestmark = pytest.mark.django_db
EXAMPLE, ORDER = "village-rain-shuanghe", "standing-orders"


@pytest.fixture
def city() -> Mini:
    return make_city()


def acting(mini: Mini) -> set[str]:
    return {pack.id for pack in shelf.in_force(mini.ctx(), "threshold")}


def test_an_example_acts_in_an_exercise_and_not_in_the_live_world(city: Mini) -> None:
    assert EXAMPLE not in acting(city)
    assert EXAMPLE in acting(city.exercise())


def test_an_adopted_example_acts_where_it_was_adopted_and_nowhere_else(city: Mini) -> None:
    switching.switch(city.ctx(), pack=EXAMPLE, on=True, code=TOWN, reason="本镇已核实过")
    assert EXAMPLE in acting(city)
    (pack,) = (p for p in shelf.in_force(city.ctx(), "threshold") if p.id == EXAMPLE)
    assert pack.acts_at(f"{TOWN}001")
    assert not pack.acts_at(FOREIGN_TOWN)
    assert EXAMPLE not in {p.id for p in shelf.in_force(city.ctx(), "threshold", FOREIGN_TOWN)}


def test_the_switch_closest_to_a_place_counts(city: Mini) -> None:
    pack = next(iter(acting(city)))
    switching.switch(city.ctx(), pack=pack, on=False, reason="不是本地的文件")
    switching.switch(city.ctx(), pack=pack, on=True, code=TOWN, reason="这个镇适用")
    (found,) = (p for p in shelf.in_force(city.ctx(), "threshold") if p.id == pack)
    assert (found.acts_at(TOWN), found.acts_at(FOREIGN_TOWN)) == (True, False)


def test_each_switch_is_an_entry_with_its_reason(city: Mini) -> None:
    switching.switch(city.ctx(), pack=EXAMPLE, on=True, reason="本县防指批准")
    entry = JournalEntry.objects.get(world=city.world, name="packs.switched")
    assert "本县防指批准" in entry.text


def test_a_switch_wants_a_reason_the_live_world_and_a_pack_that_is_there(city: Mini) -> None:
    with pytest.raises(Invalid):
        switching.switch(city.ctx(), pack=EXAMPLE, on=True, reason="好")
    with pytest.raises(NotFound):
        switching.switch(city.ctx(), pack="no-such", on=True, reason="本县防指批准")
    with pytest.raises(Conflict):
        switching.switch(city.exercise().ctx(), pack=EXAMPLE, on=True, reason="本县防指批准")


def found_red(mini: Mini) -> None:
    town = atlas().code(TOWN)
    Exceedance.objects.create(
        world=mini.world, ref="X-1", pack="rainstorm-signal-national", rule_version="v", place_id=town.id, level=4,
        onset=NIGHT, known_at=NIGHT, quantity="rain", value=1020, threshold=1000, window_min=180,
    )  # fmt: skip
    callout.decide_exceedances(mini.ctx(at=NIGHT), township=town, found_at=NIGHT)


def test_a_countys_first_red_is_not_called_out_under_the_demos_order(city: Mini) -> None:
    found_red(city)
    assert not CallDown.objects.exists()
    refused = JournalEntry.objects.get(world=city.world, name="warn.callout.refused")
    assert "no_order" in refused.text


def test_an_adopted_order_calls_out(city: Mini) -> None:
    switching.switch(city.ctx(), pack=ORDER, on=True, reason="本县防指已签发")
    found_red(city)
    assert CallDown.objects.exists()


def test_in_an_exercise_the_demos_order_calls_out(city: Mini) -> None:
    found_red(city.exercise())
    assert CallDown.objects.exists()


def test_the_engine_takes_up_a_switch_at_its_next_look(city: Mini) -> None:
    before = {rules.pack for rules in watching._packs(city.ctx())}
    switching.switch(city.ctx(), pack=EXAMPLE, on=True, reason="本县防指批准")
    assert {rules.pack for rules in watching._packs(city.ctx())} - before == {EXAMPLE}


def own(name: str, text: str) -> Path:
    path = home() / "packs" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    packs._load_all.cache_clear()
    return path


GOOD = (SHIPPED / "threshold" / "rainstorm-signal-national.toml").read_text()
MINE = GOOD.replace('id = "rainstorm-signal-national"', 'id = "mine"')


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path))
    packs._load_all.cache_clear()


@pytest.mark.parametrize(
    "spoilt",
    [
        MINE.replace("[pack]", "[pack"),
        MINE.replace('confidence = "', 'confidence = "Z'),
        MINE.replace('scale = "', 'scale = "no-'),
    ],
)
def test_a_spoilt_pack_is_refused_with_its_line_and_the_last_good_one_stays(
    folder: None, city: Mini, spoilt: str
) -> None:
    path = own("mine.toml", MINE)
    packs.keep_good(home())
    version = packs.get("mine", home=home()).version
    own("mine.toml", spoilt)
    (refused,) = packs.load_all(home=home()).refused
    assert (refused.path, refused.is_kept) == (path, True)
    assert "line" in refused.why
    assert packs.get("mine", home=home()).version == version


def test_a_pack_that_was_never_good_stops_nothing(folder: None, city: Mini) -> None:
    own("mine.toml", "nothing here")
    shelf_now = packs.load_all(home=home())
    assert [file.is_kept for file in shelf_now.refused] == [False]
    assert watching._packs(city.exercise().ctx())


def handled(mini: Mini) -> None:
    while events.step(mini._fresh()):
        pass


def test_an_unsigned_file_calls_nobody_until_an_officer_confirmed_its_source(city: Mini) -> None:
    mini = city.exercise()
    ref = importing.take_in(
        mini.ctx(), issuer_name="县气象台", event_type="11B03", level=4, named=[TOWN], headline="红色预警",
        issued_at=NIGHT, doubtful=NOT_VERIFIED, is_confirmed=False,
    )  # fmt: skip
    handled(mini)
    assert not CallDown.objects.exists()
    page = f"/w/{mini.world.key}/alerts/{ref}"
    officer = mini.client("duty_officer")
    assert "已向发布单位核实，开始叫应" in officer.get(page).content.decode()
    assert officer.post(f"{page}/confirm-source", follow=True).status_code == 200
    handled(mini)
    assert CallDown.objects.exists()
    assert "已向发布单位核实，开始叫应" not in officer.get(page).content.decode()


def test_confirming_twice_is_refused(city: Mini) -> None:
    mini = city.exercise()
    ref = importing.take_in(
        mini.ctx(), issuer_name="县气象台", event_type="11B03", level=4, named=[TOWN], headline="红色预警",
        issued_at=NIGHT - timedelta(minutes=1),
    )  # fmt: skip
    with pytest.raises(Conflict):
        importing.confirm_source(mini.ctx("duty_officer"), ref=ref)
