"""Configuration parameters of functions 40 to 43 and 49 (annex D): guide, name and digits."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from .codes import TABLES


class Parameter(NamedTuple):
    """One row of table D.1 or D.4. ``decimals`` is None where the data is not one BCD number."""

    code: str
    name: str
    decimals: int | None = None
    unit: str = ""


def _rows() -> Iterator[Parameter]:
    for code, (name, *kind) in TABLES["parameters"].items():
        yield Parameter(code, name, *kind)
    for n in range(8):
        centre, spare = divmod(n, 2)
        yield Parameter(f"{4 + n:02X}", f"中心站{centre + 1}{'备用' if spare else '主'}信道类型及地址")
    for first, (count, name, decimals, unit) in TABLES["numbered_parameters"].items():
        for n in range(count):
            yield Parameter(f"{int(first, 16) + n:02X}", name.format(n + 1), decimals, unit)
    for first, (count, name, decimals, unit) in TABLES["parameter_limits"].items():
        for n in range(2 * count):
            title = name.format(n // 2 + 1) + ("下限" if n % 2 else "上限")
            yield Parameter(f"{int(first, 16) + n:02X}", title, decimals, unit)


PARAMETERS: Final[dict[str, Parameter]] = {row.code: row for row in _rows()}


def parameter(code: str) -> Parameter:
    """The parameter of a guide; reserved and user guides come back named by their guide."""
    return PARAMETERS.get(code) or Parameter(code, f"参数{code}", None)
