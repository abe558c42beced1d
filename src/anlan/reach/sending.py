"""Sending 发送: each line's own worker takes what waits, commits the try, hands it over, and reads receipts.

A try is committed before its request leaves; one that got no answer is `unknown` and goes on by another line, never by the
same one. Nothing here runs in the thread that judges rain.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache

from django.db.models import Q

from anlan.foundation import crypto, journal, rooms
from anlan.foundation.context import Ctx
from anlan.foundation.worlds import World, beijing
from anlan.foundation.writing import writing
from anlan.people import queries as people
from anlan.places.atlas import atlas
from anlan.reach import outbox
from anlan.reach.events import LINE_FAILED, LINE_RETURNED, MESSAGES_ENDED
from anlan.reach.kinds import Gate, Kind, Outgoing, Placed, Receipt, Settings, kinds
from anlan.reach.models import Attempt, Line, Message
from anlan.reach.rules.limits import Limits, backoff, refused, sms_parts
from anlan.reach.rules.states import FINAL, WAITING, MessageState, moves, of_tries

log = logging.getLogger(__name__)
RESTS = timedelta(seconds=60)
"""A line that failed takes nothing for so long; what waits goes by another."""
LOOKS_AGAIN = timedelta(seconds=15)
AT_ONCE = 100
RECEIPTS_AT_ONCE = 50
TRIES = 6


def settings_of(line: Line) -> Settings:
    """With the secret open."""
    secret = crypto.unseal(line.secret_sealed, line.ref) if line.secret_sealed else ""
    receivers = tuple(each.strip() for each in line.receivers.replace("，", ",").split(",") if each.strip())
    return Settings(
        address=line.address, account=line.account, sign=line.sign, template=line.template, receivers=receivers, secret=secret,
    )  # fmt: skip


@cache
def kinds_of_text() -> dict[str, Callable[[Ctx, Message], str]]:
    """Purpose → who makes its text."""
    return {purpose: made for brought in rooms.brought("texts") for purpose, made in brought.items()}


def turn(ctx: Ctx, line: Line, gate: Gate) -> int:
    """What waits is handed over, what the provider says is taken in; returns how many requests left."""
    kind = kinds()[line.kind]
    sent = 0
    if not _rests(line, ctx.now):
        while sent < line.per_second and (batch := _claim(ctx, line, kind)):
            sent += len(batch)
            if not _hand_over(ctx, line, gate, batch):
                break
    _hear(ctx, line, gate)
    return sent


def with_work(world: World) -> list[Line]:
    """Lines that are on, and those that have a test to send."""
    tests = Message.objects.filter(world=world, line__isnull=False, state__in=WAITING).values("line")
    rows = Line.objects.filter(Q(state=outbox.ON) | Q(pk__in=tests)).order_by("pk")
    return [line for line in rows if line.kind in kinds()]


def recover(ctx: Ctx, line: Line) -> int:
    """After a fall: a try that was committed may have left or not."""
    with writing():
        lost = list(Attempt.objects.filter(line=line, state=MessageState.SENDING).select_related("message"))
        _settle(ctx, [(attempt, MessageState.UNKNOWN, "fell", "") for attempt in lost])
        return len(lost)


# ---------- taking ----------
def _claim(ctx: Ctx, line: Line, kind: Kind) -> list[tuple[Attempt, Outgoing]]:
    """The next messages that are this line's to try, each with its try committed."""
    _expire(ctx)
    waiting = Message.objects.filter(
        world_id=ctx.world.id, state__in=WAITING, try_at__lte=ctx.now, expires_at__gt=ctx.now
    )
    mine = (
        waiting.filter(line=line)
        if kind.to_group
        else waiting.filter(Q(contact__gt="") | Q(to_sealed__gt="", line=line))
    )
    rows = list(mine.order_by("first", "pk")[:AT_ONCE])
    found, later = _chosen(ctx, line, rows)
    if later:
        Message.objects.filter(pk__in=later, state__in=WAITING).update(try_at=ctx.now + LOOKS_AGAIN)
    found = found[: kind.batch]
    numbers = people.numbers([row.contact for row in found if row.contact])
    texts = {row.pk: kinds_of_text()[row.purpose](ctx, row) for row in found}
    taken = []
    with writing():
        for row in found:
            if not texts[row.pk]:  # nobody need be told any more
                Message.objects.filter(pk=row.pk).update(state=MessageState.EXPIRED, ended_at=ctx.now)
                continue
            claimed = Message.objects.filter(pk=row.pk, state=row.state, tries=row.tries)
            if claimed.update(state=MessageState.SENDING, tries=row.tries + 1):
                parts = sms_parts(texts[row.pk])
                common = {"world_id": ctx.world.id, "message": row, "line": line, "at": ctx.now}
                taken.append(
                    (Attempt.objects.create(number=row.tries + 1, parts=parts, **common), _to(row, numbers))
                )
    return [(made, Outgoing(f"m{made.pk}", to, texts[made.message_id])) for made, to in taken]


