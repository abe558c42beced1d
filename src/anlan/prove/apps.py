from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class ProveRoom(Room):
    after = "call"
    menu = (
        Entry(
            w("证明"),
            "proof",
            "warn.proof",
            "review",
            2,
            about=w("每个村、每位责任人的尽职照单，从日志里来，可以打印。"),
            help=w("什么时候知道、叫了谁、谁应、转了多少，一行一个时间。封存后谁都能核对。"),
        ),
    )
    events = {
        "warn.duty.sealed": w("尽职照单已封存"),
    }
