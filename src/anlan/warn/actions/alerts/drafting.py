"""Writing an alert: a first draft, changes, and the next link of a chain."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anlan.foundation import journal, tasks
from anlan.foundation.actions import action, next_ref
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid
from anlan.foundation.rules.errors import AlertRefused
from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import say
from anlan.people.queries.units import Unit, unit, units
from anlan.places.atlas import Place, atlas
from anlan.warn import alert_rows
from anlan.warn.actions.alerts.common import locked_of_unit, move, note, places_of, unit_of
from anlan.warn.events import ALERT_EXPIRE
from anlan.warn.models import Alert
from anlan.warn.rules.alert.shapes import Event, Message
from anlan.wire.cap import mapping


@dataclass(frozen=True, kw_only=True)
class Text:
    """What the composer writes. `named` are division codes; the three texts are 给居民的话: 会怎样, 去哪里, 什么时候."""

    level: int
    named: list[str]
    expires_at: datetime | None = None
    description: str = ""
    instruction: str = ""
    by_when: str = ""
    polygon: list[Any] = field(default_factory=list)
    joint_with: list[str] = field(default_factory=list)


def draft(ctx: Ctx, *, event_type: str, text: Text, kind: str = "alert") -> str:
    """Begin an alert, or a risk notice (`kind="notice"`), of the actor's own unit; returns its ref."""
    with action(ctx, "warn.draft"):
        places = places_of(ctx, text.named)
        if not places:
            raise Invalid("请先选地点：预警要点到乡镇或村。").at("named")
        row = write_new(ctx, issuer=unit_of(ctx), event_type=event_type, text=text, places=places, kind=kind)
        note(ctx, row, "drafted")
        return row.ref


def write_new(
    ctx: Ctx,
    *,
    issuer: Unit,
    event_type: str,
    text: Text,
    places: list[Place],
    kind: str = "alert",
    message: Message = Message.ALERT,
    predecessor: Alert | None = None,
    cause: str = "",
) -> Alert:
    """A new row in `draft`; the caller journals."""
    row = Alert(
        world_id=ctx.world.id,
        ref=next_ref(ctx, "A"),
        kind=kind,
        source="own",
        issuer_id=issuer.id,
        issuer_name=issuer.name,
        event_type=event_type,
        message=message.value,
        state="draft",
        predecessor=predecessor,
        drafted_at=ctx.now,
        drafted_by=ctx.actor.ref,
        cause=cause,
    )
    _fill(ctx, row, text, places)
    return row


def _fill(ctx: Ctx, row: Alert, text: Text, places: list[Place]) -> None:
    """Put the text into the row, save it, and set the clock for its end."""
    if row.kind == "alert" and text.level not in tuple(Grade):
        raise Invalid("级别只有蓝、黄、橙、红四级。请选一级。").at("level")
    place = atlas().common(places)
    row.level = text.level if row.kind == "alert" else alert_rows.NO_MARK
    row.place_id = place.id
    row.polygon = text.polygon
    row.description, row.instruction = text.description.strip(), text.instruction.strip()
    row.by_when = text.by_when.strip()
    row.joint_with = [u.ref for u in units(text.joint_with) if u.id != row.issuer_id]
    row.expires_at = text.expires_at or ctx.now + alert_rows.valid_for(ctx, place.code, row.level)
    row.headline = headline(ctx, row, places)
    row.save()
    row.names.set([p.id for p in places])
    key = f"alert-expire:{row.ref}:{journal.utc(row.expires_at)}"
    tasks.schedule(ctx, ALERT_EXPIRE, key=key, due_at=row.expires_at, payload={"ref": row.ref})


def headline(ctx: Ctx, row: Alert, places: list[Place]) -> str:
    """标题, made and never typed: who, what, which colour; 【演练】 in an exercise. A notice names its places."""
    event = alert_rows.event_title(ctx, row.event_type)["zh"]
    if row.kind == "alert":
        colour = mapping.Colour(Grade(row.level).name.capitalize())
        text = mapping.headline(
            sender_name=alert_rows.sender_name(row),
            event=event,
            colour=colour,
            exercise=not ctx.world.is_live,
        )
        return _ended(text, row.message)
    mark = "" if ctx.world.is_live else f"【{mapping.EXERCISE_MARK}】"
    where = "、".join(p.name for p in places) if len(places) <= 3 else atlas().by_id[row.place_id].name
    return f"{mark}{row.issuer_name}风险提示：{where}{event}"


