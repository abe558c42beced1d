from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w
from anlan.registers.events import ADDED, CHANGED, IMPORTED


class RegistersRoom(Room):
    after = "ui"
    menu = (Entry(w("台账"), "registers", "registers.view", "registers", 1),)
    events = {
        ADDED: w("登记了一条"),
        CHANGED: w("改了一条"),
        IMPORTED: w("从文件登记"),
    }
    permissions = {
        "registers.view": (
            "duty_officer", "approver", "leader", "station_engineer", "village_cadre", "grid_worker", "auditor", "administrator",
        ),
    }  # fmt: skip
    samples = "samples:samples"
