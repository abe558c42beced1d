"""Where orange or red holds: by our own findings or by a warning in force. The watch over silent stations asks."""

from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.judge.queries import exceedances
from anlan.places.atlas import atlas
from anlan.warn.queries.situation import in_force

MEASURED = ("rain", "stage")  # a village that prepares for its neighbour's red is no place of hard rain


def places(ctx: Ctx) -> set[str]:
    """Paths of places at orange or red; a village's counts for its township."""
    own = exceedances.in_scope(ctx).filter(level__gte=Grade.ORANGE, ended_at=None, quantity__in=MEASURED)
    found = {atlas().by_id[i].path for i in own.values_list("place_id", flat=True)}
    return found | {n.path for alert in in_force(ctx) if alert.grade >= Grade.ORANGE for n in alert.names}
