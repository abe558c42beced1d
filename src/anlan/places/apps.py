from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class PlacesRoom(Room):
    after = "registers"
    finders = "finders:FINDERS"
    menu = (
        Entry(
            w("图层"),
            "layers",
            "places.map",
            "map",
            5,
            about=w("县里自己的边界、河、路、房子，从文件读入。"),
            help=w("先看读成什么样，再确认。坐标系会认，认不准的会说。可以撤回。"),
        ),
    )
    events = {
        "places.layer.confirmed": w("地图换上了自己的图层"),
        "places.layer.undone": w("撤回了图层"),
    }
    permissions = {"places.map": ("administrator",), "places.keep": ("administrator", "duty_officer")}
    dues = "due:DUES"
    steps = "steps:STEPS"
