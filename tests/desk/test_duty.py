"""The duty desk: one list by deadline, as known at any moment, for whoever may see it."""

import re
from datetime import datetime, timedelta

import pytest

from anlan.call.actions import calldown, contact, doorchecks, hearing
from anlan.call.models import Answer, DoorCheck
from anlan.call.queries.villages import people_called, tally, village_states
from anlan.desk import mapdata, timeline
from anlan.desk.due import dues, in_order
from anlan.desk.story import story
from anlan.desk.timeline import density
from anlan.foundation import rooms
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.stage import Stage
from anlan.foundation.rules.urgency import Harm
from anlan.move.actions import moving
from anlan.move.queries.moves import Move, moves
from anlan.people import queries as people
from anlan.places.atlas import atlas
from anlan.ui.due import Due, Wait
from anlan.ui.speech import Words
from tests.support.city import (
    LIULIN_PATH,
    NIGHT,
    SECRETS_OF_LIULIN,
    TOWN,
    VILLAGE,
    VILLAGE_2,
    Mini,
    make_city,
)

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)


@pytest.fixture
def night() -> Mini:
    mapdata.forget()  # each test has a world of the same number
    timeline.forget()
    return make_city().exercise()


def ctx_at(mini: Mini, minutes: float, role: str = "") -> Ctx:
    return mini.ctx(role, at=NIGHT + minutes * MIN)


def call_out(mini: Mini, minutes: float = 0, grade: Grade = Grade.RED) -> str:
    return calldown.open_calldown(
        ctx_at(mini, minutes), township=atlas().code(TOWN), villages=[atlas().code(VILLAGE), atlas().code(VILLAGE_2)],
        grade=grade, stage="move", cause="X-1", order_no="测试〔2021〕1号",
    )  # fmt: skip


def answer(mini: Mini, ref: str, holder: str, kind: int, minutes: float, **count: int) -> None:
    hearing.heard_answer(
        ctx_at(mini, minutes),
        call_down=ref,
        holder=holder,
        kind=kind,
        key=f"{holder}{minutes}",
        channel="desk",
        **count,
    )


def kinds(mini: Mini, minutes: float, *, at: bool = False) -> list[tuple[str, str]]:
    """(kind, place) of what waits at a moment, as now or as known then."""
    ctx = ctx_at(mini, minutes if not at else 600)
    found = waits_of(ctx, NIGHT + minutes * MIN if at else None)
    return sorted((w.kind, w.place.name) for w in found)


def waits_of(ctx: Ctx, at: datetime | None = None) -> list[Wait]:
    return [wait for each in rooms.brought("dues") for wait in each.waits(ctx, at, "")]


def test_before_anything_happened_nothing_waits(night: Mini) -> None:
    assert dues(ctx_at(night, 0), lang="zh") == []
    page = night.client("duty_officer").get(f"/w/{night.world.key}/desk")
    assert page.status_code == 200
    assert "现在没有要办的" in page.content.decode()


def test_the_list_stands_by_deadline_and_what_has_none_stands_last(night: Mini) -> None:
    words, place = Words(ctx_at(night, 0), "zh"), atlas().code(VILLAGE)

    def due(key: str, minutes: float | None) -> Due:
        deadline = None if minutes is None else NIGHT + minutes * MIN
        return Due(key=key, kind="help", deadline=deadline, title=key, detail="", place=place)

    found = in_order([due("none", None), due("late", 9), due("over", -3), due("soon", 1)], words)
    assert [d.key for d in found] == ["over", "soon", "late", "none"]
    assert [d.is_over(NIGHT) for d in found] == [True, False, False, False]


def test_a_cry_for_help_is_first_on_desk_and_wall_however_long_the_counts_are_overdue(night: Mini) -> None:
    ref = call_out(night)
    moving.order_stage(
        ctx_at(night, 0), village=atlas().code(VILLAGE), stage="move", by="H-town-leader", tier="county"
    )
    for holder in ("H-v1-secretary", "H-v1-group", "H-v1-deputy"):
        answer(night, ref, holder, 1, 2)
    answer(night, ref, "H-v2-secretary", 5, 59)
    found = dues(ctx_at(night, 60), lang="zh")
    assert found[0].kind == "help"
    assert min(found, key=lambda d: d.deadline or NIGHT + 999 * MIN).kind != "help", "something is longer due"
    night.world.now = NIGHT + 60 * MIN
    night.world.save()
    pages = [night.client("duty_officer").get(f"/w/{night.world.key}/{a}") for a in ("desk", "wall")]
    assert f"/w/{night.world.key}/wall" in pages[0].content.decode(), "the wall has a door"
    strip = pages[0].content.decode().partition('class="redline"')[2].partition("</nav>")[0]
    assert found[0].title in strip
    assert pages[1].context["dues"][0].kind == "help"


