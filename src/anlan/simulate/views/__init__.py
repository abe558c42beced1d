"""Pages of model runs: the list with a form for the next, and one run with its villages, map and verdict."""
