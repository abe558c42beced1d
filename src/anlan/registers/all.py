"""Every register by its name: `REGISTERS` of each room's `registers.py`."""

from functools import cache

from anlan.foundation import rooms
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.registers.register import Register


@cache
def registers() -> dict[str, Register]:
    """In the order of the rooms, and within a room as they are declared. Raises ValueError for two of one name."""
    found: dict[str, Register] = {}
    for room in rooms.found():
        for register in getattr(room.part("registers"), "REGISTERS", ()):
            if found.setdefault(register.name, register) is not register:
                raise ValueError(f"two registers are called {register.name!r}")
    return found


def register(name: str) -> Register:
    """By name or by its Chinese word. Raises: NotFound."""
    for each in registers().values():
        if name in (each.name, each.word):
            return each
    raise NotFound("没有叫 {name} 的台账。有这些：{names}。", name=name, names="、".join(registers()))


def open_to(ctx: Ctx) -> list[Register]:
    return [each for each in registers().values() if ctx.may(each.view)]
