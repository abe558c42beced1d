"""Names by which this room and the later ones speak of the same thing: facts in the journal."""

LINE_FAILED = "reach.line.failed"
LINE_RETURNED = "reach.line.returned"
LINE_SWITCHED = "reach.line.switched"
MESSAGES_WRITTEN = "reach.messages.written"
MESSAGES_ENDED = "reach.messages.ended"
