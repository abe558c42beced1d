"""The guards of joint issue 联合发布: what two units must issue together goes out only when both agreed, by two persons.

Sources: flash-flood weather warnings are issued by water and meteorology together, geological weather-risk warnings
by natural resources with meteorology (pack `issuers`).
"""

from __future__ import annotations

from anlan.foundation.rules.life import Refusal
from anlan.foundation.words import say
from anlan.warn.rules.alert.guards import PERMIT_APPROVE, Case


def other_hand(case: Case) -> Refusal | None:
    """Who approves for one unit has not agreed for another: two units are two persons."""
    return _one_hand(case, case.actor.ref)


def other_leader(case: Case) -> Refusal | None:
    """The same for the leader at the telephone."""
    assert case.evidence.verbal is not None
    return _one_hand(case, case.evidence.verbal.leader)


def _one_hand(case: Case, who: str) -> Refusal | None:
    hands = {case.alert.approved_by, *(each.by for each in case.alert.cosigners)}
    if who not in hands:
        return None
    return Refusal(
        name="one_hand",
        says=say("联合发布要两个单位各一个人批准，这个人已经批过。请另一个单位的批准人来批。"),
    )


def asked_to_cosign(case: Case) -> Refusal | None:
    """The actor's unit issues it jointly and has not agreed to this text yet."""
    return _asked(case, case.actor.unit)


def asked_by_telephone(case: Case) -> Refusal | None:
    """The place allows it by telephone, and the unit that agreed has still to agree."""
    if not case.settings.cosign_by_telephone:
        return Refusal(
            name="cosign_not_by_telephone", says=say("本地规定会签不能用电话，请联合单位的批准人登录会签。")
        )
    return _asked(case, case.evidence.cosigner)


def _asked(case: Case, unit: str) -> Refusal | None:
    if all(each.unit != unit for each in case.alert.cosigners):
        return Refusal(name="not_a_cosigner", says=say("这个单位不是这份预警的联合发布单位，不用会签。"))
    if all(each.unit != unit for each in case.alert.unsigned):
        return Refusal(name="cosigned_already", says=say("这个单位已经会签过这一稿，不用再签。"))
    return None


def cosigner_may(case: Case) -> Refusal | None:
    """The leader at the telephone may approve for that unit, and wrote none of the text."""
    verbal = case.evidence.verbal
    assert verbal is not None
    if PERMIT_APPROVE not in verbal.leader_permissions:
        return Refusal(
            name="leader_may_not_approve",
            says=say("这位领导没有联合单位在这里的批准权限，请打给联合单位有权批准的人。"),
        )
    if verbal.leader in case.alert.authors or verbal.leader == case.actor.ref:
        return Refusal(
            name="own_draft", says=say("起草人和记录人不能自己会签，请打给联合单位的另一位批准人。")
        )
    return None


def all_signed(case: Case) -> Refusal | None:
    """Every unit that issues it jointly has agreed to the text that stands there."""
    waiting = case.alert.unsigned
    if not waiting:
        return None
    return Refusal(
        name="not_cosigned",
        says=say(
            "联合发布还缺{names}会签。请叫醒他们的批准人，或记电话会签。",
            names=tuple(each.name for each in waiting),
        ),
    )
