"""Named errors of the warn rules. Each says what is wrong and what to do next.

RuleError
├── UnknownGrade            a word that is none of the four grades
├── BadPack                 a settings pack lacks a key or holds a value that cannot be
├── UnknownCall             an outcome or answer names a call that was never placed
├── UnknownLine             a line key that is not in the call-down
├── ChatIsNoAnswer          a "收到" in a group chat was handed in as an answer
├── MovedNeedsCount         answer 4 without households and people
├── IllegalStage            an evacuation stage that may not follow the present one
├── NotCounted              "moved" was claimed without a count at the site
├── NotOrdered              an order came from someone who may not order that stage
├── NotDispatched           a door check was asked of someone who may not be sent
└── AlertRefused            the life cycle of alerts says no; `name` says which no
"""

from typing import ClassVar

from anlan.foundation.errors import RuleError
from anlan.foundation.words import Sentence


class UnknownGrade(RuleError):
    """A word that is none of the four grades."""

    def __init__(self, text: str) -> None:
        super().__init__("认不出级别“{text}”，请写红色、橙色、黄色或蓝色。", text=text)


class BadPack(RuleError):
    """A settings pack lacks a key or holds a value that cannot be."""

    def __init__(self, *, key: str, problem: str) -> None:
        super().__init__("规则包的“{key}”不对：{problem}。请改正规则包再载入。", key=key, problem=problem)


class UnknownCall(RuleError):
    """An outcome or answer names a call that was never placed, not to that person, or out of the actor's scope."""

    def __init__(self, key: str) -> None:
        super().__init__("没有给他拨过“{key}”这一通，或不在您的范围内，请从叫应台登记。", key=key)


class UnknownLine(RuleError):
    """A line key that is not in the call-down."""

    def __init__(self, key: str) -> None:
        super().__init__("叫应中没有“{key}”这条线。", key=key)


class ChatIsNoAnswer(RuleError):
    """A "收到" in a group chat was handed in as an answer."""

    def __init__(self) -> None:
        super().__init__("群里的“收到”不算应答，请打电话，或让对方在答复页上按键。")


class MovedNeedsCount(RuleError):
    """Answer 4 without households and people."""

    field = "households"

    def __init__(self) -> None:
        super().__init__("转移完成要报户数和人数，请问清再登记。")


class IllegalStage(RuleError):
    """An evacuation stage that may not follow the present one."""


class NotCounted(RuleError):
    """“Moved” was claimed without a count at the site."""


class NotOrdered(RuleError):
    """An order came from someone who may not order that stage."""


class NotDispatched(RuleError):
    """A door check was asked of someone who may not be sent."""


class AlertRefused(RuleError):
    """The life cycle of alerts says no; `name` is the refusal's."""

    FIELDS: ClassVar = {
        "place_not_retyped": "retyped_place",
        "level_not_retyped": "retyped_level",
        "no_reason": "reason",
        "verbal_time": "at",
        "leader_may_not_approve": "leader",
        "own_verbal": "leader",
        "already_expired": "expires_at",
        "valid_too_long": "expires_at",
    }

    def __init__(self, name: str, sentence: Sentence) -> None:
        super().__init__(sentence.text, **sentence.values)
        self.name, self.field = name, self.FIELDS.get(name, "")
