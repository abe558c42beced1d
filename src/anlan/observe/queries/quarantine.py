"""隔离区: broken input with its bytes, why it was not taken in plain words, and what to do about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.words import w
from anlan.observe.ingest.reading import JOINED
from anlan.observe.ingest.shapes import moment
from anlan.observe.models import Station
from anlan.observe.queries import readings
from anlan.observe.store.errors import StoreMissing
from anlan.observe.store.quarantine import Broken
from anlan.places.atlas import atlas
from anlan.wire.sl651.errors import Sl651Error
from anlan.wire.sl651.frame import decode_frame
from anlan.wire.sl651.message import decode_message, observations

PAGE: Final = 40
LINE: Final = 16
SHOWN_BYTES: Final = 512
STAGE_CODES: Final = frozenset({"39", "3A", "3B", "3C"})
RAIN_CODES: Final = frozenset({"1A", "1F", "20", "21", "22", "23", "24", "25", "26", "F4"})
OTHER: Final = (w("内容读不懂"), w("对照规约看报文；测站修好后它会再发"))
REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "Partly": (w("只读懂一部分"), w("读懂的已入库；检查传感器、测站时钟和地址设置")),
    "UnknownStation": (w("不认识的测站"), w("核对地址：登记这个测站，或改正测站的设置，再重新送入")),
    "WrongPassword": (w("密码不符"), w("在测站上改正密码，让它重发")),
    "BadClock": (w("测站时钟离谱"), w("校准测站的时钟；时间无法判定，值不能用")),
    "BadCrc": (w("校验码不对"), w("线路有干扰，或不是这种规约；测站会重发")),
    "BadStart": (w("不是报文"), w("线路上有别的设备或干扰；看来源地址")),
    "Truncated": (w("报文断了"), w("线路中断过；测站会重发")),
    "BadLength": (w("长度不对"), w("对照规约检查测站的编码")),
    "BadEnd": (w("结束符不对"), w("对照规约检查测站的编码")),
    "BadDirection": (w("方向不对"), w("线路上有回声，或接了两个中心站")),
    "BadPacket": (w("分包编号矛盾"), w("让测站重发整份报文")),
    "BadAddress": (w("测站地址不合规约"), w("改正测站的地址设置")),
    "BadBcd": (w("数字里有非法字符"), w("检查传感器和测站程序")),
    "BadTime": (w("日期时间不存在"), w("校准测站的时钟")),
    "BadBody": (w("正文结构不对"), w("核对测站的要素定义")),
    "BadValue": (w("数值放不下"), w("核对测站的要素定义")),
    "UnknownFunction": (w("功能码是保留的"), w("核对测站的程序版本")),
    "Unfit": (w("本系统处理不了"), w("请把报文交给维护人员")),
}


@dataclass(frozen=True)
class Item:
    """One kind of broken input. `code` names the fault, `detail` is what the decoder said."""

    id: int
    code: str
    detail: str
    received_at: datetime
    last_at: datetime
    peer: str
    count: int
    data: bytes
    station: str
    size: int

    @property
    def words(self) -> str:
        return REASONS.get(self.code, OTHER)[0]

    @property
    def step(self) -> str:
        return REASONS.get(self.code, OTHER)[1]

    @cached_property
    def lines(self) -> list[tuple[str, str, str]]:
        """Offset, hex and readable characters, as engineers read bytes."""
        return list(_lines(self.data[:SHOWN_BYTES]))

    @property
    def is_stranger(self) -> bool:
        """A station that nobody registered yet."""
        return self.code == "UnknownStation" and bool(self.station)

    @cached_property
    def sent(self) -> tuple[str, str]:
        """Protocol and kind of a stranger's station, as its frame tells; an empty kind where it does not."""
        return _sent(self.data)

    @property
    def left_out(self) -> int:
        """Bytes that are not shown, kept or not."""
        return max(self.size - SHOWN_BYTES, 0)

    @property
    def is_cut(self) -> bool:
        """Only the beginning is kept: it cannot be fed again."""
        return self.size > len(self.data)


