"""The classes of a map as GeoJSON, with what it is beside them."""

import json
from pathlib import Path

from anlan.simulate.exports.provenance import About
from anlan.simulate.maps import waters
from anlan.simulate.maps.kinds import Kind


def geojson(told: About, folder: Path, *, kind: Kind, minute: int | None = None) -> bytes:
    """A FeatureCollection (CGCS2000 longitude and latitude) with `about`. Raises: NotFound."""
    more = {**told.facts, "map": kind.code, "minute": minute if kind.in_time else None}
    head = json.dumps(more, ensure_ascii=False, separators=(",", ":")).encode()
    features = waters.features(folder, kind=kind, minute=minute)
    return b'{"type":"FeatureCollection","about":' + head + b',"features":' + features + b"}"
