"""台账: registers, each from one declaration."""