def _lines(data: bytes) -> Iterator[tuple[str, str, str]]:
    for at in range(0, len(data), LINE):
        part = data[at : at + LINE]
        text = "".join(chr(b) if 32 <= b < 127 else "·" for b in part)
        yield f"{at:04X}", part.hex(" ").upper(), text


def _sent(data: bytes) -> tuple[str, str]:
    protocol = "SL 651 ASCII" if data[:1] == b"\x01" else "SL 651 HEX"
    try:
        codes = {seen.code for seen in observations(decode_message(decode_frame(data)))}
    except Sl651Error:
        return protocol, ""
    return protocol, "stage" if codes & STAGE_CODES else "rain" if codes & RAIN_CODES else ""


def station_in(data: bytes) -> str:
    """The station address that broken bytes name, as far as they can be trusted; empty where they name none."""
    if data.startswith(JOINED):
        at = len(JOINED) + 2
        return data[at : at + 5].hex().upper()
    if data[:2] == b"\x7e\x7e" and len(data) >= 8:
        return data[3:8].hex().upper()
    if data[:1] == b"\x01" and len(data) >= 13:
        text = data[3:13].decode("latin-1")
        return text if text.isalnum() else ""
    return ""


def items(ctx: Ctx, *, code: str = "", after: int = 0, limit: int = PAGE) -> list[Item]:
    """Broken input that waits for somebody, longest waiting first, within scope."""
    found: list[Item] = []
    sees = _Sight(ctx)
    with_more = after
    try:
        with readings(ctx) as reader:
            while len(found) < limit:
                rows = reader.broken(after=with_more, limit=200)
                if not rows:
                    break
                with_more = rows[-1].id
                mine = (_item(row) for row in rows)
                found += [i for i in mine if sees.input(i.station, i.code) and (not code or i.code == code)]
    except StoreMissing:
        return []
    return found[:limit]


def one(ctx: Ctx, number: int) -> Item:
    """One item within scope. Raises NotFound."""
    try:
        with readings(ctx) as reader:
            rows = reader.broken(state=None, after=number - 1, limit=1)
    except StoreMissing:
        rows = []
    item = _item(rows[0]) if rows and rows[0].id == number else None
    if item is None or not _Sight(ctx).input(item.station, item.code):
        raise NotFound("隔离区里没有第 {number} 号，或不在您的辖区。请刷新后再看。", number=number)
    return item


def _item(row: Broken) -> Item:
    code, _, detail = row.reason.partition(": ")
    return Item(
        id=row.id,
        code=code,
        detail=detail,
        received_at=moment(row.received_at),
        last_at=moment(row.last_at),
        peer=row.peer,
        count=row.count,
        data=row.bytes,
        station=station_in(row.bytes),
        size=max(row.size, len(row.bytes)),
    )


def count(ctx: Ctx) -> int:
    """How much waits, as `items` lists it."""
    sees = _Sight(ctx)
    try:
        with readings(ctx) as reader:
            return sum(n for head, code, n in reader.broken_heads() if sees.input(station_in(head), code))
    except StoreMissing:
        return 0


class _Sight:
    """Whose broken input a reader may see: that of stations within scope, and of addresses that nobody registered unless
    they begin with another county's code, if the reader may register stations; what names no station, only with scope over all.
    """

    def __init__(self, ctx: Ctx) -> None:
        self._ctx = ctx
        self._mine = set(ctx.rows(Station).values_list("address", flat=True))
        self._known = set(Station.objects.values_list("address", flat=True))

    def input(self, station: str, code: str) -> bool:
        is_stranger = bool(station) and station not in self._known
        if is_stranger and code == "UnknownStation" and not self._ctx.may("observe.keep"):
            return False
        if self._ctx.scope.all or station in self._mine:
            return True
        if not is_stranger:
            return False
        county = None if station.startswith("00") else atlas().by_code.get(station[:6])
        return code == "UnknownStation" if county is None else self._ctx.scope.holds(county.path)
