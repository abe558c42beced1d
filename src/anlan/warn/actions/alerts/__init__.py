"""Public alerts 预警: taken in, proposed, written, approved, issued, followed up and ended.

Every change is decided by `rules.alert.decide`; an act here reads the row under a lock, decides, writes, journals. The
journal tells levels, places by code and refs of accounts; never a name, a number or what somebody said.
"""

from anlan.warn.actions.alerts.approving import (
    approve,
    approve_verbally,
    confirm_verbally,
    countersign,
    reject,
    review,
    submit,
    withdraw,
)
from anlan.warn.actions.alerts.cosigning import cosign, cosign_verbally
from anlan.warn.actions.alerts.drafting import Text, draft, edit, follow_up
from anlan.warn.actions.alerts.files import signature_of, take_in_file
from anlan.warn.actions.alerts.importing import NOT_VERIFIED, confirm_source, take_in
from anlan.warn.actions.alerts.issuing import expire, issue
from anlan.warn.actions.alerts.proposing import propose, renew
from anlan.warn.actions.alerts.telephone import Heard

__all__ = [
    "NOT_VERIFIED",
    "Heard",
    "Text",
    "approve",
    "approve_verbally",
    "confirm_source",
    "confirm_verbally",
    "cosign",
    "cosign_verbally",
    "countersign",
    "draft",
    "edit",
    "expire",
    "follow_up",
    "issue",
    "propose",
    "reject",
    "renew",
    "review",
    "signature_of",
    "submit",
    "take_in",
    "take_in_file",
    "withdraw",
]
