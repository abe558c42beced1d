from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class CliRoom(Room):
    after = "conf"
    finders = "finders:FINDERS"
    menu = (
        Entry(
            w("命令"),
            "commands",
            "admin.manage",
            "system",
            3,
            about=w("在服务器终端里用的命令，各干什么。"),
            help=w("不会改网页上的事，只有管服务器的人用。"),
        ),
    )
