from anlan.foundation.rooms import Room
from anlan.foundation.words import w
from anlan.judge.events import EXCEEDANCE_OPENED


class JudgeRoom(Room):
    after = "simulate"
    sayings = "story:SAYINGS"
    steps = "steps:STEPS"
    registers = ("pack_readers",)
    permissions = {"packs.keep": ("administrator",)}
    events = {
        "warn.backtest.ran": w("做了回测"),
        "warn.exceedance.ended": w("超警已解除"),
        EXCEEDANCE_OPENED: w("系统研判超警"),
    }
    pack_kinds = {
        "threshold": (w("阈值"), ("threshold",)),
        "neighbour": (w("邻近联动"), ("neighbour",)),
    }
