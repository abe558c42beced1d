"""What changes stations, silences, imports, corrections and the quarantine. Readings are written by the engine alone."""
