"""What this room reads packs with: what its reader refuses is refused with the file, not in the middle of a night."""

from anlan.call.queries import orders
from anlan.call.rules.calldown.settings import CallSettings
from anlan.call.rules.contact_lost import ContactLostSettings
from anlan.call.rules.doorcheck import DoorCheckSettings
from anlan.call.rules.standing import StandingOrder
from anlan.foundation import shelf
from anlan.foundation.packs import checked_by

checked_by("call_down", lambda pack: CallSettings.from_pack(pack.data))
checked_by("standing_orders", lambda pack: StandingOrder.from_pack(pack.data))
checked_by("door_check", lambda pack: DoorCheckSettings.from_pack(pack.data))
checked_by("contact_lost", lambda pack: ContactLostSettings.from_pack(pack.data))
shelf.brings("standing_orders", orders.in_force)
