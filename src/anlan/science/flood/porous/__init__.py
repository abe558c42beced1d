"""Local inertial floods among buildings that take a share of each cell."""
