# ruff: noqa: DTZ001  (the wire's times are Beijing time without an offset)
"""Random SL 651 messages for property tests: everything the codec claims to carry."""

from datetime import datetime

from hypothesis import strategies as st

from anlan.wire.sl651.codes import Direction, Encoding
from anlan.wire.sl651.elements import ELEMENTS, Coding, Element
from anlan.wire.sl651.items import (
    Blob,
    Content,
    Number,
    Series,
    Setting,
    Slots,
    StationMark,
    Status,
    Step,
    TimeMark,
)
from anlan.wire.sl651.message import Message

NUMBERS = [row for row in ELEMENTS.values() if row.coding is Coding.BCD]
REPORTS = [0x30, 0x32, 0x33, 0x34, 0x37, 0x3A, 0x44]
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59)).map(
    lambda t: t.replace(microsecond=0)
)
MINUTES = TIMES.map(lambda t: t.replace(second=0))
SERIALS = st.integers(0, 65535)
PASSWORDS = st.integers(0, 65535)
CENTERS = st.integers(0, 255)
HYDROLOGICAL = st.integers(0, 10**8 - 1).map(lambda n: f"00{n:08d}")
OTHERS = st.tuples(st.integers(10**4, 10**6 - 1), st.integers(0, 0xFFFF)).map(
    lambda p: f"{p[0]:06d}{p[1]:04X}"
)
STATIONS = HYDROLOGICAL | OTHERS
CLASSES = st.sampled_from("PHKZDTMGQIO")


def bcd(digits: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=digits, max_size=digits)


@st.composite
def hex_numbers(draw: st.DrawFn, rows: list[Element] = NUMBERS) -> Number:
    width = draw(st.integers(1, 10))
    kind = draw(st.sampled_from(["plain", "plain", "negative", "missing"]))
    raw = "F" * 2 * width if kind == "missing" else draw(bcd(2 * width))
    if kind == "negative" and width > 1:
        raw = "FF" + raw[2:]
    return Number(draw(st.sampled_from(rows)).code, raw, draw(st.integers(0, 7)))


@st.composite
def open_numbers(draw: st.DrawFn) -> Number:
    code = draw(st.sampled_from(["76", "EF", "FF03", "FFFF", "FF00"]))
    raw = draw(st.binary(min_size=0, max_size=31)).hex().upper()
    return Number(code, raw, draw(st.integers(0, 7)))


@st.composite
def hours(draw: st.DrawFn) -> Slots:
    code = draw(st.sampled_from(["F4", "F5", "F6", "FC"]))
    size = 12 if code == "F4" else 24
    raw = draw(st.binary(min_size=size, max_size=size)).hex().upper()
    return Slots(code, raw, draw(st.sampled_from([0x60, 0xC0, 0x5C, 0x00])))


STATUSES = st.binary(min_size=4, max_size=4).map(lambda b: Status(b.hex().upper()))


@st.composite
def report_items(draw: st.DrawFn, *, hot: bool = False) -> tuple[object, ...]:
    values = hex_numbers() | hours() | STATUSES
    values = values if hot else values | open_numbers()
    items: list[object] = []
    for _ in range(draw(st.integers(1, 3))):
        items.append(StationMark(draw(STATIONS), draw(CLASSES)))
        for _ in range(draw(st.integers(1, 3))):
            items.append(TimeMark(draw(MINUTES)))
            items += draw(st.lists(values, max_size=4))
    return tuple(items)


@st.composite
def series_items(draw: st.DrawFn) -> tuple[object, ...]:
    step = Step(draw(st.sampled_from(["000005", "000100", "010000", "000059"])))
    width = draw(st.integers(1, 5))
    raws = draw(st.lists(bcd(2 * width) | st.just("FF" * width), min_size=0, max_size=20))
    definition = width << 3 | draw(st.integers(0, 7))
    row = draw(st.sampled_from(NUMBERS))
    series = Series(step, (row.code,), tuple(raws), definition)
    if draw(st.booleans()):
        blocks = draw(st.lists(st.binary(min_size=12, max_size=12), min_size=1, max_size=3))
        series = Series(Step("000000"), ("F4",), tuple(b.hex().upper() for b in blocks), 0x60)
    return (StationMark(draw(STATIONS), draw(CLASSES)), TimeMark(draw(MINUTES)), series)


