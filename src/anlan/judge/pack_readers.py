"""What this room reads packs with: what its reader refuses is refused with the file, not in the middle of a night."""

from anlan.foundation import shelf
from anlan.foundation.packs import checked_by
from anlan.judge import own
from anlan.judge.rules.neighbour import NeighbourRule
from anlan.judge.rules.thresholds.compile import compile_pack

checked_by("threshold", compile_pack)
checked_by("neighbour", lambda pack: NeighbourRule.from_data(pack.data, pack=pack.id, version=pack.version))
shelf.brings("threshold", own.lines)
