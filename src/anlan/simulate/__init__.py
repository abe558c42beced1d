"""Model runs as jobs over science: what water may do next, with its error, or a refusal."""
