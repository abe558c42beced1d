"""Scope: the places that somebody may see, as ranges of materialised paths.

A path is digits only, four a tier (`0001` city, `00010003` county, …), so ranges compare alike in every
database and collation. One scope cuts pages, API, export, tiles and live push.
"""

from dataclasses import dataclass

from django.db.models import Q

STEP = 4


def after(path: str) -> str:
    """The first path that no longer lies under `path`."""
    return str(int(path) + 1).zfill(len(path))


@dataclass(frozen=True)
class Scope:
    """Path prefixes a holder may see. Empty sees nothing; `everywhere()` sees all."""

    paths: tuple[str, ...] = ()
    all: bool = False

    @classmethod
    def everywhere(cls) -> "Scope":
        return cls(all=True)

    @classmethod
    def of(cls, *paths: str) -> "Scope":
        """A scope of the given places, without those that another one already holds."""
        kept: list[str] = []
        for path in sorted(set(paths)):
            if path and not any(path.startswith(k) for k in kept):
                kept.append(path)
        return cls(tuple(kept))

    def holds(self, path: str) -> bool:
        """Whether a record at `path` may be seen. A record without a place is for the whole city alone."""
        return self.all or any(bool(path) and path.startswith(p) for p in self.paths)

    def covers(self, other: "Scope") -> bool:
        """Whether all that the other sees lies within this one."""
        return self.all or (not other.all and all(self.holds(path) for path in other.paths))

    def q(self, field: str) -> Q:
        """The same rule as a condition on a path column."""
        if self.all:
            return Q()
        wanted = Q(pk__in=())
        for path in self.paths:
            wanted |= Q(**{f"{field}__gte": path, f"{field}__lt": after(path)})
        return wanted