def _ended(text: str, message: str) -> str:
    """发布 becomes 更新, 解除 or 取消 for a later link; the colour stays readable."""
    verb = {"update": "更新发布", "all_clear": "解除此前发布", "cancel": "取消此前发布"}.get(message, "发布")
    return text.replace("发布", verb + ("的" if message in ("all_clear", "cancel") else ""), 1)


def edit(ctx: Ctx, *, ref: str, text: Text) -> None:
    """Change a draft. Whoever changes it is one of its authors from then on."""
    with action(ctx, "warn.draft"):
        row = locked_of_unit(ctx, ref)
        places = places_of(ctx, text.named)
        if not places:
            raise Invalid("请先选地点：预警要点到乡镇或村。").at("named")
        move(ctx, row, Event.EDIT)
        row.returned_why = ""
        _fill(ctx, row, text, places)
        note(ctx, row, "edited")


def rewrite(ctx: Ctx, row: Alert, text: Text, places: list[Place]) -> None:
    """The system raises a draft of its own that nobody has issued yet; the caller journals."""
    move(ctx, row, Event.EDIT)
    _fill(ctx, row, text, places)


def follow_up(ctx: Ctx, *, ref: str, message: str, text: Text | None = None) -> str:
    """Draft the next link after an issued alert: update, cancel or all_clear. Returns the new ref.

    An all-clear and a cancel take over level and places; both are approved by two like every alert.
    Raises: AlertRefused when the alert is not the last link of its chain or another follow-up is already open.
    """
    with action(ctx, "warn.draft"):
        before = locked_of_unit(ctx, ref)
        kind = Message(message)
        if kind is Message.ALERT:
            raise Invalid("后续只能是更新、取消或解除。")
        _require_last(ctx, before)
        wanted = text or taken_over(ctx, before, kind)
        places = places_of(ctx, wanted.named)
        issuer = unit(before.issuer.ref) if before.issuer else None
        assert issuer is not None
        row = write_new(
            ctx, issuer=issuer, event_type=before.event_type, text=wanted, places=places, kind=before.kind,
            message=kind, predecessor=before, cause=before.cause,
        )  # fmt: skip
        note(ctx, row, "drafted", refs={"predecessor": before.ref})
        return row.ref


def _require_last(ctx: Ctx, before: Alert) -> None:
    open_next = Alert.objects.filter(
        world_id=ctx.world.id, predecessor=before, state__in=("draft", "review", "approved")
    ).first()
    if open_next:
        raise AlertRefused("follow_up_open", say("后续 {ref} 已经在编，请接着办那一份。", ref=open_next.ref))
    if before.state not in ("issued", "expired"):
        raise AlertRefused(
            "predecessor_not_current", say("{ref} 不是链上最后一条有效预警，请另选。", ref=before.ref)
        )


def taken_over(ctx: Ctx, before: Alert, kind: Message) -> Text:
    """The text that a follow-up begins with."""
    name = alert_rows.place_words(before)
    event = alert_rows.event_title(ctx, before.event_type)["zh"]
    mark = "" if ctx.world.is_live else "这是演练。"
    words = {
        Message.UPDATE: (before.description, before.instruction, before.by_when),
        Message.ALL_CLEAR: (
            f"{mark}{name}{event}预警解除。",
            "听村组干部安排，由村组带回。不听到通知不要自己回家。",
            "现在起解除。",
        ),
        Message.CANCEL: (
            f"{mark}{name}{event}预警发错了，现在取消。",
            "不用转移，照常生活。",
            "现在起取消。",
        ),
    }
    description, instruction, by_when = words[kind]
    return Text(
        level=before.level,
        named=[p.code for p in alert_rows.named(before)],
        description=description,
        instruction=instruction,
        by_when=by_when,
        polygon=before.polygon,
        joint_with=before.joint_with,
    )
