"""Reading alerts 预警: lists, one with its chain and who did what, and what an officer may do with it now."""

from dataclasses import dataclass

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.places.queries import atlas
from anlan.warn import alert_rows
from anlan.warn.models import Alert


@dataclass(frozen=True)
class Brief:
    """An alert in one line. `issuer` is the unit's ref, empty for an imported one; `place` as it is typed again."""

    ref: str
    state: str
    revision: int
    level: int
    issuer: str
    place: str
    path: str


def brief(ctx: Ctx, ref: str) -> Brief:
    """Raises: NotFound."""
    row = row_of(ctx, ref)
    return Brief(
        ref=row.ref,
        state=row.state,
        revision=row.revision,
        level=row.level,
        issuer=row.issuer.ref if row.issuer else "",
        place=alert_rows.place_words(row),
        path=atlas().by_id[row.place_id].path,
    )


def row_of(ctx: Ctx, ref: str) -> Alert:
    """The row of an alert within scope. Raises: NotFound."""
    found = ctx.rows(Alert).filter(ref=ref).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("没有编号为 {ref} 的预警，或不在您的范围内。请从预警列表里选择。", ref=ref)
    return Alert.objects.select_related("issuer", "predecessor").get(pk=found)
