from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w
from anlan.reach.events import LINE_FAILED, LINE_RETURNED, LINE_SWITCHED, MESSAGES_ENDED, MESSAGES_WRITTEN


class ReachRoom(Room):
    after = "people"
    texts = "actions:TEXTS"
    menu = (Entry(w("外呼线路"), "lines", "reach.view", "system", 3),)
    events = {
        LINE_FAILED: w("一条外呼线路发不出去"),
        LINE_RETURNED: w("外呼线路恢复了"),
        LINE_SWITCHED: w("开关了一条外呼线路"),
        MESSAGES_ENDED: w("通知有了结果"),
        MESSAGES_WRITTEN: w("写好了要发的通知"),
    }
    rings = ("reach.line.",)
    permissions = {
        "reach.view": ("administrator", "duty_officer", "leader", "auditor"),
        "reach.manage": ("administrator",),
    }
