"""The roster: its register, and the month grid that counties keep, read as it is, replaced by the next one, written again."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter

from anlan.foundation.errors import Invalid
from anlan.people.models import DutyShift
from anlan.people.month_grid import names_in
from anlan.people.queries import shifts
from anlan.people.shift_register import SHIFTS
from anlan.registers import queries, saving, uploads
from tests.support.city import Mini
from tests.support.registers import RegisterTests

UNIT, TITLE = "随县应急管理局", "随县应急管理局2021年8月值班表"
DAYS: list[list[Any]] = [
    [TITLE, "", "", ""],
    ["日期", "星期", "带班领导", "值班员"],
    ["8月1日", "日", "沈县长", "何值班 13800001002"],
    ["8月2日", "一", "", "何 值 班、江局长"],
    ["8月3日", "二", "江局长", ""],
    ["注：8:00 交接", "", "", ""],
]


def grid(rows: list[list[Any]], *merges: tuple[int, int, int, int], sheet: str = "Sheet1") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet(sheet)
        for n, row in enumerate(rows):
            page.write_row(n, 0, row)
        for each in merges:
            page.merge_range(*each, rows[each[0]][each[1]])
    return out.getvalue()


class TestShifts(RegisterTests):
    register = SHIFTS
    good = {
        "organisation": UNIT, "starts_at": "2021-08-12 08:00", "ends_at": "2021-08-13 08:00", "role": "officer", "seat": "1",
        "name": "何值班",
    }  # fmt: skip
    change = {"ends_at": "2021-08-12 20:00", "role": "leader"}
    wrong = {"name": "没有这人"}

    def load(self, mini: Mini, data: bytes, name: str = "值班表.xlsx") -> dict[str, int]:
        ctx = self.ctx(mini)
        return uploads.confirm(ctx, SHIFTS, uploads.keep(ctx, SHIFTS, data, name)).counts

    def told(self, mini: Mini) -> dict[int, str]:
        """Day of August → who stands there."""
        month = shifts.month(self.ctx(mini), "O-emergency", date(2021, 8, 1))
        return {
            day.date.day: " ".join(f"{each.role[0]}:{each.holder}" for found in day.shifts.values() for each in found if each.holder)
            for day in month if not day.is_empty
        }  # fmt: skip

    def test_a_month_with_a_day_a_row_is_read_as_it_is(self, mini: Mini) -> None:
        counts = self.load(mini, grid(DAYS, (0, 0, 0, 3)))
        assert counts == {"new": 5, "changed": 0, "same": 0, "wrong": 0}
        assert self.told(mini) == {
            1: "l:H-county-leader o:H-county-duty", 2: "o:H-county-duty o:H-water", 3: "l:H-water",
        }  # fmt: skip
        first = DutyShift.objects.filter(starts_at__month=8).order_by("starts_at").first()
        assert first is not None
        assert first.starts_at == datetime(2021, 8, 1, 0, tzinfo=UTC)
        assert first.ends_at == datetime(2021, 8, 2, 0, tzinfo=UTC)

    def test_the_next_grid_of_the_month_replaces_what_it_covers(self, mini: Mini) -> None:
        self.load(mini, grid(DAYS))
        same = uploads.look(self.ctx(mini), SHIFTS, grid(DAYS), "值班表.xlsx")
        assert same.counts == {"new": 0, "changed": 0, "same": 5, "wrong": 0}
        rows = [*DAYS[:3], ["8月2日", "一", "江局长", "何值班"], ["8月3日", "二", "", ""]]
        assert self.load(mini, grid(rows)) == {"new": 1, "changed": 2, "same": 3, "wrong": 0}
        assert self.told(mini) == {1: "l:H-county-leader o:H-county-duty", 2: "l:H-water o:H-county-duty"}

    def test_a_month_with_a_person_a_row_is_read_too(self, mini: Mini) -> None:
        days: list[Any] = [""] * 31
        rows: list[list[Any]] = [
            [f"{UNIT} 2021 年 8 月排班"],
            ["序号", "姓名", "岗位", *range(1, 32)],
            [1, "沈县长", "带班领导", "√", *days[1:]],
            [2, "何值班", "", "白", "夜", "休", *days[3:]],
        ]
        assert self.load(mini, grid(rows))["new"] == 3
        assert self.told(mini) == {1: "l:H-county-leader o:H-county-duty", 2: "o:H-county-duty"}
        hours = (
            DutyShift.objects.filter(role="officer", starts_at__month=8)
            .order_by("starts_at")
            .values_list("starts_at__hour", "ends_at__hour")
        )
        assert list(hours) == [(8, 20), (20, 8)]

    def test_a_cell_that_spans_days_and_two_rows_of_heads_are_understood(self, mini: Mini) -> None:
        rows = [
            ["日期", "带班领导", "值班员", ""],
            ["日期", "带班领导", "白班", "夜班"],
            [date(2021, 8, 1).isoformat(), "沈县长", "何值班", "江局长"],
            ["2021/8/2", "", "江局长", "何值班"],
        ]
        data = grid(rows, (0, 2, 0, 3), (2, 1, 3, 1), sheet=UNIT)
        assert self.load(mini, data)["new"] == 6
        assert self.told(mini)[2] == "l:H-county-leader o:H-water o:H-county-duty"

    def test_whom_nobody_knows_comes_back_in_the_file_of_errors(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        looked = uploads.look(
            ctx, SHIFTS, grid([*DAYS[:2], ["8月1日", "日", "没有这人", "何值班"]]), "x.xlsx"
        )
        assert looked.counts["wrong"] == 1
        assert [line.number for line in looked.judged.of("wrong")] == [3]
        again = uploads.look(ctx, SHIFTS, uploads.errors(ctx, SHIFTS, looked, "zh"), "errors.xlsx")
        assert "没有叫 没有这人 的责任人" in again.judged.lines[0].wrong["name"].zh

    def test_a_grid_that_tells_no_month_is_asked_for_it(self, mini: Mini) -> None:
        with pytest.raises(Invalid, match="哪年哪月"):
            uploads.look(self.ctx(mini), SHIFTS, grid([["日期", "值班员"], ["1", "何值班"]]), "x.xlsx")

    def test_the_month_goes_out_and_comes_back_the_same(self, mini: Mini) -> None:
        self.load(mini, grid(DAYS))
        book = mini.client(self.keeper).get("/w/live/roster.xlsx?unit=O-emergency&month=2021-08")
        assert book.status_code == 200
        looked = uploads.look(self.ctx(mini), SHIFTS, book.content, "随县.xlsx")
        assert looked.counts == {"new": 0, "changed": 0, "same": 5, "wrong": 0}

    def test_the_month_page_shows_each_day_and_the_empty_ones(self, mini: Mini) -> None:
        self.load(mini, grid(DAYS))
        page = (
            mini.client("duty_officer")
            .get("/w/live/roster?month=2021-08", headers={"Accept-Language": "zh"})
            .content.decode()
        )
        assert page.count("何**") == 2
        assert page.count("没有人") == 28
        assert (
            mini.client("foreign")
            .get("/w/live/roster?unit=O-emergency&month=2021-08")
            .content.decode()
            .count("何**")
            == 0
        )

    def test_who_is_on_duty_now(self, mini: Mini) -> None:
        self.add(mini)
        at = datetime(2021, 8, 12, 3, tzinfo=UTC)
        assert [each.name for each in shifts.on_duty(self.ctx(mini).at(at))] == ["何**"]
        assert not shifts.on_duty(self.ctx(mini).at(at.replace(day=13)))
        assert not shifts.on_duty(mini.ctx("foreign").at(at))

    def test_of_two_of_one_name_the_units_own_is_meant(self, mini: Mini) -> None:
        ref = self.add(mini, organisation="O-water", name="江局长")
        assert queries.entry(self.ctx(mini), SHIFTS, ref).holder.ref == "H-water"

    def test_a_shift_ends_after_it_begins(self, mini: Mini) -> None:
        with pytest.raises(saving.NotRead, match="晚于"):
            self.add(mini, ends_at="2021-08-11 08:00")


@pytest.mark.parametrize(
    ("cell", "names"),
    [("张三", ["张三"]), ("张　三、李四", ["张三", "李四"]), ("张三 李四", ["张三", "李四"]), ("王五\n13800001234", ["王五"]),
     ("—", []), (None, []), ("欧阳四喜（0722-3312345）", ["欧阳四喜"])],
)  # fmt: skip
def test_names_are_read_out_of_a_cell(cell: Any, names: list[str]) -> None:
    assert names_in(cell) == names
