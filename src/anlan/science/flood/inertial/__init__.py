"""Local inertial floods, with streams narrower than a cell."""
