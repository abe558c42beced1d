from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w
from anlan.reach.events import LINE_FAILED, LINE_RETURNED, LINE_SWITCHED, MESSAGES_ENDED, MESSAGES_WRITTEN


class ReachRoom(Room):
    after = "people"
    texts = "actions:TEXTS"
    samples = "samples:samples"
    menu = (
        Entry(
            w("外呼线路"),
            "lines",
            "reach.view",
            "command",
            10,
            about=w("短信、群机器人、邮件：开着哪些，发成了没有。"),
            help=w(
                "先在名册里登记一条线路，给自己试发，收到了再启用。线路断了这里和值守页都会说，没发的改走别的线路。"
            ),
        ),
    )
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
