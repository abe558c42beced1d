"""Journal, exercises and dead letters, as each role meets them."""

import ast
import re
from typing import Any

import pytest

from anlan.desk.views import exercises as exercise_pages
from anlan.foundation import exercises, journal_reading, rooms, scenarios, tasks, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid
from anlan.foundation.models import JournalEntry, Task
from tests.support.city import NIGHT, Mini, make_city
from tests.support.house import PACKAGE, sources
from tests.support.records import make_records

pytestmark = pytest.mark.django_db
WRITERS = {"append", "Note", "_note"}


def _plan(ctx: Ctx, settings: Any) -> scenarios.Plan:
    return scenarios.Plan(
        scenario="mini",
        title="夜间复演",
        seed=7,
        starts_at=NIGHT,
        ends_at=NIGHT,
        settings=dict(settings),
        speed=60,
        begin=lambda world: None,
        lay=lambda key: None,
    )


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    """One scenario to choose, with one setting."""
    hours = scenarios.Option(
        name="hours", title={"zh": "时次", "en": "Hours"}, choices=(("ending", {"zh": "末", "en": "ending"}),)
    )
    known = scenarios.Scenario(
        name="mini",
        title={"zh": "小城之夜", "en": "A night in the small city"},
        about={"zh": "测试用", "en": "For tests"},
        plan=_plan,
        options=(hours,),
    )
    monkeypatch.setattr(scenarios, "_known", {"mini": known})
    monkeypatch.setattr(scenarios, "_sources", [])


def page(mini: Mini, role: str, path: str, **asked: str) -> str:
    response = mini.client(role).get(f"/w/{mini.world.key}/{path}", asked)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


# ---------- journal ----------
def test_the_journal_is_read_newest_first_and_filtered_by_kind_thing_and_time() -> None:
    mini = make_city().exercise()
    refs = make_records(mini)
    everything = page(mini, "auditor", "journal")
    assert "叫应已启动" in everything
    one_kind = page(mini, "auditor", "journal", name="warn.evacuation.ordered")
    assert refs["evacuation"] in one_kind
    assert 'class="strong">叫应已启动' not in one_kind
    assert refs["call_down"] in page(mini, "auditor", "journal", subject=refs["call_down"])
    assert "没有这样的记录" in page(mini, "auditor", "journal", until="2021-08-12T03:59")
    assert "warn.calldown.opened" in page(
        mini, "auditor", "journal", since="2021-08-12T04:00", until="nonsense"
    )


def test_an_entry_shows_the_text_that_is_hashed_and_what_the_actor_is() -> None:
    mini = make_city()
    mini.client("administrator").post("/accounts/leader-1/deactivate")
    seq = journal_reading.entries(mini.ctx(), name="people.account.deactivated").items[0].seq
    text = page(mini, "auditor", f"journal/{seq}")
    assert "随县应急管理局" in text
    assert "&quot;actor&quot;" in text


def test_a_whole_chain_is_found_whole_and_a_changed_one_is_named() -> None:
    mini = make_city().exercise()
    make_records(mini)
    client, path = mini.client("auditor"), f"/w/{mini.world.key}/journal/verify"
    assert "全部对得上" in client.post(path).content.decode()
    entry = JournalEntry.objects.get(world=mini.world, seq=2)
    entry.text = entry.text.replace("warn.", "warm.")
    entry.save()
    assert "第 2 条对不上" in client.post(path).content.decode()


def written_names() -> set[str]:
    """Journal names that actions hand to append, Note and the rooms' own `_note`: spelled out, or a room's constant."""
    constants = {
        target.id: str(node.value.value)
        for path in sources()
        if path.name == "events.py"
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) in WRITERS
            ):
                found |= {
                    str(each.value)
                    if isinstance(each, ast.Constant)
                    else constants.get(getattr(each, "id", ""), "")
                    for each in node.args
                }
    return {name for name in found if re.fullmatch(r"[a-z]+\.[a-z_]+\.[a-z_]+", name)}


def composed_names() -> set[str]:
    """Names put together of a room's prefix and a verb: f"warn.alert.{verb}" and whoever hands its function the verb."""
    trees = {path: ast.parse(path.read_text()) for path in sources()}
    prefixes: dict[tuple[str, str], str] = {}
    for path, tree in trees.items():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for text in (node for node in ast.walk(function) if isinstance(node, ast.JoinedStr)):
                begin = re.fullmatch(r"([a-z]+\.[a-z_]+\.)", str(getattr(text.values[0], "value", "")))
                if begin and begin[1] and len(text.values) == 2 and function.name.strip("_") == "note":
                    prefixes[path.relative_to(PACKAGE).parts[0], function.name] = begin[1]
    found = set()
    for path, tree in trees.items():
        room = path.relative_to(PACKAGE).parts[0]
        for node in ast.walk(tree):
            called = getattr(getattr(node, "func", None), "id", "")
            values = node.args if isinstance(node, ast.Call) and (room, called) in prefixes else []
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "verb":
                values, called = [node.value], next((name for r, name in prefixes if r == room), "")
            verbs = [each.value for value in values for each in _said(value)]
            found |= {
                prefixes[room, called] + v for v in verbs if called and re.fullmatch(r"[a-z_]{4,}", str(v))
            }
    return found


