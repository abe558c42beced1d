from anlan.foundation.rooms import Room


class PlacesRoom(Room):
    after = "registers"
    steps = "steps:STEPS"
    permissions = {"places.keep": ("administrator", "duty_officer")}
