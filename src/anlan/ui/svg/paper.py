"""Paper 图纸: longitude and latitude on a drawing of a few hundred points; true enough for a county. For the wall, print and previews."""

import math
from collections.abc import Iterable

Points = Iterable[Iterable[float]]


class Paper:
    """As large as its frame lets the rings be."""

    def __init__(self, rings: Iterable[Points], *, width: float, height: float, edge: float) -> None:
        lons, lats = zip(*[(x, y) for ring in rings for x, y in ring], strict=True)
        self._west, self._north = min(lons), max(lats)
        self._narrow = math.cos(math.radians((min(lats) + max(lats)) / 2))
        wide = (max(lons) - self._west) * self._narrow or 1e-6
        high = self._north - min(lats) or 1e-6
        self._scale = min((width - 2 * edge) / wide, (height - 2 * edge) / high)
        self._x = (width - wide * self._scale) / 2
        self._y = (height - high * self._scale) / 2

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        x = self._x + (lon - self._west) * self._narrow * self._scale
        return round(x), round(self._y + (self._north - lat) * self._scale)

    def path(self, points: Points, *, close: bool) -> str:
        """A line; points that fall on the one before are left out."""
        found: list[tuple[int, int]] = []
        for point in points:
            if (xy := self.at(*point)) != (found[-1] if found else None):
                found.append(xy)
        return "M" + " ".join(f"{x},{y}" for x, y in found) + ("Z" if close else "")

    def rings(self, rings: Iterable[Points]) -> str:
        """A shape with its holes and parts, for `fill-rule: evenodd`."""
        return "".join(self.path(ring, close=True) for ring in rings)
