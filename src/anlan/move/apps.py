from anlan.foundation.rooms import Room
from anlan.foundation.words import w


class MoveRoom(Room):
    after = "warn"
    registers = ("derived", "pack_readers")
    events = {
        "warn.evacuation.counted": w("清点了人数"),
        "warn.evacuation.ordered": w("转移已下达"),
        "warn.evacuation.set_out": w("已出发转移"),
        "warn.evacuation.stayed": w("出发记录已撤销"),
        "warn.household.marked": w("登记了一户"),
    }
    rings = ("warn.evacuation.ordered",)
    pack_kinds = {
        "evacuation": (w("转移"), ("stage",)),
    }
