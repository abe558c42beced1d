"""Compiled loops of the local inertial solver."""
