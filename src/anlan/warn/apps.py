from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w
from anlan.warn.events import (
    ALERT_APPROVED,
    ALERT_APPROVED_VERBALLY,
    ALERT_COSIGNED,
    ALERT_COSIGNED_VERBALLY,
    ALERT_COUNTERSIGNED,
    ALERT_DRAFTED,
    ALERT_IMPORTED,
    ALERT_ISSUED,
    ALERT_PROPOSED,
    ALERT_SOURCE_CONFIRMED,
)


class WarnRoom(Room):
    after = "judge"
    finders = "finders:FINDERS"
    today = "today:TODAY"
    dues = "due:DUES"
    registers = ("handlers", "derived", "pack_readers")
    menu = (
        Entry(
            w("预警"),
            "alerts",
            "warn.view",
            "warn",
            2,
            about=w("起草、复核、批准、签发和外来的预警，各走到哪一步。"),
            help=w("起草和批准不能是同一人。签发后按长效指令叫应；联合发布的要各家会签。"),
        ),
        Entry(
            w("发布单位证书"),
            "/certificates",
            "admin.manage",
            "system",
            4,
            about=w("外来的预警文件，认哪些单位的签名。"),
            help=w("证书由发布单位交来，核对指纹再放上；过期或换了就撤下。"),
        ),
    )
    events = {
        "warn.alert.all_clear": w("预警已解除"),
        ALERT_APPROVED: w("预警已批准"),
        ALERT_APPROVED_VERBALLY: w("预警经口头批准"),
        "warn.alert.verbal_confirmed": w("电话签批经第二人确认"),
        "warn.alert.cancelled": w("预警已取消"),
        ALERT_COSIGNED: w("联合单位已会签"),
        ALERT_COSIGNED_VERBALLY: w("联合单位口头会签"),
        "warn.alert.countersign_overdue": w("口头批准过时没有补签"),
        ALERT_COUNTERSIGNED: w("预警已补签"),
        ALERT_DRAFTED: w("预警已起草"),
        "warn.alert.edited": w("改了预警稿"),
        "warn.alert.expired": w("预警已过期"),
        ALERT_IMPORTED: w("收到外单位预警"),
        ALERT_ISSUED: w("预警已发布"),
        ALERT_PROPOSED: w("系统建议发预警"),
        "warn.alert.returned": w("预警稿已退回"),
        "warn.alert.reviewed": w("预警已复核"),
        "warn.alert.submitted": w("预警已送审"),
        ALERT_SOURCE_CONFIRMED: w("核实了外单位预警的来源"),
        "warn.alert.updated": w("预警已更新"),
        "warn.certificate.pinned": w("存了发布单位证书"),
        "warn.certificate.unpinned": w("撤下发布单位证书"),
    }
    rings = ("warn.alert.",)
    pack_kinds = {
        "issuers": (w("发布主体"), ("issue",)),
        "event_types": (w("事件类型"), ("event",)),
        "wording": (w("用语"), ("words",)),
        "approval": (w("审签"), ("approval",)),
    }

    @classmethod
    def ready(cls) -> None:
        super().ready()
        from anlan.judge import watching
        from anlan.observe.ingest import silence
        from anlan.warn.queries import high, rows

        silence.also_close_in(high.places)
        watching.also_red(rows.stood_at_red)
