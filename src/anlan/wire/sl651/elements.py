"""Every element of table C.1: guide byte, ASCII symbol, name, unit, digits and group.

Source: SL 651-2014 annex C as publicly transcribed. ``note`` marks what could not be confirmed
against a second source or what the table leaves open (待核实).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .errors import BadValue


class Coding(Enum):
    """How the data bytes of an element are written in a HEX frame."""

    BCD = "BCD digits"
    SLOTS = "12 slots of five minutes, binary"
    BITS = "binary status bits"
    STEP = "time step"
    BLOB = "bytes to the end of the body"
    MARK = "opens a station or a time"
    OPEN = "not defined by the standard"


@dataclass(frozen=True, slots=True)
class Element:
    """One row of table C.1. ``digits`` and ``decimals`` are N(D,d)."""

    code: str
    symbol: str
    name: str
    unit: str
    group: str
    digits: int = 0
    decimals: int = 0
    coding: Coding = Coding.BCD
    note: str = ""

    @property
    def width(self) -> int:
        """Data bytes of a positive value in a HEX frame."""
        return (self.digits + 1) // 2


_SPECIAL: Final = """
F0 TT   观测时间 - 结构 MARK
F1 ST   测站编码 - 结构 MARK
F2 RGZS 人工置数 - 人工 BLOB
F3 PIC  图片信息 - 图片 BLOB
F4 DRP  1小时内每5分钟时段雨量 毫米 降水 SLOTS
F5 DRZ1 1小时内5分钟间隔相对水位1 米 水位 SLOTS
F6 DRZ2 1小时内5分钟间隔相对水位2 米 水位 SLOTS
F7 DRZ3 1小时内5分钟间隔相对水位3 米 水位 SLOTS
F8 DRZ4 1小时内5分钟间隔相对水位4 米 水位 SLOTS
F9 DRZ5 1小时内5分钟间隔相对水位5 米 水位 SLOTS
FA DRZ6 1小时内5分钟间隔相对水位6 米 水位 SLOTS
FB DRZ7 1小时内5分钟间隔相对水位7 米 水位 SLOTS
FC DRZ8 1小时内5分钟间隔相对水位8 米 水位 SLOTS
FD DATA 流速批量数据 - 流速 BLOB
04 DR   时间步长码 - 结构 STEP
45 ZT   遥测站状态及报警信息 - 状态 BITS
"""

# code symbol name unit group digits,decimals
_BCD: Final = """
01 AC   断面面积 平方米 流量 8,2
02 AI   瞬时气温 摄氏度 气象 3,1
03 C    瞬时水温 摄氏度 水质 3,1
05 DT   时段长(HH.mm) 小时.分钟 时段 4,2
06 ED   日蒸发量 毫米 蒸发 5,1
07 EJ   当前蒸发 毫米 蒸发 5,1
08 FL   气压 百帕 气象 5,0
09 GH   闸门开启高度 米 闸门 5,2
0A GN   输水设备、闸门(组)编号 - 闸门 3,0
0B GS   输水设备类别 - 闸门 1,0
0C GT   闸门开启孔数 孔 闸门 3,0
0D GTP  地温 摄氏度 气象 3,1
0E H    地下水瞬时埋深 米 地下水 6,2
0F HW   波浪高度 米 水位 5,2
10 M10  10厘米处土壤含水量 百分比 墒情 4,1
11 M20  20厘米处土壤含水量 百分比 墒情 4,1
12 M30  30厘米处土壤含水量 百分比 墒情 4,1
13 M40  40厘米处土壤含水量 百分比 墒情 4,1
14 M50  50厘米处土壤含水量 百分比 墒情 4,1
15 M60  60厘米处土壤含水量 百分比 墒情 4,1
16 M80  80厘米处土壤含水量 百分比 墒情 4,1
17 M100 100厘米处土壤含水量 百分比 墒情 4,1
18 MST  湿度 百分比 气象 4,1
19 NS   开机台数 台 泵站 2,0
1A P1   1小时时段降水量 毫米 降水 5,1
1B P2   2小时时段降水量 毫米 降水 5,1
1C P3   3小时时段降水量 毫米 降水 5,1
1D P6   6小时时段降水量 毫米 降水 5,1
1E P12  12小时时段降水量 毫米 降水 5,1
1F PD   日降水量 毫米 降水 5,1
20 PJ   当前降水量 毫米 降水 5,1
21 PN01 1分钟时段降水量 毫米 降水 5,1
22 PN05 5分钟时段降水量 毫米 降水 5,1
23 PN10 10分钟时段降水量 毫米 降水 5,1
24 PN30 30分钟时段降水量 毫米 降水 5,1
25 PR   暴雨量 毫米 降水 5,1
26 PT   降水量累计值 毫米 降水 6,1
27 Q    瞬时流量、抽水流量 立方米/秒 流量 9,3
30 QA   总出库流量、过闸总流量 立方米/秒 流量 9,3
31 QZ   输水设备流量、过闸(组)流量 立方米/秒 流量 9,3
32 SW   输沙量 万吨 泥沙 11,3
33 UC   风向 - 气象 2,0
34 UE   风力 级 气象 2,0
35 US   风速 米/秒 气象 4,1
36 VA   断面平均流速 米/秒 流速 5,3
37 VJ   当前瞬时流速 米/秒 流速 5,3
38 VT   电源电压 伏特 电源 4,2
39 Z    瞬时河道水位、潮位 米 水位 7,3
3A ZB   库(闸、站)下水位 米 水位 7,3
3B ZU   库(闸、站)上水位 米 水位 7,3
44 SQ   含沙量 千克/立方米 泥沙 9,3
46 pH   pH值 - 水质 4,2
47 DO   溶解氧 毫克/升 水质 4,1
48 COND 电导率 微西门/厘米 水质 5,0
49 TURB 浊度 度 水质 3,0
4A CODMN 高锰酸盐指数 毫克/升 水质 4,1
4B REDOX 氧化还原电位 毫伏 水质 5,1
4C NH4N 氨氮 毫克/升 水质 6,2
4D TP   总磷 毫克/升 水质 5,3
4E TN   总氮 毫克/升 水质 5,2
4F TOC  总有机碳 毫克/升 水质 4,2
50 CU   铜 毫克/升 水质 7,4
51 ZN   锌 毫克/升 水质 6,4
52 SE   硒 毫克/升 水质 7,5
53 AS   砷 毫克/升 水质 7,5
54 THG  总汞 毫克/升 水质 7,5
55 CD   镉 毫克/升 水质 7,5
56 PB   铅 毫克/升 水质 7,5
57 CHLA 叶绿素a 毫克/升 水质 4,2
70 VTA  交流A相电压 伏特 电源 4,1
71 VTB  交流B相电压 伏特 电源 4,1
72 VTC  交流C相电压 伏特 电源 4,1
73 VIA  交流A相电流 安培 电源 4,1
74 VIB  交流B相电流 安培 电源 4,1
75 VIC  交流C相电流 安培 电源 4,1
"""

# Families of eight: first guide, symbol, name, unit, group, digits,decimals
_EIGHTS: Final = """
28 Q    取(排)水口流量 立方米/秒 流量 9,3
3C Z    取(排)水口水位 米 水位 7,3
58 WP   水压 千帕 水压 5,2
60 SYL  水表剩余水量 立方米 水量 11,3
68 SBL  水表每小时水量 立方米/小时 水量 10,2
"""

_NOTES: Final = {
    "05": "待核实: 小数点后是分钟, 不是十分位",
    "0B": "待核实: 类别代码在 SL 330 中定义",
    "33": "待核实: 方位代码的取值",
    "46": "表中符号写作 pH; 这里收大小写两种",
    "FD": "待核实: 批量数据的内部结构本标准未定义",
}


def _rows() -> Iterator[Element]:
    for line in _SPECIAL.split("\n")[1:-1]:
        code, symbol, name, unit, group, coding = line.split()
        decimals = 0 if coding != "SLOTS" else 1 if code == "F4" else 2
        yield Element(code, symbol, name, unit, group, 0, decimals, Coding[coding], _NOTES.get(code, ""))
    for line in _BCD.split("\n")[1:-1]:
        code, symbol, name, unit, group, size = line.split()
        digits, decimals = (int(part) for part in size.split(","))
        yield Element(code, symbol, name, unit, group, digits, decimals, note=_NOTES.get(code, ""))
    for line in _EIGHTS.split("\n")[1:-1]:
        first, symbol, name, unit, group, size = line.split()
        digits, decimals = (int(part) for part in size.split(","))
        for n in range(8):
            code = f"{int(first, 16) + n:02X}"
            yield Element(code, f"{symbol}{n + 1}", f"{name}{n + 1}", unit, group, digits, decimals)


ELEMENTS: Final[dict[str, Element]] = {row.code: row for row in sorted(_rows(), key=lambda row: row.code)}
BY_SYMBOL: Final[dict[str, Element]] = {row.symbol: row for row in ELEMENTS.values()} | {"PH": ELEMENTS["46"]}


def is_code(text: str) -> bool:
    """True for a guide that may open an element: 01..FE, or FF and one extension byte."""
    upper = text.upper()
    if not (text.isascii() and text.isalnum()) or not set(upper) <= set("0123456789ABCDEF"):
        return False
    return (len(upper) == 4 and upper.startswith("FF")) or (len(upper) == 2 and upper not in ("00", "FF"))


def element(code: str) -> Element:
    """The element of a guide such as "20" or "FF03"; reserved and user guides come back with Coding.OPEN."""
    if code in ELEMENTS:
        return ELEMENTS[code]
    if not is_code(code):
        raise BadValue(f"'{code}' is no element guide: use two hex characters, or FF and two more")
    kind = "用户自定义" if code.startswith("FF") else "保留"
    return Element(code, code, f"{kind}{code}", "", "其他", coding=Coding.OPEN)
