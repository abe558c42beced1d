"""What this room reads packs with: what its reader refuses is refused with the file, not in the middle of a night."""

from anlan.foundation.packs import checked_by
from anlan.move.rules.evacuation import EvacuationSettings

checked_by("evacuation", lambda pack: EvacuationSettings.from_pack(pack.data))
