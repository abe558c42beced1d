from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w
from anlan.observe.events import REQUEUE, STATION_RETURNED, STATION_SILENT


class ObserveRoom(Room):
    after = "reach"
    finders = "finders:FINDERS"
    steps = "steps:STEPS"
    today = "today:TODAY"
    homes = {"station_engineer": "stations"}
    dues = "due:DUES"
    registers = (
        "actions.imports",
        "actions.mending",
    )
    counters = "counters:families"
    permissions = {"observe.keep": ("administrator", "station_engineer")}
    menu = (
        Entry(
            w("测站"),
            "stations",
            "observe.view",
            "warn",
            3,
            inside=("imports",),
            about=w("每个站最近的数、静默和存疑；点站名看曲线。"),
            help=w("静默的站不是没有雨，是不知道。存疑的数不进判断，可以更正，原数留着。"),
        ),
        Entry(
            w("隔离区"),
            "quarantine",
            REQUEUE,
            "warn",
            5,
            about=w("收到了但不敢入库的报文，看明白后补收或丢弃。"),
            help=w("每条写明为什么和怎么改。陌生站的报文可以直接登记成新站。"),
        ),
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
