"""What this room decides: the rain to come by a baseline, and whether a run may speak."""
