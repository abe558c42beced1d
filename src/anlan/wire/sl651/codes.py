"""Control characters, function codes, station classes and status bits of SL 651-2014 (tables 10, 58, 82, A.1, B.1)."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Final, NamedTuple

HEX_START: Final = b"\x7e\x7e"
ASCII_START: Final = b"\x01"
MAX_BODY: Final = 4095


class Encoding(Enum):
    """The two codings of one frame layout; a station uses one of them throughout (6.1.2)."""

    HEX = "hex"
    ASCII = "ascii"


class Direction(Enum):
    UP = "up"
    DOWN = "down"


class Control(IntEnum):
    """Control characters of table 10."""

    STX = 0x02
    ETX = 0x03
    EOT = 0x04
    ENQ = 0x05
    ACK = 0x06
    NAK = 0x15
    SYN = 0x16
    ETB = 0x17
    ESC = 0x1B


ENDS: Final = frozenset(
    {Control.ETX, Control.ETB, Control.EOT, Control.ENQ, Control.ACK, Control.NAK, Control.ESC}
)


class Layout(Enum):
    """How the body after serial and time is built."""

    LINK = "nothing follows"
    REPORT = "station, class, time, elements"
    UNIFORM = "the same, and one series with a time step"
    PARAMETERS = "station, configuration parameters"
    STATION = "station only, or identifiers of a command"
    PASSWORD = "station, password parameters"
    STATUS = "station, status bits"
    VERSION = "station, counted text"
    SWITCHES = "station, counted on/off bits"
    GATES = "station, gate count, on/off bits, openings"
    QUOTA = "station, one byte"
    EVENTS = "station, 32 counters"
    USER = "defined by the user"


class Function(NamedTuple):
    name: str
    layout: Layout


FUNCTIONS: Final[dict[int, Function]] = {
    0x2F: Function("链路维持报", Layout.LINK),
    0x30: Function("测试报", Layout.REPORT),
    0x31: Function("均匀时段水文信息报", Layout.UNIFORM),
    0x32: Function("遥测站定时报", Layout.REPORT),
    0x33: Function("遥测站加报报", Layout.REPORT),
    0x34: Function("遥测站小时报", Layout.REPORT),
    0x35: Function("遥测站人工置数报", Layout.REPORT),
    0x36: Function("遥测站图片报", Layout.REPORT),
    0x37: Function("查询遥测站实时数据", Layout.REPORT),
    0x38: Function("查询遥测站时段数据", Layout.UNIFORM),
    0x39: Function("查询遥测站人工置数", Layout.REPORT),
    0x3A: Function("查询遥测站指定要素数据", Layout.REPORT),
    0x40: Function("修改基本配置表", Layout.PARAMETERS),
    0x41: Function("读取基本配置表", Layout.PARAMETERS),
    0x42: Function("修改运行参数配置表", Layout.PARAMETERS),
    0x43: Function("读取运行参数配置表", Layout.PARAMETERS),
    0x44: Function("查询水泵电机实时工作数据", Layout.REPORT),
    0x45: Function("查询软件版本", Layout.VERSION),
    0x46: Function("查询状态和报警信息", Layout.STATUS),
    0x47: Function("初始化固态存储数据", Layout.STATION),
    0x48: Function("恢复出厂设置", Layout.STATION),
    0x49: Function("修改密码", Layout.PASSWORD),
    0x4A: Function("设置时钟", Layout.STATION),
    0x4B: Function("设置IC卡状态", Layout.STATUS),
    0x4C: Function("控制水泵开关", Layout.SWITCHES),
    0x4D: Function("控制阀门开关", Layout.SWITCHES),
    0x4E: Function("控制闸门开关", Layout.GATES),
    0x4F: Function("水量定值控制", Layout.QUOTA),
    0x50: Function("查询事件记录", Layout.EVENTS),
    0x51: Function("查询时钟", Layout.STATION),
} | {code: Function(f"用户自定义{code:02X}", Layout.USER) for code in range(0xE0, 0x100)}

# Table A.1. A private class is any other capital letter.
STATION_CLASSES: Final[dict[str, str]] = {
    "P": "降水",
    "H": "河道",
    "K": "水库(湖泊)",
    "Z": "闸坝",
    "D": "泵站",
    "T": "潮汐",
    "M": "墒情",
    "G": "地下水",
    "Q": "水质",
    "I": "取水口",
    "O": "排水口",
}


class StatusBit(NamedTuple):
    """One bit of element 45 (table 58): its name and what 0 and 1 mean."""

    name: str
    zero: str
    one: str
    alarm_when: int | None  # the value that is an alarm; None where neither is


STATUS_BITS: Final[tuple[StatusBit, ...]] = (
    StatusBit("交流电充电状态", "正常", "停电", 1),
    StatusBit("蓄电池电压状态", "正常", "电压低", 1),
    StatusBit("水位超限报警状态", "正常", "报警", 1),
    StatusBit("流量超限报警状态", "正常", "报警", 1),
    StatusBit("水质超限报警状态", "正常", "报警", 1),
    StatusBit("流量仪表状态", "正常", "故障", 1),
    StatusBit("水位仪表状态", "正常", "故障", 1),
    StatusBit("终端箱门状态", "开启", "关闭", 0),
    StatusBit("存储器状态", "正常", "异常", 1),
    StatusBit("IC卡功能有效", "关闭", "IC卡有效", None),
    StatusBit("水泵工作状态", "水泵工作", "水泵停机", None),
    StatusBit("剩余水量报警", "未超限", "水量超限", 1),
)

# Table 82; counters 19 to 32 are spare.
EVENTS: Final[tuple[str, ...]] = (
    "历史数据初始化",
    "参数变更",
    "状态量变位",
    "传感器及仪表故障",
    "密码修改",
    "终端故障",
    "交流失电",
    "蓄电池电压低",
    "终端箱非法打开",
    "水泵故障",
    "剩余水量超限",
    "水位超限",
    "水压超限",
    "水质参数超限",
    "数据出错",
    "发报文",
    "收报文",
    "发报文出错",
)


def status_of(bits: int) -> dict[str, str]:
    """Name each of the 12 defined status bits: {"交流电充电状态": "正常", ...}."""
    return {bit.name: bit.one if bits >> n & 1 else bit.zero for n, bit in enumerate(STATUS_BITS)}


def alarms_of(bits: int) -> tuple[str, ...]:
    """The names of the status bits that stand at their alarm value."""
    return tuple(bit.name for n, bit in enumerate(STATUS_BITS) if bits >> n & 1 == bit.alarm_when)
