from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class ProveRoom(Room):
    after = "call"
    menu = (Entry(w("证明"), "proof", "warn.proof", "review", 2),)
    events = {
        "warn.duty.sealed": w("尽职照单已封存"),
    }
