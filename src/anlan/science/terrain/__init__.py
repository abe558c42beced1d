"""Land as arrays: grids, hollows filled, the way of the water, slope and shade; from one system to another."""
