from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class PlacesRoom(Room):
    after = "registers"
    finders = "finders:FINDERS"
    menu = (Entry(w("图层"), "layers", "places.map", "map", 5),)
    events = {
        "places.layer.confirmed": w("地图换上了自己的图层"),
        "places.layer.undone": w("撤回了图层"),
    }
    permissions = {"places.map": ("administrator",), "places.keep": ("administrator", "duty_officer")}
    dues = "due:DUES"
    steps = "steps:STEPS"
