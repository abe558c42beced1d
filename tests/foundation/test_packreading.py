"""Grades and settings as packs write them, and the faults that are named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anlan.foundation.rules import pack
from anlan.foundation.rules.errors import BadPack, UnknownGrade
from anlan.foundation.rules.grade import Grade


@pytest.mark.parametrize("word", ["red", "Red", " 红色", "红", "I", "Ⅰ", "一级", "4"])
def test_a_red_is_read_in_every_spelling(word: str):
    assert Grade.parse(word) is Grade.RED


def test_grades_order_by_danger_and_speak_their_names():
    assert Grade.RED > Grade.ORANGE > Grade.YELLOW > Grade.BLUE
    assert [(grade.code, grade.word, grade.roman) for grade in (Grade.RED, Grade.BLUE)] == [
        ("red", "红色", "I"),
        ("blue", "蓝色", "IV"),
    ]


def test_a_word_that_is_no_grade_is_refused_by_name():
    with pytest.raises(UnknownGrade):
        Grade.parse("purple")


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda d: pack.number(d, "k", 1), "3"),
        (lambda d: pack.number(d, "k", 1), True),
        (lambda d: pack.number(d, "k", 1, least=1), 0),
        (lambda d: pack.seconds(d, "k", 1), -1),
        (lambda d: pack.text(d, "k"), ""),
        (lambda d: pack.flag(d, "k", True), 1),
        (lambda d: pack.strings(d, "k"), "abc"),
        (lambda d: pack.strings(d, "k"), [1]),
        (lambda d: pack.table(d, "k"), []),
        (lambda d: pack.tables(d, "k"), [1]),
    ],
)
def test_a_wrong_value_names_its_key(read, value: object):
    with pytest.raises(BadPack, match="k"):
        read({"k": value})


def test_what_a_pack_leaves_out_has_its_default():
    assert pack.minutes({}, "k", 5) == timedelta(minutes=5)
    assert pack.hours({}, "k", 2) == timedelta(hours=2)
    assert pack.tables({}, "k") == ()
    with pytest.raises(BadPack):
        pack.text({}, "k")
