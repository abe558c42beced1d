"""What this room reads packs with: what its reader refuses is refused with the file, not in the middle of a night."""

from anlan.foundation.packs import checked_by
from anlan.warn.rules.alert.shapes import AlertSettings

checked_by("approval", lambda pack: AlertSettings.from_pack(pack.data))
