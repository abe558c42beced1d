from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w
from anlan.move.events import (
    EVACUATION_COUNTED,
    EVACUATION_ORDERED,
    EVACUATION_SET_OUT,
    EVACUATION_STAYED,
    EVACUATION_TAKEN_BACK,
    HOUSEHOLD_MARKED,
)


class MoveRoom(Room):
    after = "warn"
    finders = "finders:FINDERS"
    sayings = "story:SAYINGS"
    dues = "due:DUES"
    menu = (
        Entry(
            w("转移避险"),
            "moving",
            "warn.view",
            "command",
            1,
            about=w("哪些村要转移，多少户，还差多少，谁没有点到。"),
            help=w("一户一户点到，或报清点的数；两样都留着。答应了不等于走了，走了不等于到了。"),
        ),
    )
    registers = ("derived", "pack_readers")
    events = {
        EVACUATION_COUNTED: w("清点了人数"),
        EVACUATION_ORDERED: w("转移已下达"),
        EVACUATION_SET_OUT: w("已出发转移"),
        EVACUATION_STAYED: w("出发记录已撤销"),
        EVACUATION_TAKEN_BACK: w("一条点到或清点已撤销"),
        HOUSEHOLD_MARKED: w("登记了一户"),
    }
    rings = (EVACUATION_ORDERED,)
    pack_kinds = {
        "evacuation": (w("转移"), ("stage",)),
    }
