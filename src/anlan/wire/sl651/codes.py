"""Control characters, function codes, station classes and status bits of SL 651-2014 (tables 10, 58, 82, A.1, B.1)."""

import tomllib
from enum import Enum, IntEnum
from importlib.resources import files
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


TABLES: Final = tomllib.loads(files(__package__).joinpath("tables.toml").read_text(encoding="utf-8"))
"""The tables of the standard, as data."""

FUNCTIONS: Final[dict[int, Function]] = {
    int(code, 16): Function(name, Layout[layout]) for code, (name, layout) in TABLES["functions"].items()
} | {code: Function(f"用户自定义{code:02X}", Layout.USER) for code in range(0xE0, 0x100)}

STATION_CLASSES: Final[dict[str, str]] = TABLES["station_classes"]


class StatusBit(NamedTuple):
    """One bit of element 45 (table 58): its name and what 0 and 1 mean."""

    name: str
    zero: str
    one: str
    alarm_when: int | None = None  # the value that is an alarm; None where neither is


STATUS_BITS: Final = tuple(StatusBit(name, *meanings) for name, meanings in TABLES["status"].items())
EVENTS: Final = tuple(TABLES["events"])


def status_of(bits: int) -> dict[str, str]:
    """Name each of the 12 defined status bits: {"交流电充电状态": "正常", ...}."""
    return {bit.name: bit.one if bits >> n & 1 else bit.zero for n, bit in enumerate(STATUS_BITS)}


def alarms_of(bits: int) -> tuple[str, ...]:
    """The names of the status bits that stand at their alarm value."""
    return tuple(bit.name for n, bit in enumerate(STATUS_BITS) if bits >> n & 1 == bit.alarm_when)
