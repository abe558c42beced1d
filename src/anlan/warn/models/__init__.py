"""Tables of the room, by concern; other rooms use queries, actions and events."""

from anlan.warn.models.alerts import Alert, BackTest
from anlan.warn.models.calls import Answer, Call, CallDown, CallLine, ContactLost, DoorCheck
from anlan.warn.models.exceedances import Exceedance, RuleState
from anlan.warn.models.moving import Evacuation, HouseholdMove

__all__ = [
    "Alert",
    "Answer",
    "BackTest",
    "Call",
    "CallDown",
    "CallLine",
    "ContactLost",
    "DoorCheck",
    "Evacuation",
    "Exceedance",
    "HouseholdMove",
    "RuleState",
]
