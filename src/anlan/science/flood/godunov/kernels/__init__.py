"""Kernels of the second-order Godunov solver: rows, the rim of the grid, and the march down a tile.

They stay in one folder: that is as far as the check for old machine code looks (`anlan.science.jit`).
"""
