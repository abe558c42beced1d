"""Context: in which world, at what time, who acts, and how far they see. First parameter of every action and query."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from anlan.foundation.errors import Forbidden, NotFound
from anlan.foundation.scope import Scope

M = TypeVar("M", bound=Model)

EVERYONE = "everyone"  # scope_by of a model that holds nothing of anybody: packs' uses, code tables, outlines
WORLD_WIDE = "world"  # scope_by of bookkeeping that only people with scope over everything may read


class Unclassified(TypeError):
    """The model does not say by which column it is cut. Give it `scope_by`."""


@dataclass(frozen=True)
class WorldInfo:
    """What an action must know of its world. `live` is real; everything else is an exercise."""

    id: int
    key: str
    seed: int = 0
    title: str = ""

    @property
    def is_live(self) -> bool:
        return self.key == "live"


@dataclass(frozen=True)
class Actor:
    """Who acts: `ref` names an account or the system, one for each person, never a person's name."""

    ref: str
    role: str = ""
    permissions: frozenset[str] = frozenset()
    account_id: int | None = None
    organisation: str = ""
    unit: str = ""  # ref of the organisation
    post: str = ""  # ref of the post
    title: str = ""  # the post's
    name: str = ""  # masked, for the page head only


SYSTEM = Actor(ref="system", role="system", permissions=frozenset({"*"}))


@dataclass(frozen=True)
class Ctx:
    world: WorldInfo
    now: datetime
    actor: Actor = SYSTEM
    scope: Scope = field(default_factory=Scope)

    def at(self, now: datetime) -> "Ctx":
        return replace(self, now=now)

    def may(self, permission: str) -> bool:
        return permission in self.actor.permissions or "*" in self.actor.permissions

    def require(self, permission: str) -> None:
        """Raise Forbidden unless the actor's role has the permission."""
        if not self.may(permission):
            raise Forbidden(
                "您的岗位没有这项权限。请让有权限的人来做，或联系管理员。",
                permission=permission,
            )

    def one(self, of: type[M] | QuerySet[M], ref: str, *, lock: bool = False) -> M:
        """The row of this ref within scope, of a table or of a part of it. Raises: NotFound."""
        rows = self.rows(of) if isinstance(of, type) else of
        row = (rows.select_for_update(of=("self",)) if lock else rows).filter(ref=ref).first()
        if row is None:
            raise NotFound("没有编号为 {ref} 的记录，或不在您的范围内。请从列表里选择。", ref=ref)
        return row

    def rows(self, model: type[M]) -> QuerySet[M]:
        """The only way to rows: cut by world and by scope. A model that does not say how it is cut is refused."""
        by = getattr(model, "scope_by", None)
        if by is None:
            raise Unclassified(f"{model.__name__} has no scope_by")
        rows: QuerySet[M] = model._default_manager.all()
        if hasattr(model, "world_id"):
            rows = rows.filter(world_id=self.world.id)
        if by == EVERYONE:
            return rows
        if by == WORLD_WIDE:
            return rows if self.scope.all else rows.none()
        fields = (by,) if isinstance(by, str) else by
        if self.scope.all:
            return rows
        cut = Q(pk__in=())
        for name in fields:
            cut |= self.scope.q(name)
        return rows.filter(cut)
