from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class DeskRoom(Room):
    after = "gateways"
    dues = "ill:DUES"
    menu = (
        Entry(w("值班台"), "desk", "desk.view", 1),
        Entry(w("地图"), "map", "places.view", 2),
        Entry(w("日志"), "journal", "journal.view", 8),
        Entry(w("规则包"), "packs", "packs.view", 9, inside=("back-tests",)),
        Entry(w("演练"), "exercises", "exercise.view", 11),
    )