@st.composite
def ascii_items(draw: st.DrawFn) -> tuple[object, ...]:
    token = st.decimals(-(10**6), 10**6, places=3).map(lambda d: f"{d:f}") | st.just("M") | bcd(3)
    number = st.tuples(st.sampled_from(NUMBERS), token).map(
        lambda p: Number(p[0].code, p[1], len(p[1].partition(".")[2]))
    )
    hour = hours().map(lambda s: Slots(s.code, s.raw, 0x60 if s.code == "F4" else 0xC0))
    items: list[object] = [StationMark(draw(STATIONS), draw(CLASSES)), TimeMark(draw(MINUTES))]
    return tuple(items + draw(st.lists(number | hour | STATUSES, max_size=6)))


@st.composite
def management_bodies(draw: st.DrawFn) -> tuple[int, tuple[object, ...]]:
    mark = StationMark(draw(STATIONS))
    settings = st.builds(
        lambda code, data, decimals: Setting(code, data.hex().upper(), len(data) << 3 | decimals),
        st.sampled_from(["01", "04", "0F", "20", "28", "A8"]),
        st.binary(min_size=1, max_size=31),
        st.integers(0, 7),
    )
    flags = draw(st.binary(max_size=9))
    gates = draw(st.integers(0, 20))
    openings = draw(st.binary(min_size=(gates + 7) // 8 + 2 * gates, max_size=(gates + 7) // 8 + 2 * gates))
    return draw(
        st.sampled_from(
            [
                (0x2F, ()),
                (0x46, (mark, draw(STATUSES))),
                (0x47, (mark,)),
                (0x4A, (mark,)),
                (0x45, (mark, Content("version", bytes([len(flags)]) + flags))),
                (0x4C, (mark, Content("switches", bytes([len(flags)]) + flags))),
                (0x4E, (mark, Content("gates", bytes([gates]) + openings))),
                (0x4F, (mark, Content("quota", b"\xff"))),
                (0x50, (mark, Content("events", draw(st.binary(min_size=64, max_size=64))))),
                (0x51, (mark,)),
                (0x35, (Blob("F2", flags, 0xF2),)),
                (0x36, (mark_of(mark), TimeMark(draw(MINUTES)), Blob("F3", flags, 0xF3))),
                *((code, (mark, *draw(st.lists(settings, max_size=5)))) for code in (0x40, 0x41, 0x42, 0x43)),
                *((code, (Content("bytes", b"x" + flags),)) for code in (0xE0, 0xFF)),
            ]
        )
    )


def mark_of(mark: StationMark) -> StationMark:
    return StationMark(mark.station, "H")


@st.composite
def messages(draw: st.DrawFn, *, hot: bool = False) -> Message:
    encoding = Encoding.HEX
    kind = "report" if hot else draw(st.sampled_from(["report", "series", "ascii", "management"]))
    if hot and draw(st.booleans()):
        kind = "series"
    if kind == "report":
        function = draw(st.sampled_from([0x30, 0x32, 0x33, 0x34] if hot else REPORTS))
        items = draw(report_items(hot=hot))
    elif kind == "series":
        function, items = 0x31 if hot else draw(st.sampled_from([0x31, 0x38])), draw(series_items())
    elif kind == "ascii":
        encoding, function, items = Encoding.ASCII, draw(st.sampled_from(REPORTS)), draw(ascii_items())
    else:
        function, items = draw(management_bodies())
    return Message(
        encoding,
        Direction.UP,
        draw(CENTERS),
        draw(STATIONS),
        draw(PASSWORDS),
        function,
        draw(SERIALS),
        draw(TIMES),
        items,  # type: ignore[arg-type]
        draw(st.sampled_from([0x03, 0x17])),
    )
