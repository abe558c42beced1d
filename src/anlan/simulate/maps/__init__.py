"""What a map of a run shows 图: its classes, and its grids as pictures and polygons. No database."""
