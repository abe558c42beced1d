"""Registers of judging 研判: the county's own lines of rain and stage."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from anlan.foundation.words import Sentence, say, w
from anlan.judge.models import Threshold
from anlan.judge.own import COLOURS, CONFIDENCE, LEVELS, STAGES, WETNESS, WINDOWS
from anlan.observe.queries import stage_gauges
from anlan.places.atlas import atlas
from anlan.places.columns import InPlace
from anlan.registers.columns import Bad, Choice, Code, Day, Look, Text, Whole
from anlan.registers.links import Link
from anlan.registers.register import Change, Register


@dataclass(frozen=True, kw_only=True)
class Tenths(Whole):
    """毫米: kept in tenths, exactly."""

    kind: ClassVar[str] = "decimal"
    wire: ClassVar[Any] = float

    def read(self, text: str, look: Look) -> int:
        try:
            tenths = Decimal(unicodedata.normalize("NFKC", text).replace(",", "").strip()) * 10
        except InvalidOperation:
            tenths = Decimal(0)
        if not tenths.is_finite() or tenths != int(tenths) or not 0 < tenths <= self.most:
            raise Bad(say("要填毫米数，最多一位小数，如 31.5"))
        return int(tenths)

    def shown(self, row: Any) -> str:
        value = self.of(row)
        return "" if value is None else f"{value / 10:g}"

    def wired(self, row: Any) -> Any:
        return None if self.of(row) is None else self.of(row) / 10

    def told_in_words(self, told: Any, lang: str) -> str:
        return "" if told is None else f"{told / 10:g}"


def _fits(change: Change, look: Look) -> Iterator[tuple[str, Sentence]]:
    """Stage lines belong to a gauge, rain lines to a village or township; each with its own levels."""
    said = change.values
    wants, other = ("stage_cm", "rain_mm") if said["station"] else ("rain_mm", "stage_cm")
    place = None if said["station"] else atlas().by_id.get(said["place"])
    if not said["station"] and (place is None or place.tier < 3):
        yield "place", say("写一个村或乡镇；水位的阈值写水位站")
        return
    levels = STAGES if place and place.tier == 4 else COLOURS
    if said["level"] not in levels:
        yield "level", say("这里只能填：{n}", n="、".join(LEVELS[level] for level in levels))
    if said[wants] is None or said[other] is not None:
        yield wants, say("雨量写毫米，水位写厘米：村和乡镇写雨量，水位站写水位")
    for name in ("window", "wetness"):
        if bool(said[name]) == bool(said["station"]):
            yield name, say("雨量要写时段和土壤，水位不写")
    if said["until"] and said["until"] <= said["starts"]:
        yield "until", say("止用日应在起用日以后")


def _at_its_gauge(change: Change) -> None:
    if change.row.station_id:
        change.row.place_id = change.row.station.place_id


THRESHOLDS = Register(
    name="thresholds", word=w("阈值"), room="judge", model=Threshold, view="packs.view", keep="packs.keep", kind="TH",
    note=w("本地自己的雨量线、水位线；写了哪里，同一种灾害就只按它研判，规则包让位"),
    keys=(("ref",), ("station", "level", "starts"), ("place", "window", "wetness", "level", "starts")),
    order=("place__path", "station_id", "level", "window"), join=("place", "station"),
    ends="until", fits=_fits, complete=_at_its_gauge,
    columns=(
        Code(name="ref", word=w("编号"), fixed=True, width=16),
        InPlace(fixed=True, filter=True, tiers=(3, 4), hint=w("村或乡镇；水位站的可不填")),
        Link(name="station", word=w("水位站"), fixed=True, by=("address", "name"), code="address",
             target=stage_gauges, hint=w("站址或站名；雨量线不填")),
        Choice(name="level", word=w("级别"), words=LEVELS, required=True, fixed=True, filter=True,
               hint=w("村：准备转移、立即转移（没写准备转移的，按立即转移的 80% 推出）；乡镇和水位站：蓝黄橙红")),
        Choice(name="window", word=w("时段"), words=WINDOWS, fixed=True),
        Choice(name="wetness", word=w("土壤"), words=WETNESS, fixed=True),
        Tenths(name="rain_mm", field="rain_tenths", word=w("雨量（毫米）"), least=1, most=20_000),
        Whole(name="stage_cm", word=w("水位（厘米）"), least=-100_000, most=1_000_000),
        Day(name="starts", word=w("起用日"), required=True, fixed=True),
        Text(name="source", word=w("出处"), required=True, most=120, hint=w("哪个文件、哪一页")),
        Choice(name="confidence", word=w("可信程度"), words=CONFIDENCE, required=True, filter=True),
        Day(name="until", word=w("止用日"), listed=False),
    ),
    examples=(
        {"place": "429981100001", "level": w("立即转移"), "window": w("1 小时"), "wetness": w("不分"), "rain_mm": "31.5",
         "starts": "2026-04-01", "source": "云溪县山洪灾害防御预案（2026）表 3", "confidence": w("一处来源")},
        {"station": "0042998104", "level": w("红色"), "stage_cm": "2600", "starts": "2026-04-01",
         "source": "云溪县山洪灾害防御预案（2026）表 4", "confidence": w("一处来源")},
    ),
)  # fmt: skip

REGISTERS = (THRESHOLDS,)
