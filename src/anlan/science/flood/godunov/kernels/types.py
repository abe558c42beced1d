"""Names for what kernels take: rows and grids of float32 or float64, and numbers of the same kind."""

from typing import Any

from numpy.typing import NDArray

Row = NDArray[Any]
Grid = NDArray[Any]
Real = Any
Constants = tuple[Any, ...]
