from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w
from anlan.registers.events import (
    ADDED,
    ATTACHED,
    CHANGED,
    DETACHED,
    ENDED,
    IMPORTED,
    LATE,
    STEPPED,
    TAKEN_BACK,
    UNMASKED,
)


class RegistersRoom(Room):
    after = "ui"
    finders = "finders:FINDERS"
    registers = ("due",)
    menu = (
        Entry(
            w("台账"),
            "registers",
            "registers.view",
            "registers",
            1,
            about=w("所有名册在一处：查、改、从 Excel 导入、导出。"),
            help=w(
                "下载模板填好再上传，先看新增、改动和错行，确认才写入，整份可以撤回。名字和号码平时遮着，要看先写理由。"
            ),
        ),
    )
    events = {
        ADDED: w("登记了一条"),
        CHANGED: w("改了一条"),
        ENDED: w("结束了一条"),
        ATTACHED: w("附了文件"),
        DETACHED: w("去掉了附件"),
        STEPPED: w("办了一步"),
        LATE: w("一条逾期"),
        TAKEN_BACK: w("撤回了一次改动"),
        UNMASKED: w("看了完整内容"),
        IMPORTED: w("从文件登记"),
    }
    permissions = {
        "registers.view": (
            "duty_officer", "approver", "leader", "station_engineer", "village_cadre", "grid_worker", "auditor", "administrator",
        ),
    }  # fmt: skip
    samples = "samples:samples"
