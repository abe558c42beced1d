"""What this room decides: nowcasts, whether a run may speak, how forecasts did, what an ensemble says."""
