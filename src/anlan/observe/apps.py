from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w
from anlan.observe.events import REQUEUE, STATION_RETURNED, STATION_SILENT


class ObserveRoom(Room):
    after = "reach"
    steps = "steps:STEPS"
    dues = "due:DUES"
    registers = (
        "actions.imports",
        "actions.mending",
    )
    counters = "counters:families"
    permissions = {"observe.keep": ("administrator", "station_engineer")}
    menu = (
        Entry(w("测站"), "stations", "observe.view", "warn", 3, inside=("imports",)),
        Entry(w("隔离区"), "quarantine", REQUEUE, "warn", 5),
    )
    events = {
        "observe.import.confirmed": w("数据导入已确认"),
        "observe.import.done": w("数据导入完成了"),
        "observe.quarantine.dropped": w("隔离的报文已丢弃"),
        "observe.quarantine.requeued": w("隔离的报文重新入库"),
        "observe.reading.corrected": w("更正了读数"),
        "observe.soil.set": w("设定了土壤含水"),
        "observe.station.peer_changed": w("测站换了来源地址"),
        STATION_RETURNED: w("测站恢复来报"),
        STATION_SILENT: w("测站不来报了"),
        "observe.station.tried": w("有人在试测站密码"),
    }
    pack_kinds = {
        "quality": (w("数据质量"), ("element",)),
        "silent_station": (w("测站静默"), ("silent_station",)),
        "soil": (w("土壤含水"), ("soil",)),
    }