def _chosen(ctx: Ctx, line: Line, rows: list[Message]) -> tuple[list[Message], list[int]]:
    """Those that are this line's: the cheapest that is well, has not tried it and may reach the number now.

    When all have tried, the first whose try surely failed tries again. The others whom no line may reach now wait a moment.
    """
    found, later = [], []
    choose = _Choice(ctx, rows)
    for row in rows:
        first = line if row.line_id is not None else choose.first(row)
        if first is None:
            later.append(row.pk)
        elif first.pk == line.pk:
            found.append(row)
    return found, later


class _Choice:
    """Which line tries which message next."""

    def __init__(self, ctx: Ctx, rows: list[Message]) -> None:
        self._now, self._hour = ctx.now, beijing(ctx.now).hour
        self._well = {
            path: [each for each in outbox.lines_on(path, to_group=False) if not _rests(each, ctx.now)]
            for path in {_path(row) for row in rows}
        }
        self._tried, self._sent = _tries(ctx, rows)

    def first(self, row: Message) -> Line | None:
        open_to = [each for each in self._well[_path(row)] if not self._refused(each, row)]
        untried = [each for each in open_to if each.pk not in self._tried[row.pk]]
        again = open_to if row.state == MessageState.FAILED_NOW else []
        return next(iter(untried or again), None)

    def _refused(self, line: Line, row: Message) -> str:
        sent = self._sent[(line.pk, row.number_index)]
        return refused(limits_of(line), sent=sent, now=self._now, hour=self._hour)


def _path(row: Message) -> str:
    return atlas().by_id[row.place_id].path


def _tries(
    ctx: Ctx, rows: list[Message]
) -> tuple[dict[int, set[int]], dict[tuple[int, str], list[datetime]]]:
    """Message → lines that tried it; line and number → when it was reached in the last day."""
    tried: dict[int, set[int]] = defaultdict(set)
    for message, by in Attempt.objects.filter(message__in=rows).values_list("message_id", "line_id"):
        tried[message].add(by)
    sent: dict[tuple[int, str], list[datetime]] = defaultdict(list)
    indexes = {row.number_index for row in rows if row.number_index}
    lately = Attempt.objects.filter(at__gt=ctx.now - timedelta(days=1), message__number_index__in=indexes)
    for by, index, at in lately.values_list("line_id", "message__number_index", "at"):
        sent[(by, index)].append(at)
    return tried, sent


def _to(row: Message, numbers: dict[str, tuple[str, str]]) -> str:
    if row.to_sealed:
        return crypto.unseal(row.to_sealed, row.key)
    return numbers[row.contact][0] if row.contact in numbers else ""


def limits_of(line: Line) -> Limits:
    return Limits(
        per_second=line.per_second, per_number_minute=line.per_number_minute, per_number_day=line.per_number_day,
        from_hour=line.from_hour, to_hour=line.to_hour,
    )  # fmt: skip


def _expire(ctx: Ctx) -> None:
    """Old news is not sent."""
    unsent = (MessageState.CREATED, MessageState.FAILED_NOW)
    late = Message.objects.filter(world_id=ctx.world.id, state__in=unsent, expires_at__lte=ctx.now)
    if late.exists():
        with writing():
            late.update(state=MessageState.EXPIRED, ended_at=ctx.now)


# ---------- handing over ----------
def _hand_over(ctx: Ctx, line: Line, gate: Gate, batch: list[tuple[Attempt, Outgoing]]) -> bool:
    """Whether the line works. A fault of its own leaves the batch `unknown`: it may have left."""
    why = ""
    try:
        placed = {each.key: each for each in gate.place([outgoing for _, outgoing in batch])}
    except Exception as error:  # noqa: BLE001 – the provider's fault is told by its name: its words may hold a number
        log.warning("the line %s failed (%s)", line.ref, type(error).__name__)
        placed, why = {}, type(error).__name__
    rows = []
    for attempt, outgoing in batch:
        said = placed.get(outgoing.key, Placed(outgoing.key, MessageState.UNKNOWN, why=why or "no_answer"))
        rows.append((attempt, said.state, said.why, said.provider_id))
    worked = any(state in (MessageState.TAKEN, MessageState.DELIVERED) for _, state, _, _ in rows)
    in_vain = all(state in (MessageState.UNKNOWN, MessageState.FAILED_NOW) for _, state, _, _ in rows)
    with writing():
        _settle(ctx, rows)
        _note_health(ctx, line, worked=worked, why=rows[0][2] if in_vain else "")
    return not in_vain


