from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class CliRoom(Room):
    after = "conf"
    finders = "finders:FINDERS"
    menu = (Entry(w("命令"), "commands", "admin.manage", "system", 3),)
