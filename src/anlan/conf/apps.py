from anlan.foundation.rooms import Room


class ConfRoom(Room):
    after = "demo"
