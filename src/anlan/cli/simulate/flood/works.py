"""Gates, spillways and ratings of a JSON file, as `anlan.science.flood.links` takes them."""

from collections.abc import Callable, Mapping
from typing import Any

from anlan.cli.simulate.files import InputWrong, json_object, number, rows_of, text
from anlan.cli.simulate.flood import tables
from anlan.cli.simulate.flood.layers import named
from anlan.science.flood.domain import Domain
from anlan.science.flood.links.link import Link, Pool, Store
from anlan.science.flood.links.ways import Gate, Rating, Way, Weir
from anlan.science.jit import Bools

Given = Mapping[str, Any]


def links(path: str, domain: Domain, free: Bools) -> tuple[Link, ...]:
    """The links of a file, each at a place on open land. Raises `InputWrong`."""
    with named("--links", path):
        found = tuple(_link(row, n) for n, row in enumerate(rows_of(json_object(text(path)), "links"), 1))
        for link in found:
            for end, pool in (("from", link.giver), ("to", link.taker)):
                if pool is not None:
                    tables.place(domain, free, pool.x, pool.y, who=f"link {link.name}, {end}")
    return found


def _link(row: Given, n: int) -> Link:
    name = str(row.get("name") or f"link {n}")
    with named(f"link {name}", ""):
        _only(row, "name", "from", "to", "ways", "storage")
        if "to" not in row:
            raise InputWrong("to is missing: give a place, or null where the water leaves the domain")
        ways = tuple(_way(way) for way in rows_of(row, "ways"))
        return Link(
            name, _pool(row, "from"), None if row["to"] is None else _pool(row, "to"), ways, _store(row)
        )


def _pool(row: Given, key: str) -> Pool:
    given = _object(row, key)
    _only(given, "x", "y", "radius_m")
    return Pool(
        number(given, "x", where=f"{key}: "),
        number(given, "y", where=f"{key}: "),
        number(given, "radius_m", default=0.0),
    )


def _store(row: Given) -> Store | None:
    if "storage" not in row:
        return None
    given = _object(row, "storage")
    _only(given, "table", "start_m")
    pairs = _pairs(given, "table")
    return Store(tuple(a for a, _ in pairs), tuple(b for _, b in pairs), number(given, "start_m"))


def _way(given: Given) -> Way:
    kinds: dict[str, Callable[[Given], Way]] = {"rating": _rating, "weir": _weir, "gate": _gate}
    if len(given) != 1 or (kind := next(iter(given))) not in kinds:
        raise InputWrong(
            f"ways: {', '.join(given) or 'an empty object'}: give one of {', '.join(kinds)} in each"
        )
    return kinds[kind](given)


def _rating(given: Given) -> Rating:
    pairs = _pairs(given, "rating")
    return Rating(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def _weir(given: Given) -> Weir:
    weir = _object(given, "weir")
    _only(weir, "crest_m", "width_m", "factor")
    return Weir(number(weir, "crest_m"), number(weir, "width_m"), number(weir, "factor", default=1.9))


def _gate(given: Given) -> Gate:
    gate = _object(given, "gate")
    _only(gate, "sill_m", "width_m", "rule", "factor")
    return Gate(
        number(gate, "sill_m"),
        number(gate, "width_m"),
        _pairs(gate, "rule"),
        number(gate, "factor", default=0.6),
    )


def _pairs(given: Given, key: str) -> tuple[tuple[float, float], ...]:
    found = given.get(key)
    if not isinstance(found, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in found):
        raise InputWrong(f"{key}: give a list of pairs, as [[102.5, 12.0], [104, 30]]")
    return tuple((number({key: a}, key), number({key: b}, key)) for a, b in found)


def _object(given: Given, key: str) -> Given:
    found = given.get(key)
    if not isinstance(found, dict):
        raise InputWrong(f"{key} is missing: give an object")
    return found


def _only(given: Given, *known: str) -> None:
    if strange := [key for key in given if key not in known]:
        raise InputWrong(f"{strange[0]} is not known: give {', '.join(known)}")
