"""Door checks 敲门核查 as the page shows them: who was sent, who could go now, and of everyone else why not."""

from dataclasses import dataclass
from datetime import datetime

from anlan.call.actions.doorchecks import propose
from anlan.call.calldown_rows import everywhere
from anlan.call.models import CallDown, CallLine, DoorCheck
from anlan.call.queries.board import MEANS_WORDS, OUTCOMES_AT_DOOR
from anlan.call.rules.calldown.shapes import LineState
from anlan.call.rules.calldown.village import village_state
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.words import Sentence
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who can go."""

    holder: str
    name: str
    title: str
    distance_m: int
    arrives_at: datetime
    back_out_at: datetime
    straight_line: bool


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Somebody who is not sent, and why; `reason` is the same for all who stay for the same thing."""

    name: str
    title: str
    reason: str
    why: Sentence


def _head(why: Sentence) -> dict[str, str]:
    """太远, of 太远，1234 米: what the reasons of a group have in common."""
    return {"zh": why.zh.split("，")[0].rstrip("。"), "en": why.en.split(",")[0].rstrip(".")}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One door check of the line."""

    ref: str
    means: str
    who: str
    ordered_at: datetime
    due_at: datetime
    state: str
    done_at: datetime | None
    outcome: str
    households: int | None

    @property
    def is_open(self) -> bool:
        return self.state in (DoorCheck.State.ORDERED, DoorCheck.State.OVERDUE)


@dataclass(frozen=True, kw_only=True)
class Doors:
    """The door of one silent village."""

    row: CallDown
    line: str
    place: Place
    is_settled: bool
    state: tuple[str, str]
    """The palette's code and a word: answered by telephone, door-checked, or closed; never one for another."""
    sent: tuple[Sent, ...]
    candidates: tuple[Candidate, ...]
    kept: tuple[Kept, ...]
    instead: tuple[str, ...]

    @property
    def kept_by_reason(self) -> list[tuple[dict[str, str], list[Kept]]]:
        """Those who are not sent, by reason, the commonest first."""
        groups: dict[str, list[Kept]] = {}
        for each in self.kept:
            groups.setdefault(each.reason, []).append(each)
        return [(_head(found[0].why), found) for found in sorted(groups.values(), key=len, reverse=True)]


def doors(ctx: Ctx, ref: str, line: str) -> Doors:
    """Everything about the door of one line. Raises: NotFound out of scope."""
    found = (
        ctx.rows(CallLine)
        .filter(call_down__ref=ref, key=line, kind="village")
        .select_related("call_down")
        .first()
    )
    if found is None:
        raise NotFound("没有这条叫应线（{line}）。请从叫应板里选择。", line=line)
    plan = propose(ctx, found)
    checks = list(DoorCheck.objects.filter(line=found).select_related("holder").order_by("pk"))
    refs = [p.who for p in plan.proposals] + [n.who for n in plan.not_sent]
    refs += [c.holder.ref for c in checks if c.holder]
    names = people.masked_names(everywhere(ctx), refs)
    titles = {r: h.title for r, h in people.holders_by_ref(everywhere(ctx), refs).items()}
    return Doors(
        row=found.call_down,
        line=line,
        place=atlas().by_id[found.place_id],
        is_settled=found.settled_at is not None,
        state=village_state(LineState(found.state)),
        sent=tuple(_sent(c, names, titles) for c in checks),
        candidates=tuple(
            Candidate(
                holder=p.who,
                name=names.get(p.who, ""),
                title=titles.get(p.who, ""),
                distance_m=p.distance_m,
                arrives_at=p.arrives_at,
                back_out_at=p.back_out_at,
                straight_line=p.straight_line,
            )
            for p in plan.proposals
        ),
        kept=tuple(
            Kept(
                name=names.get(n.who, ""),
                title=titles.get(n.who, ""),
                reason=n.why,
                why=n.says,
            )
            for n in plan.not_sent
        ),
        instead=tuple(MEANS_WORDS.get(step.key, step.key) for step in plan.instead),
    )


def _sent(check: DoorCheck, names: dict[str, str], titles: dict[str, str]) -> Sent:
    ref = check.holder.ref if check.holder else ""
    return Sent(
        ref=check.ref,
        means=MEANS_WORDS.get(check.means, check.means),
        who=f"{titles.get(ref, '')} {names.get(ref, '')}".strip(),
        ordered_at=check.ordered_at,
        due_at=check.due_at,
        state=check.state,
        done_at=check.done_at,
        outcome=OUTCOMES_AT_DOOR.get(check.outcome, ""),
        households=check.households,
    )
