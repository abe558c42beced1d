from anlan.foundation.rooms import Room
from anlan.foundation.words import w


class ExerciseRoom(Room):
    after = "prove"
    registers = ("officers", "parts", "scenarios", "pack_readers")
    pack_kinds = {
        "exercise": (w("演练想定"), ("exercise",)),
        "exercise_field": (w("演练现场"), ("storm", "water", "network")),
    }
