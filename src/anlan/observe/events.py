"""Names by which this room and the later ones speak of the same thing: facts in the journal, kinds of due work."""

STATION_RETURNED = "observe.station.returned"
STATION_SILENT = "observe.station.silent"

# due work
CORRECT = "observe.correct"
DROP = "observe.drop"
IMPORT = "observe.import"
REQUEUE = "observe.requeue"
