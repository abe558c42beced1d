"""The guards of the alert life cycle: each looks at one thing and says a named no, or nothing.

Sources: Meteorology Law art. 22 (lawful issuer); local rules on telephone approval 电话签批 with 补签
(the 24 h are the pack's, 待核实).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from anlan.warn.rules.alert.shapes import (
    Actor,
    AlertSettings,
    AlertState,
    Evidence,
    Message,
    Refusal,
    State,
    VerbalApproval,
)

PERMIT_APPROVE = "warn.approve"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a guard looks at."""

    alert: AlertState
    actor: Actor
    now: datetime
    evidence: Evidence
    settings: AlertSettings


Guard = Callable[[Case], Refusal | None]


def complete(case: Case) -> Refusal | None:
    """Nothing the composer asks for is missing."""
    if not case.evidence.missing:
        return None
    lacking = "、".join(case.evidence.missing)
    return Refusal(
        name="incomplete",
        zh=f"还缺：{lacking}。补齐再送审。",
        en=f"Still missing: {lacking}. Fill it in and submit again.",
    )


def lawful_issuer(case: Case) -> Refusal | None:
    """This unit may issue this kind of alert."""
    verdict = case.evidence.issuer
    if verdict is None:
        return Refusal(
            name="issuer_not_checked",
            zh="还没核对发布主体，请先核对谁有权发布。",
            en="The issuer was not checked; check who may issue this kind.",
        )
    if verdict.lawful:
        return None
    return Refusal(
        name="issuer_not_lawful",
        zh=verdict.zh or "本单位不是这类预警的发布主体，请引用发布单位的预警，或发风险提示。",
        en=verdict.en
        or "This unit may not issue this kind; import the issuer's alert or send a risk notice.",
    )


def not_own(case: Case) -> Refusal | None:
    """Nobody reviews, approves or rejects a text they wrote or changed."""
    if case.actor.ref not in case.alert.authors:
        return None
    return Refusal(
        name="own_draft",
        zh="这一稿你写过或改过，只能由别人把关。请叫醒另一位批准人。",
        en="You wrote or changed this text; another person must check it. Wake another approver.",
    )


def own(case: Case) -> Refusal | None:
    """Only those who wrote it take it back."""
    if case.actor.ref in case.alert.authors:
        return None
    return Refusal(
        name="not_author",
        zh="只有起草人可以撤回；要改请用“退回”。",
        en="Only its author may withdraw it; use “reject” instead.",
    )


def reasoned(case: Case) -> Refusal | None:
    """A reason is written down."""
    if case.evidence.reason.strip():
        return None
    return Refusal(name="no_reason", zh="请写明理由。", en="Write down the reason.")


def valid_ahead(case: Case) -> Refusal | None:
    """It has an expiry, ahead of now, and not beyond the longest time allowed."""
    until = case.alert.expires_at
    if until is None:
        return Refusal(name="no_expiry", zh="还没写有效到几时。", en="Say until when it is valid.")
    if until <= case.now:
        return Refusal(
            name="already_expired",
            zh="有效时间已经过了，请改有效时间再送审。",
            en="Its time is over; set a new expiry and submit again.",
        )
    if until > case.now + case.settings.longest:
        return Refusal(
            name="valid_too_long",
            zh=f"有效时间超过 {_hours(case.settings)} 小时，请缩短，到时再更新。",
            en=f"Valid for more than {_hours(case.settings)} hours; shorten it and update later.",
        )
    return None


