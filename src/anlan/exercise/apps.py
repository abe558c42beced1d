from anlan.foundation.rooms import Room


class ExerciseRoom(Room):
    after = "prove"
    registers = ("officers", "parts")