def test_small_counts_of_one_township_make_one_row_and_large_ones_stand_alone() -> None:
    mini = make_city()

    def count(code: str, left: int) -> Due:
        place = atlas().code(code)
        move = Move(
            ref=code, place=place, stage=Stage.MOVE, stage_at=NIGHT, to_move=9, people_to_move=20,
            moving=0, moved=9 - left, people_moved=0, refused=0,
        )  # fmt: skip
        return Due(
            key=f"count:{code}", kind="count", deadline=NIGHT, title=code, detail="", place=place,
            facts={"move": move}, harm=Harm.COUNT,
        )  # fmt: skip

    words = Words(mini.ctx(), "zh", NIGHT)
    folded = in_order([count(VILLAGE, 2), count(VILLAGE_2, 1)], words)
    assert [d.kind for d in folded] == ["counts"]
    assert "2 个村清点，共差 3 户" in folded[0].title
    assert [d.kind for d in in_order([count(VILLAGE, 2), count(VILLAGE_2, 3)], words)] == ["count", "count"]


def test_a_line_that_nobody_answers_waits_until_its_next_step(night: Mini) -> None:
    call_out(night)
    villages = [
        w for w in waits_of(ctx_at(night, 1)) if w.kind == "calling" and w.facts["line_kind"] == "village"
    ]
    assert {w.place.name for w in villages} == {"联盟村", "古城畈村"}
    assert all(w.due_at is not None and w.due_at > NIGHT for w in villages)


def test_many_lines_of_one_call_down_make_one_row(night: Mini) -> None:
    call_out(night)
    rows = [d for d in dues(ctx_at(night, 1), lang="zh") if d.kind == "calling"]
    lines = [w for w in waits_of(ctx_at(night, 1)) if w.kind == "calling"]
    assert len(lines) > 3
    assert len(rows) == 1
    assert f"{len(lines)} 条线没人应" in rows[0].title
    assert rows[0].deadline == min(w.due_at for w in lines)


def test_an_answered_village_leaves_the_list_and_is_then_to_be_counted(night: Mini) -> None:
    ref = call_out(night)
    moving.order_stage(
        ctx_at(night, 0), village=atlas().code(VILLAGE), stage="move", by="H-town-leader", tier="county"
    )
    answer(night, ref, "H-v1-secretary", 2, 2)
    answer(night, ref, "H-v1-group", 1, 3)
    answer(night, ref, "H-v1-deputy", 1, 3)
    assert ("calling", "联盟村") not in kinds(night, 4)
    assert ("count", "联盟村") in kinds(night, 4)


def test_a_call_for_help_is_due_at_once_until_the_same_person_says_something_else(night: Mini) -> None:
    ref = call_out(night)
    answer(night, ref, "H-v1-secretary", 5, 2)
    found = [w for w in waits_of(ctx_at(night, 3)) if w.kind == "help"]
    assert [(w.place.name, w.due_at) for w in found] == [("联盟村", NIGHT + 2 * MIN)]
    answer(night, ref, "H-v1-secretary", 3, 6)
    assert ("help", "联盟村") not in kinds(night, 7)
    assert ("help", "联盟村") in kinds(night, 5, at=True), "at the fifth minute nobody knew better"


def silence(mini: Mini, ref: str, minutes: float) -> str:
    """Nobody answered: the village's line goes to the door."""
    calldown.go_on(ctx_at(mini, minutes), ref)
    line = next(w for w in waits_of(ctx_at(mini, minutes)) if w.kind == "silent" and w.place.name == "联盟村")
    return doorchecks.order(ctx_at(mini, minutes), call_down=ref, line=line.facts["line"])


def test_a_silent_village_waits_for_the_door_then_for_somebody_to_be_sent(night: Mini) -> None:
    ref = call_out(night)
    check = silence(night, ref, 11)
    row = next(
        d for d in dues(ctx_at(night, 12), lang="zh") if d.kind == "silent" and d.place.name == "联盟村"
    )
    assert row.state == "silent"
    assert row.deadline == DoorCheck.objects.get(ref=check).due_at
    doorchecks.report(ctx_at(night, 20), ref=check, outcome="reached")
    assert ("silent", "联盟村") not in kinds(night, 21)
    assert ("silent", "联盟村") in kinds(night, 15, at=True)
    assert ("calling", "联盟村") in kinds(night, 5, at=True)


