"""From frames to readings: decode, judge, store, count. See `ingest.Ingest`."""
