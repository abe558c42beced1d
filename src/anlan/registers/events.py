"""Names of what happens in registers; `refs` names the register and the entry."""

ADDED = "registers.entry.added"
CHANGED = "registers.entry.changed"
IMPORTED = "registers.import.saved"
ENDED = "registers.entry.ended"
TAKEN_BACK = "registers.entry.taken_back"
UNMASKED = "registers.entry.unmasked"
