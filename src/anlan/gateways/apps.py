from anlan.foundation.rooms import Room


class GatewaysRoom(Room):
    after = "prove"
