"""Taking in a lawful issuer's warning: file, paste, typing or interface end here, once for each identifier."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from anlan.foundation import journal, tasks
from anlan.foundation.actions import action, next_ref
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.places.atlas import Place, atlas
from anlan.warn import alert_file, alert_rows
from anlan.warn.actions.alerts.common import follow, locked, note
from anlan.warn.events import ALERT_EXPIRE
from anlan.warn.models import Alert
from anlan.warn.rules.alert.shapes import Message
from anlan.wire.cap import safexml

CLOCKS_DIFFER = timedelta(minutes=10)
EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
LONGEST_IDENTIFIER = 60


def take_in(
    ctx: Ctx,
    *,
    issuer_name: str,
    event_type: str,
    level: int,
    named: list[str],
    headline: str,
    description: str = "",
    instruction: str = "",
    issued_at: datetime,
    identifier: str = "",
    doubtful: str = "",
    cap: bytes = b"",
    message: str = "alert",
    references: str = "",
    expires_at: datetime | None = None,
    polygon: list[Any] | None = None,
    is_confirmed: bool = True,
    sender: str = "",
    part: int = 0,
) -> str:
    """Keep an imported warning and return its ref; sender, identifier and time again give the first one's ref.

    `named` are division codes; none means that the warning is for the whole city and names no place. `references` is
    the CAP element: the earlier warnings that an update, cancel or all-clear ends; what a cancel or all-clear does not say is as theirs,
    and a cancel lasts no time. One that is not `is_confirmed` (a file that nobody's pinned certificate vouches for) calls nobody and
    ends nothing until an officer has confirmed where it comes from.
    Raises: Invalid for a level, a time or a message that cannot be; NotFound for a place unknown or out of scope; Conflict when
    the same key comes with other words.
    """
    text = safexml.decode(cap) if cap else ""
    if message == Message.CANCEL:
        expires_at = None
    with action(ctx, "warn.import"):
        ended = _named_before(ctx, references) if message != Message.ALERT else []
        if message in (Message.CANCEL, Message.ALL_CLEAR) and ended:
            level, headline = level or ended[0].level, headline or ended[0].headline
            event_type = event_type or ended[0].event_type
            named = named or [p.code for each in ended for p in alert_rows.named(each)]
        places = sorted({atlas().code(code) for code in named}, key=lambda p: p.path)
        _check(
            ctx,
            level=level,
            message=message,
            issued_at=issued_at,
            expires_at=expires_at or issued_at,
            issuer_name=issuer_name,
            places=places,
        )
        event_type = event_type[:10]
        identifier = _kept(identifier) or _made_up(issuer_name, event_type, level, issued_at, message, places)
        key: dict[str, Any] = {"sender": _kept(sender), "identifier": identifier, "part": part}
        if standing := _standing(ctx, text, issued_at, **key):
            return standing.ref
        row = Alert.objects.create(
            world_id=ctx.world.id,
            ref=next_ref(ctx, "A"),
            source="imported",
            issuer_name=issuer_name[:80],
            event_type=event_type,
            level=level,
            message=message,
            state="issued",
            place_id=(atlas().common(places) if places else atlas().city).id,
            polygon=polygon or [],
            headline=headline[:200],
            description=description,
            instruction=instruction,
            predecessor=ended[0] if ended else None,
            drafted_at=ctx.now,
            drafted_by=ctx.actor.ref,
            issued_at=issued_at,
            expires_at=expires_at,
            **key,
            cap=text,
            doubtful=doubtful[:200],
        )
        row.names.set([p.id for p in places])
        if expires_at is not None:
            _end_in_time(ctx, row, expires_at)
        told: dict[str, Any] = {
            "issued_at": issued_at,
            "expires_at": expires_at,
            "called": _called(ctx, places),
        }
        told |= {"identifier": identifier, "doubtful": bool(doubtful), "confirmed": is_confirmed}
        note(ctx, row, "imported", **told)
        for each in ended if is_confirmed else ():
            follow(ctx, row, each)
        return row.ref


NOT_VERIFIED = "签名未能核对"


def confirm_source(ctx: Ctx, *, ref: str) -> None:
    """An officer has asked the issuer: the warning is theirs. From here on it calls out, and ends what it names, like a signed one."""
    kept = ctx.one(Alert, ref)
    parts = alert_file.taken_from(kept.cap.encode()) if kept.cap else []
    references = " ".join(part["references"] for part in parts if part["part"] == kept.part)
    with action(ctx, "warn.import"):
        row = locked(ctx, ref)
        if not row.doubtful.startswith(NOT_VERIFIED) or row.state != "issued":
            raise Conflict("预警 {ref} 不用再核实来源。", ref=ref)
        row.doubtful = row.doubtful.removeprefix(NOT_VERIFIED).removeprefix("；")
        row.save(update_fields=["doubtful"])
        places = [atlas().by_id[pk] for pk in row.names.values_list("pk", flat=True)]
        note(ctx, row, "source_confirmed", called=_called(ctx, places), confirmed=True)
        for each in _named_before(ctx, references) if row.message != Message.ALERT else ():
            follow(ctx, row, each)


def _called(ctx: Ctx, places: list[Place]) -> list[str]:
    return sorted(p.code for p in places if ctx.scope.holds(p.path))


def _check(
    ctx: Ctx,
    *,
    level: int,
    message: str,
    issued_at: datetime,
    expires_at: datetime,
    issuer_name: str,
    places: list[Place],
) -> None:
    if not level and message in (Message.CANCEL, Message.ALL_CLEAR):
        raise Invalid("它取消的预警本地没有收过，不用导入。")
    if level not in (1, 2, 3, 4):
        raise Invalid("级别只有蓝、黄、橙、红四级。请核对原文。").at("level")
    if message not in tuple(Message):
        raise Invalid("信息类型只有首发、更新、取消、解除。请核对原文。")
    if not issuer_name.strip():
        raise Invalid("请写明是哪个单位发布的。").at("issuer_name")
    if not EARLIEST <= issued_at <= expires_at <= LATEST:
        raise Invalid("发布时间或失效时间不可能，请核对原文。").at("issued_at")
    if issued_at > ctx.now + CLOCKS_DIFFER:
        raise Invalid("发布时间在将来，请核对原文。").at("issued_at")
    if places and not any(ctx.scope.holds(p.path) for p in places):
        raise NotFound("这份预警点名的地方都不在您的范围内。")


def _made_up(
    issuer: str, event_type: str, level: int, issued_at: datetime, message: str, places: list[Place]
) -> str:
    """A warning without an identifier (pasted, typed) gets one from what it says, so that typing it twice is once."""
    said = [issuer, event_type, level, journal.utc(issued_at), message, sorted(p.code for p in places)]
    return "typed-" + hashlib.sha256(journal.canonical(said).encode()).hexdigest()[:24]


def _kept(identifier: str) -> str:
    """The identifier as we keep it: one longer than any that the standard allows is kept by its digest."""
    if len(identifier) <= LONGEST_IDENTIFIER:
        return identifier
    return "long-" + hashlib.sha256(identifier.encode()).hexdigest()[:40]


def _named_before(ctx: Ctx, references: str) -> list[Alert]:
    """The warnings that the references name, the last one first; each is `sender,identifier,sent`.

    One that came in without its sender (typed, or from a list) is known by its identifier alone.
    """
    parts = [part.split(",") for part in references.split()]
    named = {(_kept(p[0]), _kept(p[1]), _second(datetime.fromisoformat(p[2]))) for p in parts if len(p) == 3}
    rows = Alert.objects.filter(
        world_id=ctx.world.id, identifier__in={each[1] for each in named}, source="imported"
    )
    return [
        row
        for row in rows.order_by("-issued_at", "-pk")
        if not row.sender or (row.sender, row.identifier, _second(row.issued_at)) in named
    ]


def _second(moment: datetime | None) -> datetime | None:
    """A file's times are whole seconds; ours are finer."""
    return moment and moment.replace(microsecond=0).astimezone(UTC)


def _standing(ctx: Ctx, text: str, issued_at: datetime, **key: Any) -> Alert | None:
    """The warning that came under this key before, ours included. Raises: Conflict when it said something else."""
    for row in Alert.objects.filter(world_id=ctx.world.id, **key):
        if _second(row.issued_at) == _second(issued_at):
            if text and row.cap and safexml.undeclared(row.cap).split() != text.split():
                raise Conflict(
                    "编号 {identifier} 收过一份（{ref}），这一份内容不同，没有导入。请打电话向发布单位核实；确是更正的，照原文录入。",
                    identifier=row.identifier,
                    ref=row.ref,
                )
            return row
    return None


def _end_in_time(ctx: Ctx, row: Alert, expires_at: datetime) -> None:
    key = f"alert-expire:{row.ref}:{journal.utc(expires_at)}"
    tasks.schedule(ctx, ALERT_EXPIRE, key=key, due_at=expires_at, payload={"ref": row.ref})