def test_every_past_moment_reads_as_it_was_then(night: Mini) -> None:
    """What was read live at each minute is what the slider shows for that minute afterwards."""
    seen: dict[float, tuple[object, ...]] = {}
    steps = {
        0: lambda: call_out(night),
        2: lambda: answer(night, "C-20210812-001", "H-v2-secretary", 1, 2),
        3: lambda: answer(night, "C-20210812-001", "H-v2-deputy", 5, 3),
        6: lambda: answer(night, "C-20210812-001", "H-v2-deputy", 3, 6),
        11: lambda: silence(night, "C-20210812-001", 11),
        14: lambda: contact.look(ctx_at(night, 14), township=atlas().code(TOWN)),
    }

    def read(minute: float, at: datetime | None) -> tuple[object, ...]:
        ctx = ctx_at(night, minute if at is None else 600)
        states = {s.place.name: s.state for s in village_states(ctx, at=at).values()}
        due = sorted(
            (w.kind, w.key, w.due_at) for w in waits_of(ctx, at) if w.kind in ("help", "silent", "lost")
        )
        return states, due, people_called(ctx, path=LIULIN_PATH, at=at)

    for minute in range(17):
        if minute in steps:
            steps[minute]()
        seen[minute] = read(minute, None)
    for minute, live in seen.items():
        assert read(minute, NIGHT + minute * MIN) == live, f"minute {minute}"


def test_households_are_counted_apart_from_answers(night: Mini) -> None:
    village = atlas().code(VILLAGE)
    ref = call_out(night)
    moving.order_stage(ctx_at(night, 0), village=village, stage="move", by="H-town-leader", tier="county")
    answer(night, ref, "H-v1-secretary", 4, 2, households=2, people_moved=6)
    found = tally(village_states(ctx_at(night, 3)).values())
    assert (found.to_move, found.moved) == (2, 0), "what is said on the telephone is not moved"
    moving.count_in(
        ctx_at(night, 5), village=village, households=2, people_in=6, site="柳林中学", by="H-v1-secretary"
    )
    assert tally(village_states(ctx_at(night, 6)).values()).moved == 2


def test_the_desk_speaks_english_without_a_chinese_sentence(night: Mini) -> None:
    call_out(night)
    rows = dues(ctx_at(night, 1), lang="en")
    assert any("lines not answered yet" in row.title for row in rows)
    assert all("下一步" not in row.detail for row in rows)


def page(mini: Mini, role: str = "duty_officer", query: str = "", part: str = "") -> str:
    headers = {"X-Anlan-Part": part} if part else {}
    reply = mini.client(role).get(f"/w/{mini.world.key}/desk{query}", headers=headers)
    assert reply.status_code == 200
    return str(reply.content.decode())


def test_in_the_past_nothing_can_be_pressed(night: Mini) -> None:
    ref = call_out(night)
    silence(night, ref, 11)
    night.world.now = NIGHT + 12 * MIN
    night.world.save()
    at = int((NIGHT + 11.5 * MIN).timestamp())
    item = next(
        d.key for d in dues(ctx_at(night, 12), lang="zh") if d.kind == "silent" and d.place.name == "联盟村"
    )
    assert 'action="/w/x1/desk/act"' in page(night, query=f"?item={item}")
    past = page(night, query=f"?at={at}&item={item}")
    assert "desk/act" not in past
    assert "desk/pace" not in past
    alive = re.findall(r'id="(\w+)"[^>]* data-live=', past)
    assert alive == ["alarm"], "who looks back still hears the red line of now"
    assert "回到现在" in past


def test_a_part_is_served_alone_and_carries_its_words(night: Mini) -> None:
    call_out(night)
    part = page(night, part="due")
    assert "<html" not in part
    assert "现在要办的" in part
    assert "<html" not in page(night, part="density")


def test_a_foreign_officer_finds_nothing_of_liulin_on_the_desk(night: Mini) -> None:
    ref = call_out(night)
    silence(night, ref, 11)
    night.world.now = NIGHT + 12 * MIN
    night.world.save()
    for query in ("", f"?at={int(NIGHT.timestamp()) + 300}", "?item=sheets"):
        shown = page(night, "foreign", query)
        assert not [secret for secret in SECRETS_OF_LIULIN if secret in shown]


