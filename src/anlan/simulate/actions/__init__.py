"""What changes in this room: a run is ordered, begun, finished, refused, cancelled."""
