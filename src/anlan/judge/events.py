"""Names by which this room and the later ones speak of the same thing: facts in the journal, kinds of due work."""

EXCEEDANCE_OPENED = "warn.exceedance.opened"
