from anlan.foundation.rooms import Room


class UiRoom(Room):
    after = "foundation"
