"""The guards of the alert life cycle: each looks at one thing and says a named no, or nothing.

Sources: Meteorology Law art. 22 (lawful issuer); local rules on telephone approval 电话签批 with 补签
(the 24 h are the pack's, 待核实).
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from anlan.foundation.rules.life import Refusal
from anlan.foundation.rules.reason import is_reason
from anlan.foundation.words import say
from anlan.warn.rules.alert.shapes import (
    Actor,
    AlertSettings,
    AlertState,
    Evidence,
    Message,
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
    return Refusal(
        name="incomplete", says=say("还缺：{lacking}。补齐再送审。", lacking=tuple(case.evidence.missing))
    )


def lawful_issuer(case: Case) -> Refusal | None:
    """This unit may issue this kind of alert."""
    verdict = case.evidence.issuer
    if verdict is None:
        return Refusal(name="issuer_not_checked", says=say("还没核对发布主体，请先核对谁有权发布。"))
    if verdict.lawful:
        return None
    no = say("本单位不是这类预警的发布主体，请引用发布单位的预警，或发风险提示。")
    return Refusal(name="issuer_not_lawful", says=verdict.says or no)


def not_own(case: Case) -> Refusal | None:
    """Nobody reviews, approves or rejects a text they wrote or changed."""
    if case.actor.ref not in case.alert.authors:
        return None
    return Refusal(name="own_draft", says=say("这一稿你写过或改过，只能由别人把关。请叫醒另一位批准人。"))


def own(case: Case) -> Refusal | None:
    """Only those who wrote it take it back."""
    if case.actor.ref in case.alert.authors:
        return None
    return Refusal(name="not_author", says=say("只有起草人可以撤回；要改请用“退回”。"))


def reasoned(case: Case) -> Refusal | None:
    """A reason is written down."""
    if is_reason(case.evidence.reason):
        return None
    return Refusal(name="no_reason", says=say("请写明理由（至少两个字）。"))


def valid_ahead(case: Case) -> Refusal | None:
    """It has an expiry, ahead of now, and not beyond the longest time allowed."""
    until = case.alert.expires_at
    if until is None:
        return Refusal(name="no_expiry", says=say("还没写有效到几时。"))
    if until <= case.now:
        return Refusal(name="already_expired", says=say("有效时间已经过了，请改有效时间再送审。"))
    if until > case.now + case.settings.longest:
        return Refusal(
            name="valid_too_long",
            says=say("有效时间超过 {hours} 小时，请缩短，到时再更新。", hours=_hours(case.settings)),
        )
    return None


def _hours(settings: AlertSettings) -> int:
    return int(settings.longest.total_seconds() // 3600)


def lapsed(case: Case) -> Refusal | None:
    """Its time is over."""
    until = case.alert.expires_at
    if until is not None and until <= case.now:
        return None
    return Refusal(name="not_yet_expired", says=say("有效时间还没到。"))


def chained(case: Case) -> Refusal | None:
    """A first alert stands alone; every other link names the last issued link of its chain.

    An update may follow an alert that has just expired: a red must not wait because the orange ran out.
    """
    alert, before = case.alert, case.evidence.predecessor
    if alert.message is Message.ALERT:
        if not alert.predecessor:
            return None
        return Refusal(name="first_with_predecessor", says=say("首发预警不能引用前一条；请改成更新。"))
    if not alert.predecessor or before is None or before.ref != alert.predecessor:
        return Refusal(name="no_predecessor", says=say("更新、取消、解除都要引用前一条预警，请选前一条。"))
    open_to_this = {State.ISSUED, State.EXPIRED} if alert.message is Message.UPDATE else {State.ISSUED}
    if before.ref == alert.ref or before.state not in open_to_this:
        return Refusal(
            name="predecessor_not_current",
            says=say(
                "前一条 {ref} 现在是“{state}”，不是链上最后一条有效预警，请另选。",
                ref=before.ref,
                state=say(before.state.word),
            ),
        )
    return None


def reviewed(case: Case) -> Refusal | None:
    """As many reviewers as the pack asks for, none of them the approver."""
    if case.settings.reviews_needed == 0:
        return None
    if not case.alert.reviewed_by:
        return Refusal(name="not_reviewed", says=say("还没有人复核，请先请一位没改过这一稿的人复核。"))
    if case.alert.reviewed_by == case.actor.ref:
        return Refusal(name="reviewer_approves", says=say("复核和批准要两个人，请另一位批准。"))
    return None


def retyped(case: Case) -> Refusal | None:
    """For a red, place and level were typed again by hand and are the same."""
    if case.alert.grade < case.settings.retype_from:
        return None
    if _plain(case.evidence.retyped_place) != _plain(case.alert.place):
        return Refusal(
            name="place_not_retyped",
            says=say("手打的地名和稿上的“{place}”对不上，请照稿再打一遍。", place=case.alert.place),
        )
    if _plain(case.evidence.retyped_level) != _plain(case.alert.grade.word):
        return Refusal(
            name="level_not_retyped",
            says=say("手打的级别和稿上的“{grade}”对不上，请照稿再打一遍。", grade=say(case.alert.grade.word)),
        )
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def heard(case: Case) -> Refusal | None:
    """The telephone approval holds leader, number, time and exact words."""
    verbal = case.evidence.verbal
    if verbal is None or not all(part.strip() for part in (verbal.leader, verbal.number, verbal.words)):
        return Refusal(
            name="verbal_incomplete", says=say("电话签批要记：哪位领导、号码、时刻、原话、谁来确认。请补齐。")
        )
    started = case.alert.submitted_at
    if verbal.at > case.now or (started is not None and verbal.at < started):
        return Refusal(name="verbal_time", says=say("签批时刻要在送审之后、现在之前，请核对。"))
    return None


def leader_may(case: Case) -> Refusal | None:
    """The leader may approve, and wrote none of the text."""
    verbal = _verbal(case)
    if PERMIT_APPROVE not in verbal.leader_permissions:
        return Refusal(name="leader_may_not_approve", says=say("这位领导没有批准权限，请打给有权批准的人。"))
    if verbal.leader in case.alert.authors:
        return Refusal(name="own_draft", says=say("这一稿是这位领导自己写的，请打给另一位批准人。"))
    if verbal.leader == case.actor.ref:
        return Refusal(name="own_verbal", says=say("批准人自己在场，请直接批准，不用记电话签批。"))
    if case.settings.reviews_needed and case.alert.reviewed_by in ("", verbal.leader):
        return Refusal(name="not_reviewed", says=say("还缺一位复核人（不能是批准人），请先复核。"))
    return None


def second_officer(case: Case) -> Refusal | None:
    """Something heard waits for another officer than the one who wrote it down and the leader who said it."""
    waiting = case.alert.unconfirmed
    if not waiting:
        return Refusal(name="nothing_to_confirm", says=say("没有等着确认的电话签批，请刷新。"))
    if any(may_confirm(verbal, case.actor.ref) for verbal in waiting):
        return None
    return Refusal(
        name="verbal_unconfirmed",
        says=say("记电话的人和这位领导自己不能确认，请另一位值班员登录自己的账号来确认。"),
    )


def may_confirm(verbal: VerbalApproval, who: str) -> bool:
    """Whether an officer is the second one to what was heard."""
    return not verbal.confirmed_by and who not in (verbal.recorded_by, verbal.leader)


def confirmed(case: Case) -> Refusal | None:
    """A second officer has confirmed all that was heard on the telephone."""
    if not case.alert.unconfirmed:
        return None
    return Refusal(
        name="verbal_unconfirmed",
        says=say("电话签批还没有第二位值班员确认。请另一位值班员登录自己的账号，在预警页上确认。"),
    )


def _verbal(case: Case) -> VerbalApproval:
    """The telephone approval; `heard` stands before every guard that asks for it."""
    assert case.evidence.verbal is not None
    return case.evidence.verbal


def same_text(case: Case) -> Refusal | None:
    """What was approved is what stands there now."""
    if case.alert.approved_revision == case.alert.revision:
        return None
    return Refusal(name="text_changed", says=say("批准之后稿子又改过，请重新送审。"))


def awaits_signature(case: Case) -> Refusal | None:
    """A telephone approval is still unsigned, and this is the leader who gave it."""
    owed = signatures_owed(case.alert)
    if not owed:
        return Refusal(name="nothing_to_sign", says=say("没有待补签的口头批准。"))
    if case.actor.ref not in owed:
        return Refusal(name="not_the_leader", says=say("只能由当时口头批准的领导本人补签。"))
    return None


def signature_due(case: Case) -> datetime:
    """By when the leader at the telephone has to sign."""
    return _verbal(case).at + case.settings.countersign_within


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
        return Refusal(name="no_successor", says=say("链上还没有已签发的下一条，请先签发更新、解除或取消。"))

    guard.__name__ = f"followed_by_{message}"
    return guard
