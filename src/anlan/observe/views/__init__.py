"""Pages of this room: stations, a station, the quarantine, imports."""
