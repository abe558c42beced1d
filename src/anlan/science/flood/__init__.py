"""Floods on a raster: the frame (domain, edges, sources, state, run) and its solvers. Start at `run.run`."""
