"""Organisations 单位 as other rooms see them: who they are and where they stand. Public; no scope."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from anlan.people.models import Organisation


@dataclass(frozen=True)
class Unit:
    """单位. `unit_code` is its 14 digits on the national warning platform, empty while it is not set up to issue."""

    id: int
    ref: str
    name: str
    kind: str
    place_path: str
    unit_code: str


def unit(ref: str) -> Unit | None:
    """The organisation of that ref, or None."""
    return next(iter(units([ref])), None)


def units(refs: Iterable[str]) -> list[Unit]:
    """Organisations by ref, in the order of their refs."""
    return [_unit(o) for o in _rows().filter(ref__in=list(refs))]


def speaking(code: str, name: str) -> list[Unit]:
    """Organisations that have this unit code, or this name."""
    return [_unit(o) for o in _rows().filter(Q(unit_code=code) & ~Q(unit_code="") | Q(name=name))]


def over(path: str, kind: str) -> list[Unit]:
    """Organisations of a kind whose own place holds this one, the closest first."""
    above = [path[:end] for end in range(4, len(path) + 1, 4)]
    found = [_unit(o) for o in _rows().filter(kind=kind, place__path__in=above)]
    return sorted(found, key=lambda u: (-len(u.place_path), u.ref))


def _rows() -> QuerySet[Organisation]:
    return Organisation.objects.select_related("place").order_by("ref")


def _unit(o: Organisation) -> Unit:
    return Unit(o.pk, o.ref, o.name, o.kind, o.place.path if o.place else "", o.unit_code)
