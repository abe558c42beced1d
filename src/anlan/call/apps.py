from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class CallRoom(Room):
    after = "move"
    registers = ("handlers", "derived", "pack_readers")
    menu = (
        Entry(
            w("叫应与转移"),
            "calls",
            "warn.view",
            3,
            inside=(
                "moving",
                "contact",
            ),
        ),
    )
    events = {
        "warn.call.answered": w("有人应答了"),
        "warn.call.ended": w("通话已结束"),
        "warn.call.laid": w("电话上了叫应台，待拨"),
        "warn.call.placed": w("拨出了电话"),
        "warn.call.taken_back": w("撤销了一条叫应记录"),
        "warn.calldown.closed": w("叫应已结束"),
        "warn.calldown.held": w("叫应暂缓了"),
        "warn.calldown.joined": w("叫应加入新的村"),
        "warn.calldown.opened": w("叫应已启动"),
        "warn.calldown.released": w("叫应已恢复"),
        "warn.callout.refused": w("没有自动叫应，要人来办"),
        "warn.channel.failed": w("语音线路断了，改由人工拨"),
        "warn.channel.returned": w("语音线路恢复了"),
        "warn.contact.lost": w("乡镇失联了"),
        "warn.contact.regained": w("重新联系上了"),
        "warn.contact.step": w("失联换下一种办法"),
        "warn.doorcheck.done": w("敲门有了结果"),
        "warn.doorcheck.ordered": w("已派人去敲门"),
        "warn.doorcheck.overdue": w("敲门超时了"),
        "warn.line.answered": w("一条叫应线应了"),
        "warn.line.escalated": w("往上一级叫"),
        "warn.line.silent": w("一条叫应线没人应"),
        "warn.link.handed": w("递了应答链接"),
        "warn.sheet.made": w("叫应一张纸已生成"),
        "warn.sheet.printed": w("叫应一张纸已打印"),
    }
    rings = (
        "warn.call.answered",
        "warn.call.taken_back",
        "warn.line.silent",
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
