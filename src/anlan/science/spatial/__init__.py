"""Points of a city in Morton order: who is inside a shape, and how many of each village."""