def _said(value: ast.expr) -> list[ast.Constant]:
    """A text, or the texts that a table written there answers with."""
    told = (
        value.value.values
        if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Dict)
        else [value]
    )
    return [each for each in told if isinstance(each, ast.Constant)]


def test_every_name_that_an_action_writes_has_its_words() -> None:
    written = written_names() | composed_names()
    assert len(written) > 60
    assert {"warn.alert.submitted", "warn.alert.all_clear", "foundation.exercise.started"} <= written
    assert not written - set(rooms.merged("events")), "add to events in the room's apps.py"


# ---------- exercises ----------
def test_an_exercise_is_made_started_paced_paused_and_ended_from_the_page(scenario: None) -> None:
    mini = make_city()
    client = mini.client("duty_officer")
    assert "小城之夜" in page(mini, "duty_officer", "exercises")
    assert client.post("/w/live/exercises/new", {"scenario": "mini", "hours": "ending"}).status_code == 302
    for what, state in (("start", "running"), ("pause", "paused"), ("start", "running")):
        client.post(f"/w/live/exercises/x1/{what}")
        assert worlds.get("x1").state == state
    client.post("/w/live/exercises/x1/speed", {"speed": "240"})
    assert worlds.get("x1").speed == 240
    assert "结束演练 x1" in client.get("/w/live/exercises/x1/end").content.decode()
    client.post("/w/live/exercises/x1/end")
    assert worlds.get("x1").state == "ended"
    names = [e.name for e in journal_reading.entries(mini.ctx(), name="foundation.exercise.").items]
    assert len(names) == 6


def test_what_is_done_about_an_exercise_leaves_its_own_chain_alone() -> None:
    mini = make_city()
    played = mini.exercise()
    mini.client("duty_officer").post(f"/w/{played.world.key}/exercises/{played.world.key}/start")
    assert journal_reading.entries(played.ctx()).total == 0


def test_inside_an_exercise_every_page_wears_the_banner(scenario: None) -> None:
    mini = make_city().exercise()
    text = page(mini, "duty_officer", "exercises")
    assert "is-drill" in text
    assert "小城之夜" in text
    assert "A night in the small city" in page(mini, "duty_officer", "exercises", lang="en")
    assert "is-drill" not in mini.client("duty_officer").get("/w/live/exercises").content.decode()


def test_whoever_may_only_look_at_exercises_gets_no_keys() -> None:
    mini = make_city().exercise()
    assert "/start" not in page(mini, "auditor", "exercises")
    assert mini.client("auditor").post("/w/x1/exercises/x1/start").status_code == 403


def test_the_second_to_start_is_told_that_somebody_was_quicker() -> None:
    mini = make_city()
    key = mini.exercise().world.key
    ctx = exercise_pages.live(mini.ctx("duty_officer"))
    exercises.change(ctx, key=key, what="start")
    with pytest.raises(Conflict):
        exercises.change(ctx, key=key, what="start")


def test_the_live_watch_cannot_be_paused() -> None:
    with pytest.raises(Invalid):
        exercises.change(make_city().ctx("duty_officer"), key="live", what="pause")


# ---------- dead letters ----------
def test_dead_work_is_shown_to_the_citys_administrator_and_sent_out_again() -> None:
    mini = make_city()
    admin = mini.account("administrator")
    admin.post.places.set([mini.ids["4213"]])
    tasks.schedule(mini.ctx(), "no.such", key="k-1", due_at=NIGHT)
    Task.objects.update(state="dead", error="Traceback: it fell")
    assert "it fell" in page(mini, "administrator", "dead-letters")
    client = mini.client("administrator")
    assert client.post("/w/live/dead-letters/again", {"key": "k-1"}).status_code == 302
    assert client.post("/w/live/dead-letters/again", {"key": "k-1"}).status_code == 409
    assert "没有办不成的事" in page(mini, "administrator", "dead-letters")


def test_an_administrator_of_one_county_sees_no_system_work() -> None:
    mini = make_city()
    tasks.schedule(mini.ctx(), "no.such", key="k-1", due_at=NIGHT)
    Task.objects.update(state="dead")
    assert "k-1" not in page(mini, "administrator", "dead-letters")
