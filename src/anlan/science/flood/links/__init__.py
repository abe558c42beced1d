"""Gates, spillways and pipes inside a run: water is lifted out of one group of cells and set down in another by a rule.

A reservoir, a sluice in a dike, a culvert through a road: what a raster cannot show. A link moves water once a tick, on
the slower clock of rain and soil. The level of the giving pool is the mean of its wet cells; what goes over in a
tick is solved for together with how far it draws this pool down, so that a wide gate on a small pool empties it
and does not swing. No link gives more than stands above the lowest sill of its ways.
"""
