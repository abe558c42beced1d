"""Names by which this room and the later ones speak of the same thing: facts in the journal, kinds of due work."""

EVACUATION_COUNTED = "warn.evacuation.counted"
EVACUATION_ORDERED = "warn.evacuation.ordered"
EVACUATION_SET_OUT = "warn.evacuation.set_out"
EVACUATION_STAYED = "warn.evacuation.stayed"
EVACUATION_TAKEN_BACK = "warn.evacuation.taken_back"
HOUSEHOLD_MARKED = "warn.household.marked"