def test_a_button_of_the_desk_does_what_it_says_and_a_stranger_cannot_press_it(night: Mini) -> None:
    ref = call_out(night)
    check = silence(night, ref, 11)
    url, given = f"/w/{night.world.key}/desk/act", {"act": "report", "ref": check, "outcome": "reached"}
    night.client("foreign").post(url, given)
    assert DoorCheck.objects.get(ref=check).state == "ordered"
    reply = night.client("duty_officer").post(url, given, follow=True)
    assert "敲门结果已登记" in reply.content.decode()
    assert DoorCheck.objects.get(ref=check).outcome == "reached"


def test_an_unknown_button_is_refused_with_a_word(night: Mini) -> None:
    reply = night.client("duty_officer").post(
        f"/w/{night.world.key}/desk/act", {"act": "explode"}, follow=True
    )
    assert "没有这个操作" in reply.content.decode()


def test_pause_and_speed_stand_on_the_desk_of_an_exercise(night: Mini) -> None:
    client, url = night.client("duty_officer"), f"/w/{night.world.key}/desk/pace"
    client.post(url, {"what": "start"})
    client.post(url, {"speed": "60"})
    night.world.refresh_from_db()
    assert (night.world.state, night.world.speed) == ("running", 60)
    assert 'value="pause"' in page(night)
    client.post(url, {"what": "pause"})
    night.world.refresh_from_db()
    assert night.world.state == "paused"


def test_the_histogram_counts_each_entry_once_and_only_what_may_be_seen(night: Mini) -> None:
    call_out(night)
    start, end = NIGHT - 60 * MIN, NIGHT + 360 * MIN
    mine, theirs = ctx_at(night, 1, "duty_officer"), ctx_at(night, 1, "foreign")
    first = sum(density(mine, start, end))
    assert first > 0
    assert sum(density(mine, start, end)) == first
    answer(night, "C-20210812-001", "H-v1-secretary", 2, 2)
    assert sum(density(mine, start, end)) > first
    assert sum(density(theirs, start, end)) == 0


def test_dead_letters_wait_for_the_administrator_alone(night: Mini) -> None:
    assert people.holders(ctx_at(night, 0), path=LIULIN_PATH, exact=False)
    from anlan.foundation.models import Task

    Task.objects.create(world=night.world, kind="event", key="e:1", due_at=NIGHT, state="dead", error="x")
    assert "dead" in [d.kind for d in dues(ctx_at(night, 1), lang="zh")]
    assert "dead" not in [d.kind for d in dues(ctx_at(night, 1, "duty_officer"), lang="zh")]


def test_the_story_of_a_township_names_whose_line_it_was_and_who_answered(night: Mini) -> None:
    ref = call_out(night)
    for holder in ("H-v1-secretary", "H-v1-group", "H-v1-deputy"):
        answer(night, ref, holder, 1, 2)
    calldown.go_on(ctx_at(night, 11), ref)
    village = story(ctx_at(night, 12), atlas().code(VILLAGE), lang="zh")
    assert any("联盟村应答够了：" in line.told.text and "支书" in line.told.text for line in village.lines)
    assert not any(
        "{line}" in line.told.text or line.told.text.startswith("应答够了") for line in village.lines
    )
    town = story(ctx_at(night, 12), atlas().code(TOWN), lang="zh")
    steps = [
        line.told.text for line in town.lines if "无人应答" in line.told.text or "上提一级" in line.told.text
    ]
    assert steps
    assert all(text.startswith("柳林镇") for text in steps), "each names its line"


def test_a_village_cadres_own_desk_begins_with_what_that_village_must_do_now(night: Mini) -> None:
    ref = call_out(night)
    moving.order_stage(
        ctx_at(night, 0), village=atlas().code(VILLAGE), stage="move", by="H-town-leader", tier="county"
    )
    client, url = night.client("village_cadre"), f"/w/{night.world.key}/desk"
    night.world.now = NIGHT + MIN
    night.world.save()
    text = client.get(url).text
    main = text.partition("<main")[2]
    left = moves(ctx_at(night, 1), atlas().code(VILLAGE).path)[atlas().code(VILLAGE).id].to_move
    assert left > 0
    assert main.index(f"现在就转移 {left} 户") < main.index('id="due"'), "before any list"
    assert "点到" in main, "with its households to mark"
    held = dict(re.findall(r'name="(key|village|call_down)" value="([^"]+)"', main))
    assert held["call_down"] == ref
    asked = {**held, "holder": "H-v1-secretary", "result": "3"}
    assert "答复已收到" in client.post(f"{url}/answer", asked, follow=True).text
    assert Answer.objects.get().kind == 3
    assert (
        "现在就转移"
        not in night.client("duty_officer").get(url).text.partition("<main")[2].partition('id="due"')[0]
    )
