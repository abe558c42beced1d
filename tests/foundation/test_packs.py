"""Packs: what is shipped is fit to be shown to a court, and a bad pack says how to mend it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from anlan.foundation import packs
from anlan.foundation.packs import load_all, read_folder
from anlan.foundation.packs.pack import (
    CONFIDENCE,
    PackError,
    PackKeyMissing,
    PackKeyUnknown,
    PackNotFound,
    PackNotInForce,
    PackTwice,
    PackUnreadable,
    PackValueWrong,
    Shelf,
    kinds,
)
from anlan.foundation.packs.parse import parse

LIULIN = "421321117"
THAT_NIGHT = date(2021, 8, 12)
GOOD = """
[pack]
id = "own-silence"
kind = "silent_station"
title = { zh = "保存期限", en = "Retention" }
issuer = "city archive"
clause = "article 3"
source = "notice 7"
effective_from = 2020-01-01
confidence = "B"
applies_to = "*"

[silent_station]
raw_frames_days = 90
"""


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return load_all()


def write(folder: Path, text: str, name: str = "own.toml") -> Path:
    (folder / "packs").mkdir(exist_ok=True)
    path = folder / "packs" / name
    path.write_text(text, encoding="utf-8")
    return path


def with_line(key: str, line: str) -> bytes:
    """The good pack with one header line replaced, or dropped when `line` is empty."""
    kept = [line if row.startswith(f"{key} ") else row for row in GOOD.splitlines()]
    return "\n".join(kept).encode()


def test_every_shipped_figure_has_source_clause_dates_and_confidence(shelf):
    figures = [(pack, figure) for pack in shelf.packs for figure in pack.figures()]
    assert len(figures) > 100
    for pack, figure in figures:
        where = f"{pack.id} {figure.path}"
        assert figure.source.strip(), where
        assert figure.clause.strip(), where
        assert figure.confidence in CONFIDENCE, where
        assert isinstance(figure.effective_from, date), where


def test_every_kind_is_shipped_and_known_by_a_chinese_and_an_english_title(shelf):
    assert {pack.kind for pack in shelf.packs} == set(kinds())
    assert all(pack.title["zh"] and pack.title["en"] for pack in shelf.packs)


def test_every_kind_has_a_pack_for_the_night_of_liulin(shelf):
    for kind in kinds():
        assert shelf.the(kind, on=THAT_NIGHT, division=LIULIN).kind == kind


def test_examples_say_so_in_their_title_or_carry_the_mark(shelf):
    for pack in shelf.packs:
        if any(word in pack.title["zh"] for word in ("示例", "演示")):
            assert pack.example, pack.id
    assert "示例" in shelf.get("flash-flood-jianghua").title["zh"]


def test_what_no_document_says_is_marked_to_be_verified(shelf):
    river = shelf.get("river-flood-sl758")
    assert not river.is_doubtful
    near = next(figure for figure in river.figures() if figure.path == "rule[0].when.offset_mm")
    assert near.is_doubtful
    assert "接近" in near.clause
    assert river.has_doubts
    assert shelf.get("standing-orders").is_doubtful


def test_the_standing_order_of_the_demo_names_paper_signer_and_time(shelf):
    order = shelf.get("standing-orders").data["order"]
    assert order["demo"] is True
    assert order["document_no"]
    assert "演示" in order["signed_by"]
    assert order["signed_at"].utcoffset() is not None


def test_the_emergency_bureau_issues_nothing_in_any_pack(shelf):
    for pack in shelf.of_kind("issuers"):
        assert all("emergency" not in rule["organs"] for rule in pack.data["issue"])


def test_every_role_called_on_a_ladder_or_sent_to_a_door_is_a_known_kind_of_duty_holder(shelf):
    known = {duty["code"] for duty in shelf.get("duty-kinds").data["duty"]}
    called = {
        role
        for ladder in shelf.get("call-down").data["call_down"]["ladders"]
        for rung in ladder["rungs"]
        for role in rung["roles"]
    }
    assert called | set(shelf.get("door-check").data["door_check"]["roles"]) <= known


def test_no_role_both_drafts_and_approves(shelf):
    for role in shelf.get("roles").data["role"]:
        assert not {"warn.draft", "warn.approve"} <= set(role["may"]), role["code"]


def test_hubei_words_stand_one_grade_lower_than_the_nations(shelf):
    nation = shelf.get("wording-flash-flood-national").data["words"]
    hubei = shelf.get("wording-flash-flood-hubei").data["words"]
    assert [hubei[level]["zh"] for level in "234"] == [nation[level]["zh"] for level in "123"]


def test_the_pack_closest_to_the_place_comes_first(shelf):
    here = shelf.in_force("wording", on=THAT_NIGHT, division=LIULIN)
    assert [pack.id for pack in here] == ["wording-flash-flood-hubei", "wording-flash-flood-national"]
    elsewhere = shelf.in_force("wording", on=THAT_NIGHT, division="431129")
    assert [pack.id for pack in elsewhere] == ["wording-flash-flood-national"]


def test_a_pack_holds_from_its_first_day_to_the_day_before_its_last():
    text = with_line("effective_from", "effective_from = 2020-01-01\neffective_to = 2021-01-01")
    pack = parse(text, path=Path("x.toml"))
    assert [pack.is_in_force(day) for day in (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31))] == [
        False,
        True,
        True,
    ]
    assert not pack.is_in_force(date(2021, 1, 1))


def test_a_citys_own_file_wins_over_the_shipped_one_and_a_later_one_follows_it(tmp_path):
    own = GOOD.replace("own-silence", "silent-station").replace("2020-01-01", "2021-01-01")
    write(tmp_path, own, "same-day.toml")
    write(tmp_path, own.replace("2021-01-01", "2023-01-01").replace("= 90", "= 30"), "later.toml")
    shelf = load_all(home=tmp_path)
    days = [
        shelf.the("silent_station", on=day).data["silent_station"]["raw_frames_days"]
        for day in (date(2022, 1, 1), date(2023, 1, 1))
    ]
    assert days == [90, 30]
    first, second = shelf.of_kind("silent_station")
    assert shelf.get("silent-station", version=first.version) == first
    assert shelf.get("silent-station") == second


def test_the_module_reads_the_same_shelf():
    shipped = load_all()
    assert packs.get("answers") == shipped.get("answers")
    assert packs.of_kind("threshold") == shipped.of_kind("threshold")
    assert packs.in_force("answers", on=THAT_NIGHT) == shipped.in_force("answers", on=THAT_NIGHT)


def test_the_version_changes_with_a_figure_and_not_with_a_comment():
    good = parse(GOOD.encode(), path=Path("x.toml"))
    commented = parse(b"# a word\n" + GOOD.encode(), path=Path("y.toml"))
    changed = parse(GOOD.replace("= 90", "= 91").encode(), path=Path("x.toml"))
    assert good.version == commented.version != changed.version


def test_a_pack_from_an_editor_of_windows_is_the_same_pack():
    whole = GOOD.encode()
    for data in (b"\xef\xbb\xbf" + whole, whole.replace(b"\n", b"\r\n"), GOOD.encode("utf-16")):
        assert parse(data, path=Path("x.toml")).version == parse(whole, path=Path("x.toml")).version


def test_data_are_frozen_and_decimals_stay_exact():
    pack = parse(GOOD.replace("= 90", "= 0.1").encode(), path=Path("x.toml"))
    assert pack.data["silent_station"]["raw_frames_days"] == Decimal("0.1")
    with pytest.raises(TypeError):
        pack.data["silent_station"]["raw_frames_days"] = 1


def test_a_figure_inherits_the_nearest_source():
    text = GOOD + '[[silent_station.more]]\nsource = "notice 8"\nconfidence = "X"\ndays = 5\n'
    by_path = {figure.path: figure for figure in parse(text.encode(), path=Path("x.toml")).figures()}
    assert by_path["silent_station.raw_frames_days"].source == "notice 7"
    assert by_path["silent_station.more[0].days"].source == "notice 8"
    assert by_path["silent_station.more[0].days"].clause == "article 3"
    assert by_path["silent_station.more[0].days"].is_doubtful


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        (b"[pack", PackUnreadable, "not TOML"),
        (b"\xff", PackUnreadable, "UTF-8"),
        (b"[silent_station]\n", PackKeyMissing, "[pack]"),
        (with_line("clause", ""), PackKeyMissing, "[pack] clause"),
        (with_line("clause", 'clause = "3"\nclaus = "4"'), PackKeyUnknown, "claus"),
        (with_line("clause", 'clause = " "'), PackValueWrong, "clause"),
        (with_line("confidence", 'confidence = "sure"'), PackValueWrong, "M?"),
        (with_line("effective_from", 'effective_from = "2020-01-01"'), PackValueWrong, "without quotes"),
        (
            with_line("effective_from", "effective_from = 2020-01-01\neffective_to = 2020-01-01"),
            PackValueWrong,
            "after",
        ),
        (with_line("applies_to", 'applies_to = ["421300"]'), PackValueWrong, "4213"),
        (with_line("applies_to", "applies_to = []"), PackValueWrong, "applies_to"),
        (with_line("title", 'title = "x"'), PackValueWrong, "zh"),
        (with_line("kind", 'kind = "rumour"'), PackValueWrong, "threshold"),
        (with_line("kind", 'kind = "threshold"'), PackKeyMissing, "[threshold]"),
        (GOOD.encode() + b'confidence = "?"\n', PackValueWrong, "silent_station.confidence"),
    ],
)
def test_a_bad_pack_says_which_file_which_key_and_what_to_write(text, error, says):
    with pytest.raises(error) as caught:
        parse(text, path=Path("own.toml"))
    assert "own.toml" in str(caught.value)
    assert says in str(caught.value)
    assert isinstance(caught.value, PackError)


def test_two_files_of_one_folder_may_not_say_the_same(tmp_path):
    write(tmp_path, GOOD, "a.toml")
    write(tmp_path, GOOD, "b.toml")
    (refused,) = load_all(home=tmp_path).refused
    assert "give one of them another id" in refused.why
    with pytest.raises(PackTwice, match="another id"):
        read_folder(tmp_path)


def test_what_is_not_there_is_named(shelf):
    with pytest.raises(PackNotFound, match="no-such"):
        shelf.get("no-such")
    with pytest.raises(PackNotFound, match="version 0"):
        shelf.get("answers", version="0")
    with pytest.raises(PackNotFound, match="the kinds are"):
        shelf.of_kind("rumour")
    with pytest.raises(PackNotInForce):
        shelf.get("answers", on=date(1999, 1, 1))
    with pytest.raises(PackNotInForce):
        shelf.the("answers", on=date(1999, 1, 1))
