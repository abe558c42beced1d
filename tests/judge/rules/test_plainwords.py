"""What people hear and read: short, in their words, without codes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import say
from anlan.judge.rules.plainwords import (
    SCRIPT_CHARACTERS,
    Facts,
    call_script,
    call_sheet,
    group_chat,
    rain_cause,
    resident_words,
    spoken_number,
    spoken_time,
)


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


LIULIN = both(zh="柳林", en="Liulin")
CAUSE = rain_cause(place=LIULIN, rain_tenths_mm=1223, over_minutes=180, still_raining=True)
FACTS = Facts(
    caller=both(zh="随县防指", en="Suixian flood headquarters"),
    place=both(zh="双利村", en="Shuangli village"),
    hazard=say("山洪"),
    stage=Stage.MOVE,
    exercise=True,
    cause=CAUSE,
    households=16,
    people=52,
    site=both(zh="双利小学", en="Shuangli school"),
    by=datetime(2021, 8, 11, 20, 30, tzinfo=UTC),
)


def test_the_script_of_the_night_says_all_in_twenty_seconds():
    script = call_script(FACTS).zh
    assert script == (
        "我是随县防指。这是演练。柳林三小时下了122毫米，还在下。双利村16户现在就转，去双利小学，四点半前到齐。"
        "听清请按1，或说“收到”。"
    )
    assert len(script) <= SCRIPT_CHARACTERS


def test_the_script_in_english_says_the_same():
    said = call_script(FACTS).en
    for part in ("exercise", "122 mm", "16 households", "move now", "Shuangli school", "04:30", "Press 1"):
        assert part in said


def test_outside_exercises_no_text_speaks_of_one():
    real = replace(FACTS, exercise=False)
    sheet = call_sheet(real)
    words = resident_words(real)
    for text in (call_script(real), group_chat(real), sheet.title, sheet.script, words.what):
        assert "演练" not in text.zh
        assert "exercise" not in text.en.lower()


def test_in_an_exercise_every_text_says_so():
    sheet = call_sheet(FACTS)
    words = resident_words(FACTS)
    for text in (call_script(FACTS), group_chat(FACTS), sheet.title, sheet.script, words.what):
        assert "演练" in text.zh
        assert "exercise" in text.en.lower()


NAME = st.text(st.sampled_from("双利柳林大桥街社区长岭坡安置点小学将军"), min_size=2, max_size=9)


@given(
    place=NAME,
    site=NAME,
    caller=NAME,
    stage=st.sampled_from(Stage),
    exercise=st.booleans(),
    households=st.one_of(st.none(), st.integers(0, 9999)),
    minutes=st.integers(0, 1439),
)
def test_every_script_and_sms_fits_and_keeps_place_and_deed(
    place: str, site: str, caller: str, stage: Stage, exercise: bool, households: int | None, minutes: int
):
    facts = replace(
        FACTS,
        place=both(zh=place, en="P"),
        site=both(zh=site, en="S"),
        caller=both(zh=caller, en="C"),
        stage=stage,
        exercise=exercise,
        households=households,
        by=FACTS.by + timedelta(minutes=minutes) if FACTS.by else None,
    )
    text = call_script(facts).zh
    assert len(text) <= SCRIPT_CHARACTERS
    assert place in text
    assert ("演练" in text) == exercise
    assert not re.search(r"[A-Za-z_]", text)


def test_a_script_too_long_drops_the_cause_before_the_place():
    long = replace(FACTS, site=both(zh="柳林镇中心小学教学楼三楼会议室和东侧操场", en="the school"))
    script = call_script(long).zh
    assert "毫米" not in script
    assert "双利村16户现在就转" in script
    assert "四点半前到齐" in script


@pytest.mark.parametrize(
    ("stage", "zh", "en"),
    [
        (Stage.PREPARE, "做好转移准备", "get ready to move"),
        (Stage.MOVE, "现在就转", "move now"),
        (Stage.COUNT, "逐户点名", "count everybody"),
        (Stage.STAY_OUT, "不得自行返回", "nobody goes back"),
        (Stage.RETURN, "可以返回", "may go home"),
    ],
)
def test_each_stage_has_its_own_words(stage: Stage, zh: str, en: str):
    script = call_script(replace(FACTS, stage=stage))
    assert zh in script.zh
    assert en in script.en


def test_the_group_text_says_that_a_word_in_the_group_is_no_answer():
    assert "群里回“收到”不算应答" in group_chat(FACTS).zh


def test_residents_hear_what_will_happen_where_to_go_and_by_when():
    words = resident_words(FACTS)
    assert words.what.zh == "这是演练。柳林三小时下了122毫米，还在下，山洪随时会来。"
    assert "去双利小学" in words.where.zh
    assert "不过河，不过桥" in words.where.zh
    assert "04:30前到双利小学" in words.when.zh
    assert "不要回家" in words.when.zh


def test_residents_who_prepare_are_not_told_to_leave_and_those_let_home_are_told_so():
    assert "马上走" in resident_words(replace(FACTS, stage=Stage.PREPARE)).when.zh
    assert "可以回家" in resident_words(replace(FACTS, stage=Stage.RETURN)).when.zh


def test_the_sheet_has_the_five_answers_and_the_three_outcomes():
    sheet = call_sheet(FACTS)
    assert len(sheet.boxes) == 8
    assert [box.zh[0] for box in sheet.boxes[:5]] == list("12345")


def test_rain_is_never_rounded_up_and_always_says_its_time():
    assert CAUSE.zh == "柳林三小时下了122毫米，还在下"
    hour = rain_cause(place=LIULIN, rain_tenths_mm=839, over_minutes=60, still_raining=False)
    assert (hour.zh, hour.en) == ("柳林一小时下了83毫米", "Liulin had 83 mm of rain in 1 hour")
    assert "两小时" in rain_cause(place=LIULIN, rain_tenths_mm=1, over_minutes=120, still_raining=False).zh
    assert "90分钟" in rain_cause(place=LIULIN, rain_tenths_mm=1, over_minutes=90, still_raining=False).zh


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (20, 30, "四点半"),
        (16, 0, "零点"),
        (18, 5, "两点零五分"),
        (4, 12, "十二点十二分"),
        (14, 45, "二十二点四十五分"),
    ],
)
def test_times_are_said_as_people_say_them_in_beijing(hour: int, minute: int, said: str):
    assert spoken_time(datetime(2021, 8, 11, hour, minute, tzinfo=UTC)) == said


def test_numbers_are_said_as_people_say_them():
    assert [spoken_number(n) for n in (0, 2, 10, 12, 20, 99, 100)] == [
        *("零", "二", "十", "十二", "二十", "九十九", "100")
    ]