def _settle(ctx: Ctx, rows: Sequence[tuple[Attempt, MessageState, str, str]]) -> None:
    """What became of tries: theirs, their messages', and one entry of how many ended how."""
    messages: dict[int, Message] = {}
    for attempt, state, why, provider_id in rows:
        if moves(MessageState(attempt.state), state):
            attempt.state, attempt.why = state, why[:60]
            attempt.provider_id = provider_id or attempt.provider_id
            attempt.ended_at = ctx.now if state in FINAL else None
            attempt.save(update_fields=["state", "why", "provider_id", "ended_at"])
            messages[attempt.message_id] = attempt.message
    if not messages:
        return
    tries: dict[int, list[MessageState]] = defaultdict(list)
    for pk, each in Attempt.objects.filter(message__in=messages).values_list("message_id", "state"):
        tries[pk].append(MessageState(each))
    ended: dict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for pk, message in messages.items():
        state = of_tries(tries[pk])
        if state is MessageState.FAILED and len(tries[pk]) < TRIES and message.contact and _others(message):
            state = MessageState.FAILED_NOW  # another line may still reach it
        if state is MessageState.FAILED_NOW and len(tries[pk]) >= TRIES:
            state = MessageState.FAILED
        message.state, message.try_at = state, ctx.now + backoff(len(tries[pk]))
        if state is MessageState.UNKNOWN:  # by another line at once; a group has one
            message.try_at = ctx.now if message.contact else message.expires_at
        message.ended_at = ctx.now if state.is_final else None
        message.save(update_fields=["state", "try_at", "ended_at"])
        ended[(message.subject, message.place_id)][state.value] += 1
    for (subject, place), counts in ended.items():
        if any(state in FINAL or state == MessageState.TAKEN for state in counts):
            path = atlas().by_id[place].path
            journal.append(
                ctx, MESSAGES_ENDED, refs={"subject": subject}, body=dict(sorted(counts.items())), place=path
            )


def _others(message: Message) -> bool:
    """Whether a line that is on has not tried it yet."""
    tried = set(Attempt.objects.filter(message=message).values_list("line_id", flat=True))
    return any(line.pk not in tried for line in outbox.lines_on(_path(message), to_group=False))


# ---------- receipts ----------
def _hear(ctx: Ctx, line: Line, gate: Gate) -> None:
    """The effect of a few receipts and the mark they were read to are one transaction."""
    try:
        receipts, mark = gate.reports(line.heard)
    except Exception as error:  # noqa: BLE001 – as above
        log.warning("receipts of the line %s cannot be read (%s)", line.ref, type(error).__name__)
        return
    if not receipts and mark == line.heard:
        return
    for start in range(0, len(receipts), RECEIPTS_AT_ONCE):
        few = receipts[start : start + RECEIPTS_AT_ONCE]
        with writing():
            _settle(ctx, [(a, r.state, r.why, "") for r in few for a in _of(line, r)])
    with writing():
        Line.objects.filter(pk=line.pk).update(heard=mark)
        line.heard = mark


def _of(line: Line, receipt: Receipt) -> list[Attempt]:
    """The try that a receipt speaks of: by the provider's id, and by the number where the id is a batch's."""
    found = Attempt.objects.filter(line=line, provider_id=receipt.provider_id).select_related("message")
    if receipt.to:
        found = found.filter(message__number_index=crypto.blind(crypto.normal_phone(receipt.to)))
    return list(found) if receipt.provider_id else []


# ---------- health ----------
def _rests(line: Line, now: datetime) -> bool:
    return line.trouble_since is not None and now - line.trouble_since < RESTS


def _note_health(ctx: Ctx, line: Line, *, worked: bool, why: str) -> None:
    """A line in trouble says so once, and once more when it works again."""
    before = line.trouble
    if worked:
        line.worked_at, line.trouble, line.trouble_since = ctx.now, "", None
    elif why:
        line.trouble, line.trouble_since = why[:60], ctx.now
    line.save(update_fields=["worked_at", "trouble", "trouble_since"])
    name = (
        LINE_FAILED if line.trouble and not before else LINE_RETURNED if before and not line.trouble else ""
    )
    if name:
        body = {"why": line.trouble} if line.trouble else {}
        journal.append(ctx, name, refs={"line": line.ref}, body=body, place=atlas().by_id[line.place_id].path)