def _hours(settings: AlertSettings) -> int:
    return int(settings.longest.total_seconds() // 3600)


def lapsed(case: Case) -> Refusal | None:
    """Its time is over."""
    until = case.alert.expires_at
    if until is not None and until <= case.now:
        return None
    return Refusal(name="not_yet_expired", zh="有效时间还没到。", en="It is still valid.")


def chained(case: Case) -> Refusal | None:
    """A first alert stands alone; every other link names the last issued link of its chain.

    An update may follow an alert that has just expired: a red must not wait because the orange ran out.
    """
    alert, before = case.alert, case.evidence.predecessor
    if alert.message is Message.ALERT:
        if not alert.predecessor:
            return None
        return Refusal(
            name="first_with_predecessor",
            zh="首发预警不能引用前一条；请改成更新。",
            en="A first alert names no predecessor; make it an update.",
        )
    if not alert.predecessor or before is None or before.ref != alert.predecessor:
        return Refusal(
            name="no_predecessor",
            zh="更新、取消、解除都要引用前一条预警，请选前一条。",
            en="An update, cancel or all-clear names the alert before it; choose it.",
        )
    open_to_this = {State.ISSUED, State.EXPIRED} if alert.message is Message.UPDATE else {State.ISSUED}
    if before.ref == alert.ref or before.state not in open_to_this:
        return Refusal(
            name="predecessor_not_current",
            zh=f"前一条 {before.ref} 现在是“{before.state.zh}”，不是链上最后一条有效预警，请另选。",
            en=f"{before.ref} is “{before.state}”, not the last valid link of its chain; choose another.",
        )
    return None


def reviewed(case: Case) -> Refusal | None:
    """As many reviewers as the pack asks for, none of them the approver."""
    if case.settings.reviews_needed == 0:
        return None
    if not case.alert.reviewed_by:
        return Refusal(
            name="not_reviewed",
            zh="还没有人复核，请先请一位没改过这一稿的人复核。",
            en="Nobody reviewed it; ask someone who did not change it.",
        )
    if case.alert.reviewed_by == case.actor.ref:
        return Refusal(
            name="reviewer_approves",
            zh="复核和批准要两个人，请另一位批准。",
            en="Reviewer and approver must differ; ask another approver.",
        )
    return None


def retyped(case: Case) -> Refusal | None:
    """For a red, place and level were typed again by hand and are the same."""
    if case.alert.grade < case.settings.retype_from:
        return None
    if _plain(case.evidence.retyped_place) != _plain(case.alert.place):
        return Refusal(
            name="place_not_retyped",
            zh=f"手打的地名和稿上的“{case.alert.place}”对不上，请照稿再打一遍。",
            en=f"The place typed is not “{case.alert.place}”; type it again.",
        )
    if _plain(case.evidence.retyped_level) != _plain(case.alert.grade.zh):
        return Refusal(
            name="level_not_retyped",
            zh=f"手打的级别和稿上的“{case.alert.grade.zh}”对不上，请照稿再打一遍。",
            en=f"The level typed is not “{case.alert.grade.zh}”; type it again.",
        )
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def heard(case: Case) -> Refusal | None:
    """The telephone approval holds leader, number, time and exact words."""
    verbal = case.evidence.verbal
    if verbal is None or not all(
        part.strip() for part in (verbal.leader, verbal.number, verbal.words, verbal.confirmed_by)
    ):
        return Refusal(
            name="verbal_incomplete",
            zh="电话签批要记：哪位领导、号码、时刻、原话、谁来确认。请补齐。",
            en="A telephone approval needs leader, number, time, exact words and who confirmed it.",
        )
    started = case.alert.submitted_at
    if verbal.at > case.now or (started is not None and verbal.at < started):
        return Refusal(
            name="verbal_time",
            zh="签批时刻要在送审之后、现在之前，请核对。",
            en="The approval's time must lie between submission and now; check it.",
        )
    return None


def leader_may(case: Case) -> Refusal | None:
    """The leader may approve, and wrote none of the text."""
    verbal = _verbal(case)
    if PERMIT_APPROVE not in verbal.leader_permissions:
        return Refusal(
            name="leader_may_not_approve",
            zh="这位领导没有批准权限，请打给有权批准的人。",
            en="This leader may not approve; telephone someone who may.",
        )
    if verbal.leader in case.alert.authors:
        return Refusal(
            name="own_draft",
            zh="这一稿是这位领导自己写的，请打给另一位批准人。",
            en="The leader wrote this text; telephone another approver.",
        )
    if verbal.leader == case.actor.ref:
        return Refusal(
            name="own_verbal",
            zh="批准人自己在场，请直接批准，不用记电话签批。",
            en="You are the approver; approve directly.",
        )
    if case.settings.reviews_needed and case.alert.reviewed_by in ("", verbal.leader):
        return Refusal(
            name="not_reviewed",
            zh="还缺一位复核人（不能是批准人），请先复核。",
            en="A reviewer other than the approver is needed first.",
        )
    return None


def confirmed(case: Case) -> Refusal | None:
    """A second officer heard it, or the leader's number was rung back, after the approval."""
    verbal = _verbal(case)
    by_second = verbal.confirmed_how == "second_officer" and verbal.confirmed_by not in (
        case.actor.ref,
        verbal.leader,
    )
    by_call_back = verbal.confirmed_how == "call_back"
    if (by_second or by_call_back) and verbal.at <= verbal.confirmed_at <= case.now:
        return None
    return Refusal(
        name="verbal_unconfirmed",
        zh="口头批准还要第二位值班员确认，或回拨领导号码确认，确认在签批之后。",
        en="A second officer must confirm it, or ring the leader back, after the approval.",
    )


def _verbal(case: Case) -> VerbalApproval:
    """The telephone approval; `heard` stands before every guard that asks for it."""
    assert case.evidence.verbal is not None
    return case.evidence.verbal


def same_text(case: Case) -> Refusal | None:
    """What was approved is what stands there now."""
    if case.alert.approved_revision == case.alert.revision:
        return None
    return Refusal(
        name="text_changed",
        zh="批准之后稿子又改过，请重新送审。",
        en="The text changed after the approval; submit it again.",
    )


def awaits_signature(case: Case) -> Refusal | None:
    """A telephone approval is still unsigned, and this is the leader who gave it."""
    owed = signatures_owed(case.alert)
    if not owed:
        return Refusal(name="nothing_to_sign", zh="没有待补签的口头批准。", en="Nothing waits to be signed.")
    if case.actor.ref not in owed:
        return Refusal(
            name="not_the_leader",
            zh="只能由当时口头批准的领导本人补签。",
            en="Only the leader who approved by telephone may sign.",
        )
    return None


def signatures_owed(alert: AlertState) -> tuple[str, ...]:
    """The leaders who approved or agreed by telephone and have not signed."""
    own = (alert.verbal.leader,) if alert.verbal and alert.countersigned_at is None else ()
    return own + tuple(each.by for each in alert.cosigners if each.owes_signature)


def followed_by(message: Message) -> Guard:
    """The successor is issued, is of this kind and names this alert."""

    def guard(case: Case) -> Refusal | None:
        after = case.evidence.successor
        if (
            after is not None
            and after.message is message
            and after.predecessor == case.alert.ref
            and after.state is State.ISSUED
        ):
            return None
        return Refusal(
            name="no_successor",
            zh="链上还没有已签发的下一条，请先签发更新、解除或取消。",
            en="No issued link follows; issue the update, all-clear or cancel first.",
        )

    guard.__name__ = f"followed_by_{message}"
    return guard
