"""What changes stations, silences, imports, corrections and the quarantine. Readings are written by the engine alone."""

from anlan.observe.actions.stations import load_stations

__all__ = ["load_stations"]
