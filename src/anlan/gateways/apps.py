from anlan.foundation.rooms import Room


class GatewaysRoom(Room):
    after = "prove"
    lines = "lines.kinds:KINDS"
