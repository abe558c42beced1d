"""Names by which this room and the later ones speak of the same thing: facts in the journal, kinds of due work."""

HOUSEHOLD_MOVED = "people.household.moved"
