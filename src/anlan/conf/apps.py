from anlan.foundation.rooms import Room


class ConfRoom(Room):
    after = "demo"
    finders = "finders:FINDERS"
