"""A warning that comes as a file: whose signature it bears, and taking it in as it stands."""

from dataclasses import dataclass

from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid
from anlan.places.atlas import atlas
from anlan.warn import alert_file, pins
from anlan.warn.actions.alerts.importing import NOT_VERIFIED, take_in
from anlan.wire.cap import signature
from anlan.wire.cap.check import check
from anlan.wire.cap.errors import SignatureError

SAID = ("issuer_name", "event_type", "level", "named", "headline", "description", "instruction", "issued_at")
SAID_TOO = ("expires_at", "identifier", "message", "references", "polygon", "sender", "part")


@dataclass(frozen=True)
class Signature:
    """`name` is the subject of the pinned certificate that verifies the file, empty when none does; a key that travels in the file
    proves nothing. `wrong` is what the last certificate found."""

    is_there: bool
    name: str = ""
    fingerprint: str = ""
    wrong: SignatureError | None = None


def signature_of(data: bytes) -> Signature:
    """The verdict on a file's signature."""
    if not check(data).signed:
        return Signature(False)
    wrong = None
    for pin in pins.pins():
        try:
            found = signature.verify(data, pin.certificate)
        except SignatureError as error:
            wrong = error
        else:
            return Signature(True, pin.subject, found.fingerprint)
    return Signature(True, wrong=wrong)


def take_in_file(ctx: Ctx, data: bytes) -> str:
    """Keep the warnings of a CAP or 12379 file and return the highest one's ref; where the signature is not verified they are doubtful.

    Raises: CapError for a file that is none; Invalid for a test, or an exercise's file in the live world.
    """
    ctx.require("warn.import")
    parts = alert_file.taken_from(data)
    says = parts[0]
    if says["status"] not in ("Actual", "Exercise"):
        raise Invalid("这份文件是测试或草稿，不能作为预警导入。")
    if says["status"] == "Exercise" and ctx.world.is_live:
        raise Invalid("这份文件是演练用的，不能导入值班。请到演练里导入。")
    is_confirmed = bool(signature_of(data).name)
    unsure = [] if is_confirmed else [NOT_VERIFIED]
    refs = []
    for says in [part for part in parts if _is_seen(ctx, part["named"])] or parts:
        said = {name: says[name] for name in (*SAID, *SAID_TOO)}
        doubtful = "；".join([*unsure, *says["doubts"]])
        refs.append(take_in(ctx, **said, cap=data, doubtful=doubtful, is_confirmed=is_confirmed))
    return refs[0]


def _is_seen(ctx: Ctx, named: list[str]) -> bool:
    return not named or any(ctx.scope.holds(atlas().code(code).path) for code in named)
