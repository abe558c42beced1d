"""月表: the roster of a month as counties keep it, a day or a person a row, read as it is and written the same way.

Year and month stand in the title, the sheet's name or the days; the unit in the title, in a column, or in the names of sheet and
file. What the grid covers it replaces: whoever stood there and is not in it any more stands there no longer.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid
from anlan.foundation.worlds import BEIJING, beijing
from anlan.people.models import DutyShift, Organisation
from anlan.people.queries.shifts import CHANGE_AT, ROLES
from anlan.registers.books import files
from anlan.registers.books.cells import plain
from anlan.registers.books.errors import BookError
from anlan.registers.books.heads import folded
from anlan.registers.books.reading import Row, Table
from anlan.registers.columns import CLEARED

ALSO: Final = {
    **dict.fromkeys(("带班", "带班人", "带班负责人", "带班人员", "值班领导", "带", "总值班", "领导带班"), "leader"),
    **dict.fromkeys(("值班", "值班人", "值班人员", "值班干部", "主班", "副班", "值", "值班员", "白班", "夜班", "白", "夜"), "officer"),
}  # fmt: skip
"""What a role is called besides its own word, in heads and marks."""
TICKS: Final = frozenset({"√", "✓", "●", "○", "1", "v", "是"})
IDLE: Final = frozenset({"-", "—", "/", "无", "休", "休息", "假", "补休", "调休", "请假"})
DAY_HEADS: Final = frozenset({"日期", "值班日期", "时间", "值班时间"})
NAME_HEADS: Final = frozenset({"姓名", "值班人", "值班人员", "人员", "名字"})
UNIT_HEADS: Final = frozenset({"单位", "值班单位", "部门"})
ROLE_HEADS: Final = frozenset({"值班岗位", "岗位", "班次", "类别", "值班类别"})
IDLE_HEADS: Final = frozenset(
    {"星期", "周", "序号", "备注", "联系电话", "电话", "值班电话", "职务", "no", "合计"}
)
_MONTH: Final = re.compile(r"(20\d\d)\s*[年./-]\s*(\d{1,2})")
_MONTH_ALONE: Final = re.compile(r"(?<!\d)(\d{1,2})\s*月")
_HOURS: Final = re.compile(r"(\d{1,2})(?:[:：](\d\d))?\s*[-—–~至到]+\s*(?:次日)?\s*(\d{1,2})(?:[:：](\d\d))?")
_NUMBER: Final = re.compile(r"[(（]?\d[\d\- ]{6,}[)）]?")
HEADS_WITHIN: Final = 20
LONG_DAY: Final = 20
"""So many days in the heads make a grid of persons."""


@dataclass(frozen=True)
class _Turn:
    """A column of roles: which, and from when to when of its day, in minutes."""

    role: str
    starts: int = CHANGE_AT.hour * 60
    lasts: int = 24 * 60


@dataclass
class _Grid:
    sheet: str
    top: int
    rows: list[tuple[int, list[Any]]]
    titles: str
    columns: dict[str, int] = field(default_factory=dict)  # day, name, unit, role
    turns: dict[int, _Turn] = field(default_factory=dict)
    days: dict[int, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def unfold(ctx: Ctx, data: bytes, filename: str) -> Table | None:
    """The shifts of a month grid as rows of the register; None for a file that is none. Raises: BookError, Invalid."""
    try:
        sheets = [grid for sheet in files.sheets(data) if (grid := _grid(sheet))]
    except BookError:
        return None  # the register's own reading says what is wrong with the file
    if not sheets:
        return None
    rows = [row for grid in sheets for row in _shifts(ctx, grid, filename)]
    unknown = tuple(dict.fromkeys(word for grid in sheets for word in grid.unknown))
    return Table((), rows=rows, unknown=unknown, sheet=sheets[0].sheet) if rows else None


def _grid(sheet: files.Sheet) -> _Grid | None:
    rows = [(n, [plain(c) if isinstance(c, str) else c for c in cells]) for n, cells in sheet.rows()]
    _fill(rows, sheet)
    for top, (_, cells) in enumerate(rows[:HEADS_WITHIN]):
        titles = " ".join(str(c) for _, above in rows[:top] for c in dict.fromkeys(above) if c)
        grid = _Grid(sheet.name, top, rows, titles)
        below = rows[top + 1][1] if top + 1 < len(rows) else []
        if any(folded(cell) in DAY_HEADS for cell in below) and any(
            folded(cell) in DAY_HEADS for cell in cells
        ):
            grid.top, cells = (
                top + 1,
                [f"{a}{b}" if a != b else a for a, b in zip(cells, below, strict=False)],
            )
        for n, cell in enumerate(cells):
            _head(grid, n, cell)
        if ("day" in grid.columns and grid.turns) or ("name" in grid.columns and len(grid.days) >= LONG_DAY):
            return grid
    return None


def _fill(rows: list[tuple[int, list[Any]]], sheet: files.Sheet) -> None:
    """A merged cell stands in each of the cells that it spans."""
    at = dict(rows)
    for (top, left), (bottom, right) in sheet.merges:
        first, last = left - sheet.left, right - sheet.left
        cells = at.get(top + 1, [])
        value = cells[first] if 0 <= first < len(cells) else ""
        for number in range(top + 1, min(bottom + 1, top + 400) + 1):
            for n in range(first, min(last, first + 60) + 1):
                if value not in ("", None) and n < len(at.get(number, ())):
                    at[number][n] = value


def _head(grid: _Grid, n: int, cell: Any) -> None:
    text = folded(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    bare = re.sub(r"[(\[].*?[)\]]", "", text)
    day = re.fullmatch(r"(\d{1,2})(日|号)?", text)
    for name, heads in (("day", DAY_HEADS), ("unit", UNIT_HEADS), ("name", NAME_HEADS), ("role", ROLE_HEADS)):
        if bare in heads:
            grid.columns.setdefault(name, n)
    if day and 1 <= int(day[1]) <= 31:
        grid.days[n] = int(day[1])
    elif role := _role(bare):
        grid.turns[n] = _turn(role, text)
    elif bare and bare not in DAY_HEADS | UNIT_HEADS | NAME_HEADS | ROLE_HEADS | IDLE_HEADS:
        grid.unknown.append(str(cell))


def _role(text: str) -> str:
    words = {folded(word): code for code, word in ROLES.items()} | ALSO
    return words.get(text) or words.get(re.sub(r"[白夜]班$", "", text), "")


def _turn(role: str, text: str) -> _Turn:
    if hours := _HOURS.search(text):
        starts, ends = (int(hours[n]) * 60 + int(hours[n + 1] or 0) for n in (1, 3))
        return _Turn(role, starts, (ends - starts) % (24 * 60) or 24 * 60)
    if "白" in text:
        return _Turn(role, lasts=12 * 60)
    return _Turn(role, 20 * 60, 12 * 60) if "夜" in text else _Turn(role)


def _shifts(ctx: Ctx, grid: _Grid, filename: str) -> Iterator[Row]:
    """Every cell with a name in it, as a row; a cell that tells no day keeps what it says, to be found wrong."""
    said = (grid.titles, grid.sheet, filename)
    month, unit = _month(ctx, said), _unit(ctx, said)
    body = [(number, dict(enumerate(cells))) for number, cells in grid.rows[grid.top + 1 :]]
    days = {
        _day(day, month) for day in (grid.days.values() or (at.get(grid.columns["day"]) for _, at in body))
    }
    if not any(isinstance(day, date) for day in days):
        raise Invalid("月表里没写是哪年哪月。请在标题里写上，如“2026 年 7 月值班表”，再传。")
    told: dict[tuple[str, str, str], set[str]] = {}
    roles: dict[str, set[str]] = {}
    for number, at in body:
        here = str(at.get(grid.columns.get("unit", -1)) or "") or unit
        for day, turn, name in _names(grid, at):
            cells = {"organisation": here, "role": turn.role, **_span(_day(day, month), turn)}
            taken = told.setdefault((here, cells["starts_at"], turn.role), set())
            cells |= {"seat": str(len(taken) + 1), "name": name}
            taken.add(cells["seat"])
            roles.setdefault(here, {each.role for each in grid.turns.values()}).add(turn.role)
            yield Row(number, cells)
    for cells in _vacated(ctx, roles, sorted(day for day in days if isinstance(day, date))):
        if cells["seat"] not in told.get((cells["organisation"], cells["starts_at"], cells["role"]), ()):
            yield Row(grid.rows[grid.top][0], cells)


def _vacated(ctx: Ctx, roles: Mapping[str, set[str]], days: Sequence[date]) -> Iterator[dict[str, str]]:
    """What stands in the register for the units, roles and days that the grid covers, with nobody in it."""
    since, until = (datetime(d.year, d.month, d.day, tzinfo=BEIJING) for d in (days[0], days[-1]))
    rows = ctx.rows(DutyShift).filter(starts_at__gte=since, starts_at__lt=until + timedelta(days=1))
    for row in rows.filter(organisation__name__in=roles).exclude(holder=None).select_related("organisation"):
        if row.role in roles[row.organisation.name] and beijing(row.starts_at).date() in days:
            yield {
                "organisation": row.organisation.name, "role": row.role, "seat": str(row.seat), "name": CLEARED,
                "starts_at": written(row.starts_at), "ends_at": written(row.ends_at),
            }  # fmt: skip


def _names(grid: _Grid, at: Mapping[int, Any]) -> Iterator[tuple[Any, _Turn, str]]:
    if grid.turns and "day" in grid.columns:
        day = at.get(grid.columns["day"])
        for n, turn in grid.turns.items():
            for name in names_in(at.get(n)):
                yield day, turn, name
        return
    name = " ".join(names_in(at.get(grid.columns["name"])))
    usual = _role(folded(at.get(grid.columns.get("role", -1)) or "")) or "officer"
    for n, day in grid.days.items():
        mark = folded(_whole(at.get(n)) or "")
        if name and mark and mark not in IDLE:
            yield day, _turn(_role(mark) or (usual if mark in TICKS else mark), mark), name


def names_in(cell: Any) -> list[str]:
    """The names in a cell, without their telephones: 张三、李四; 张　三 is one name written wide."""
    found = []
    for part in re.split(r"[、,，;；/\n]+", _NUMBER.sub(" ", str(cell or ""))):
        pieces = part.split()
        found += ["".join(pieces)] if pieces and all(len(p) == 1 for p in pieces) else pieces
    return [name for name in found if name not in IDLE]


def _whole(cell: Any) -> Any:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _day(cell: Any, month: tuple[int, int] | None) -> date | str:
    if isinstance(cell, datetime | date):
        return date(cell.year, cell.month, cell.day)
    cell = _whole(cell)
    if isinstance(cell, int) and 40_000 < cell < 80_000:  # a serial day
        return date(1899, 12, 30) + timedelta(days=cell)
    text = str(cell if cell is not None else "")
    numbers = [int(n) for n in re.findall(r"\d+", text.partition("(")[0].partition("（")[0])]
    if len(numbers) == 1 and month:
        numbers = [*month, *numbers]
    elif len(numbers) == 2 and month:
        numbers = [month[0], *numbers]
    try:
        return date(*numbers[:3])
    except (TypeError, ValueError):
        return text


def _span(when: date | str, turn: _Turn) -> dict[str, str]:
    if not isinstance(when, date):
        return {"starts_at": when or "?", "ends_at": when or "?"}
    since = datetime(when.year, when.month, when.day, tzinfo=BEIJING) + timedelta(minutes=turn.starts)
    return {"starts_at": written(since), "ends_at": written(since + timedelta(minutes=turn.lasts))}


def written(at: datetime) -> str:
    return beijing(at).strftime("%Y-%m-%d %H:%M")


def _month(ctx: Ctx, said: Sequence[str]) -> tuple[int, int] | None:
    for text in said:
        if (found := _MONTH.search(text)) and 1 <= int(found[2]) <= 12:
            return int(found[1]), int(found[2])
    for text in said:
        if (alone := _MONTH_ALONE.search(text)) and 1 <= int(alone[1]) <= 12:
            return beijing(ctx.now).year, int(alone[1])
    return None


def _unit(ctx: Ctx, said: Sequence[str]) -> str:
    """The unit whose name stands in the titles, the longest of several."""
    names = list(ctx.rows(Organisation).values_list("name", flat=True))
    for text in said:
        if found := [name for name in names if name in text.replace(" ", "")]:
            return max(found, key=len)
    return ""
