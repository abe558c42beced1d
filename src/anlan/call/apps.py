from anlan.call.events import (
    CALL_ANSWERED,
    CALL_ENDED,
    CALL_LAID,
    CALL_PLACED,
    CALL_TAKEN_BACK,
    CALLDOWN_CLOSED,
    CALLDOWN_HELD,
    CALLDOWN_JOINED,
    CALLDOWN_OPENED,
    CALLDOWN_RELEASED,
    CALLOUT_REFUSED,
    CONTACT_LOST,
    CONTACT_REGAINED,
    CONTACT_STEP,
    DOORCHECK_DONE,
    DOORCHECK_ORDERED,
    DOORCHECK_OVERDUE,
    LINE_ANSWERED,
    LINE_ESCALATED,
    LINE_SILENT,
    LINK_HANDED,
    ORDER_ENDED,
    ORDER_SIGNED,
)
from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class CallRoom(Room):
    after = "move"
    finders = "finders:FINDERS"
    sayings = "story:SAYINGS"
    steps = "steps:STEPS"
    dues = "due:DUES"
    texts = "telling:TEXTS"
    registers = ("handlers", "telling", "derived", "pack_readers")
    menu = (
        Entry(
            w("长效指令"),
            "orders",
            "warn.view",
            "command",
            9,
            about=w("事先签好：遇到写明的情况，不等批准就叫应真人。"),
            help=w(
                "能签的人填写管的地方、文号、正文、情况和失效日，看一遍再签。一个地方以最后签的为准；到期、停用以后，要等值班员手动叫应。"
            ),
        ),
        Entry(
            w("叫应"),
            "calls",
            "warn.view",
            "warn",
            1,
            inside=("contact",),
            about=w("正在进行的叫应：谁应了，谁还没有，下一个打给谁。"),
            help=w(
                "点一个进叫应台：念给他的话、号码和结果按钮都在一起。"
                "没人应会自己找上一级，再没有就派人敲门。网断了用叫应单打电话，回来补登。"
            ),
        ),
    )
    events = {
        CALL_ANSWERED: w("有人应答了"),
        CALL_ENDED: w("通话已结束"),
        CALL_LAID: w("电话上了叫应台，待拨"),
        CALL_PLACED: w("拨出了电话"),
        CALL_TAKEN_BACK: w("撤销了一条叫应记录"),
        CALLDOWN_CLOSED: w("叫应已结束"),
        CALLDOWN_HELD: w("叫应暂缓了"),
        CALLDOWN_JOINED: w("叫应加入新的村"),
        CALLDOWN_OPENED: w("叫应已启动"),
        CALLDOWN_RELEASED: w("叫应已恢复"),
        CALLOUT_REFUSED: w("没有自动叫应，要人来办"),
        "warn.channel.failed": w("语音线路断了，改由人工拨"),
        "warn.channel.returned": w("语音线路恢复了"),
        CONTACT_LOST: w("乡镇失联了"),
        CONTACT_REGAINED: w("重新联系上了"),
        CONTACT_STEP: w("失联换下一种办法"),
        DOORCHECK_DONE: w("敲门有了结果"),
        DOORCHECK_ORDERED: w("已派人去敲门"),
        DOORCHECK_OVERDUE: w("敲门超时了"),
        LINE_ANSWERED: w("一条叫应线应了"),
        LINE_ESCALATED: w("往上一级叫"),
        LINE_SILENT: w("一条叫应线没人应"),
        LINK_HANDED: w("递了应答链接"),
        ORDER_ENDED: w("长效指令已停用"),
        ORDER_SIGNED: w("签发了长效指令"),
        "warn.sheet.made": w("叫应一张纸已生成"),
        "warn.sheet.printed": w("叫应一张纸已打印"),
    }
    rings = (
        CALL_ANSWERED,
        CALL_TAKEN_BACK,
        LINE_SILENT,
        "warn.contact.",
        "warn.callout.",
        "warn.calldown.",
    )
    pack_kinds = {
        "call_down": (w("叫应"), ("call_down",)),
        "standing_orders": (w("长效指令"), ("order", "start")),
        "answers": (w("应答"), ("answer",)),
        "door_check": (w("敲门核查"), ("door_check",)),
        "contact_lost": (w("失联"), ("contact_lost",)),
    }
