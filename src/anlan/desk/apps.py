from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class DeskRoom(Room):
    after = "gateways"
    finders = "finders:FINDERS"
    steps = "steps:STEPS"
    dues = "ill:DUES"
    menu = (
        Entry(w("值班台"), "desk", "desk.view", "watch", 1),
        Entry(w("大屏"), "wall", "warn.view", "watch", 2),
        Entry(w("地图"), "map", "places.view", "map", 1),
        Entry(w("复盘"), "review", "simulate.view", "review", 1),
        Entry(w("演练"), "exercises", "exercise.view", "review", 3),
        Entry(w("日志"), "journal", "journal.view", "review", 4),
        Entry(w("规则包"), "packs", "packs.view", "registers", 9, inside=("back-tests",)),
        Entry(w("上线二十步"), "onset", "admin.manage", "system", 0),
        Entry(w("办不成的事"), "dead-letters", "admin.manage", "system", 2),
    )
