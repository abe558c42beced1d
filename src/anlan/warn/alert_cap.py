"""An own alert as CAP 1.2, signed with the unit's key; as the national form on demand."""

from dataclasses import dataclass, replace

from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid
from anlan.foundation.rules.grade import Grade
from anlan.people.queries.units import unit
from anlan.warn import alert_rows, identity
from anlan.warn.models import Alert
from anlan.wire.cap import mapping, model, reader, signature, writer
from anlan.wire.cap.model import Area, MsgType, NamedValue, Point, Reference, ResponseType, Urgency
from anlan.wire.cap.national import writing
from anlan.wire.cap.national.form import NationalForm

MESSAGES = {
    "alert": MsgType.ALERT,
    "update": MsgType.UPDATE,
    "all_clear": MsgType.UPDATE,
    "cancel": MsgType.CANCEL,
}
MOST_A_SECOND = 10


@dataclass(frozen=True)
class Signed:
    """The signed file of an alert, and the revision that it says."""

    revision: int
    identifier: str
    cap: str


def sign(ctx: Ctx, ref: str) -> Signed | None:
    """An approved alert as it goes out now, made before its action opens; None when there is nothing to sign.

    Raises: Invalid, CapError.
    """
    row = (
        ctx.rows(Alert)
        .filter(ref=ref, kind="alert", state="approved")
        .select_related("issuer", "predecessor")
        .first()
    )
    if row is None or row.issuer is None:
        return None
    mine = identity.of_unit(ctx, ref=row.issuer.ref, name=row.issuer_name)
    alert = compose(ctx, row, serial=_serial(ctx, row))
    signed = signature.sign(writer.write(alert), mine.key, mine.certificate)
    return Signed(row.revision, alert.identifier, signed.decode())


def put(ctx: Ctx, row: Alert, signed: Signed | None) -> None:
    """Give the row, locked now, what was signed before. Raises: Conflict when it says something else by now, or another alert
    took the identifier."""
    if (
        signed is None
        or row.issuer is None
        or signed.revision != row.revision
        or Alert.objects.filter(world_id=ctx.world.id, identifier=signed.identifier).exists()
    ):
        raise Conflict("同一刻另有人改了这份预警，或签发了另一份。请看一眼现在的内容，再按一次签发。")
    row.sender, row.identifier, row.cap = row.issuer.unit_code, signed.identifier, signed.cap


def compose(ctx: Ctx, row: Alert, *, serial: int | None = None) -> model.Alert:
    """The alert as it goes out, or would go out now while it is a draft."""
    issuer = unit(row.issuer.ref) if row.issuer else None
    if issuer is None or len(issuer.unit_code) != 14:
        raise Invalid("{unit}没有 14 位单位编码，不能签发。请管理员先补上。", unit=row.issuer_name)
    event = alert_rows.event_title(ctx, row.event_type)["zh"]
    sent = row.issued_at or ctx.now
    assert row.expires_at is not None
    made = mapping.compose(
        mapping.PublicWarning(
            unit=issuer.unit_code,
            sender_name=alert_rows.sender_name(row),
            sent=sent,
            event=event,
            event_code=row.event_type,
            colour=mapping.Colour(Grade(row.level).name.capitalize()),
            observed=row.message in ("alert", "update"),
            description=row.description,
            instruction="\n".join(part for part in (row.instruction, row.by_when) if part),
            effective=sent,
            expires=row.expires_at,
            areas=(_area(row),),
            msg_type=MESSAGES[row.message],
            references=_references(row),
            response_types=_response(row),
            serial=serial,
            exercise=None if ctx.world.is_live else ctx.world.title or ctx.world.key,
        )
    )
    info = replace(made.infos[0], headline=row.headline)
    if row.message in ("all_clear", "cancel"):
        info = replace(info, urgency=Urgency.PAST)
    return replace(made, infos=(info,))


def _serial(ctx: Ctx, row: Alert) -> int | None:
    """None, or a number when this second already holds an alert of the unit."""
    bare = compose(ctx, row).identifier
    taken = set(
        Alert.objects.filter(world_id=ctx.world.id, identifier__startswith=bare).values_list(
            "identifier", flat=True
        )
    )
    free = [None, *range(1, MOST_A_SECOND)]
    found = [n for n in free if (bare if n is None else f"{bare}_{n}") not in taken]
    if not found:
        raise Invalid("这一秒已经签发了十份，请稍后再签。")
    return found[0]


def _area(row: Alert) -> Area:
    """The named divisions by code; a drawn line as well, when one was drawn."""
    codes = [NamedValue(mapping.GEOCODE, p.code.ljust(12, "0")) for p in alert_rows.named(row)]
    rings = tuple(_ring(ring) for ring in row.polygon)
    return Area(description=alert_rows.place_words(row), polygons=rings, geocodes=tuple(codes))


def _ring(points: list[list[float]]) -> tuple[Point, ...]:
    ring = [Point(round(lon, 5), round(lat, 5)) for lon, lat, *_ in points]
    return tuple(ring if ring[0] == ring[-1] else [*ring, ring[0]])


def _references(row: Alert) -> tuple[Reference, ...]:
    """The link before, named as it was sent."""
    if row.predecessor is None or not row.predecessor.cap:
        return ()
    return (reader.read(row.predecessor.cap.encode()).reference,)


def _response(row: Alert) -> tuple[ResponseType, ...]:
    if row.message in ("all_clear", "cancel"):
        return (ResponseType.ALL_CLEAR,)
    return (ResponseType.EVACUATE if row.level == Grade.RED else ResponseType.PREPARE,)


def national(row: Alert) -> tuple[str, bytes]:
    """File name and bytes of an issued alert in the national (12379) form; what that form cannot hold is left out."""
    if not row.cap:
        raise Invalid("还没有签发，没有文件可下载。")
    alert = reader.read(row.cap.encode())
    return writing.file_name(alert), writing.write(NationalForm(alert=alert))
