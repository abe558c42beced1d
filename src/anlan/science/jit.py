"""The one door to Numba: kernels compile without the GIL, are kept on disk, and never with all of fast-math.

Fast-math is refused for all: under it ``isnan`` is False and a maximum skips NaN, so a broken gauge would
read as dry. Solvers of fields take `njit_field`: sums may be reordered and products fused, NaN stays NaN.
Everything else about Numba (its missing types, its options) stays behind this module, so that
``mypy --strict`` holds for the rest of ``science`` and ``wire``.

Numba looks only at a kernel's own file when it asks whether kept machine code is old. Here every file of the
folder counts, so kernels may call kernels of files beside them. A kernel that calls one of *another folder*
keeps old code when only that one changes: keep such pairs in one folder, or delete ``__pycache__``.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")

Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Int8s = NDArray[np.int8]
Int16s = NDArray[np.int16]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
Reals = NDArray[Any]  # float32 or float64: a solver's fields are of one of them throughout


def njit(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` on first call; keep the machine code beside the source, or in the user's cache.

    >>> @njit
    ... def twice(x: int) -> int:
    ...     return 2 * x
    >>> twice(21)
    42
    """
    return _compile(function, cache=not _is_typed_in(function))


def njit_field(function: Callable[P, R]) -> Callable[P, R]:
    """`njit` for sweeps over fields: vectors and fused products, without the two flags that hide NaN.

    ``nnan`` and ``ninf`` stay out, so a planted NaN reaches the checksum and the run is refused. Division by
    nought gives infinity as NumPy's does, since a test for it would keep loops from becoming vectors. Nothing may be
    made in it (arrays are the caller's), so nothing is counted: each row cut from a raster cost two calls to the counter.

    >>> @njit_field
    ... def is_known(x: float) -> bool:
    ...     return x == x
    >>> is_known(float("nan"))
    False
    """
    return _compile(
        function, cache=not _is_typed_in(function), flags=_FIELD_FLAGS, error_model="numpy", _nrt=False
    )


def njit_cell(function: Callable[P, R]) -> Callable[P, R]:
    """`njit_field` for what a sweep asks of one cell or face: it becomes part of the sweep's own loop, always.

    Left to itself the compiler calls a longer one for each cell, and the loop around it is no longer made of vectors: four
    times slower. So with loops over one row that are called for every row: called with all the rows they need, they took a sweep a
    twentieth longer.

    >>> @njit_cell
    ... def half(x: float) -> float:
    ...     return 0.5 * x
    >>> half(3.0)
    1.5
    """
    return _compile(
        function, cache=not _is_typed_in(function), flags=_FIELD_FLAGS, error_model="numpy", _nrt=False, forceinline=True
    )  # fmt: skip


_LINE = 64  # bytes that come from memory at once
_FIELD_FLAGS = frozenset({"contract", "reassoc", "nsz", "arcp"})


def _is_typed_in(function: Callable[..., Any]) -> bool:
    """A function from a prompt or a docstring has no file to keep its code beside."""
    return function.__code__.co_filename.startswith("<")


def _compile(
    function: Callable[P, R],
    *,
    cache: bool,
    flags: frozenset[str] = frozenset(),
    error_model: str = "python",
    **more: bool,
) -> Callable[P, R]:
    options: dict[str, Any] = {"cache": cache, "nogil": True, "error_model": error_model, **more}
    compiled: Any = numba.njit(**options, fastmath=set(flags) if flags else False)(function)
    if cache:
        kept = compiled._cache._cache_file
        kept._source_stamp = (kept._source_stamp, _folder_stamp(Path(function.__code__.co_filename).parent))
    made: Callable[P, R] = compiled
    return made


@lru_cache
def _folder_stamp(folder: Path) -> tuple[tuple[str, float, int], ...]:
    """Name, time and size of each source file of a folder."""
    found = [(path.name, path.stat()) for path in sorted(folder.glob("*.py"))]
    return tuple((name, stat.st_mtime, stat.st_size) for name, stat in found)


def _prefetch(_typing: Any, row: Any, i: Any) -> Any:
    """LLVM's ``prefetch`` of an element of a row: to be read, kept in the second cache, data."""

    def made(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        array = context.make_array(row)(context, builder, given[0])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = cgutils.get_item_pointer(context, builder, row, array, [given[1]])  # type: ignore[no-untyped-call]
        at = builder.bitcast(place, byte)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        builder.call(
            builder.module.declare_intrinsic("llvm.prefetch", (byte,), kind),
            [at, number(0), number(2), number(1)],
        )
        return context.get_dummy_value()

    return types.void(row, i), made


_prefetch_of: Any = intrinsic(_prefetch)


@njit_field
def fetch(row: Reals) -> None:
    """Have a row of a field brought near (into the second cache) while something else is worked on: at most a hint.

    Rows of a catchment are short, and the processor's own guess starts anew with each: a sweep waited for memory a quarter of
    its time.

    >>> fetch(np.zeros(40, np.float32))
    """
    for i in range(0, row.size, _LINE // row.itemsize):
        _prefetch_of(row, i)
