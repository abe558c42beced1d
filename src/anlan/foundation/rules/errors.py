"""Named errors of the warn rules. Each says what is wrong and what to do next, in Chinese and English.

RuleError
├── UnknownGrade            a word that is none of the four grades
├── BadPack                 a settings pack lacks a key or holds a value that cannot be
├── UnknownCall             an outcome or answer names a call that was never placed
├── UnknownLine             a line key that is not in the call-down
├── UnknownHousehold        a count names a household that is not on the list
├── ChatIsNoAnswer          a "收到" in a group chat was handed in as an answer
├── MovedNeedsCount         answer 4 without households and people
├── IllegalStage            an evacuation stage that may not follow the present one
├── NotCounted              "moved" was claimed without a count at the site
├── NotOrdered              an order came from someone who may not order that stage
├── NotDispatched           a door check was asked of someone who may not be sent
└── AlertRefused            the life cycle of alerts says no; `name` says which no
"""

from __future__ import annotations


class RuleError(Exception):
    """A rule was broken; `zh` and `en` say what and the next step."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class UnknownGrade(RuleError):
    """A word that is none of the four grades."""

    def __init__(self, text: str) -> None:
        super().__init__(
            zh=f"认不出级别“{text}”，请写红色、橙色、黄色或蓝色。",
            en=f"“{text}” is no grade; write red, orange, yellow or blue.",
        )


class BadPack(RuleError):
    """A settings pack lacks a key or holds a value that cannot be."""

    def __init__(self, *, key: str, problem: str) -> None:
        super().__init__(
            zh=f"规则包的“{key}”不对：{problem}。请改正规则包再载入。",
            en=f"Pack key “{key}”: {problem}. Mend the pack and load it again.",
        )


class UnknownCall(RuleError):
    """An outcome or answer names a call that was never placed, not to that person, or out of the actor's scope."""

    def __init__(self, key: str) -> None:
        super().__init__(
            zh=f"没有给他拨过“{key}”这一通，或不在您的范围内，请从叫应台登记。",
            en=f"Call “{key}” was never placed to them, or is outside your area; enter it at the call desk.",
        )


class UnknownLine(RuleError):
    """A line key that is not in the call-down."""

    def __init__(self, key: str) -> None:
        super().__init__(zh=f"叫应中没有“{key}”这条线。", en=f"The call-down has no line “{key}”.")


class UnknownHousehold(RuleError):
    """A count names a household that is not on the list."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            zh=f"转移清单上没有“{ref}”这一户，请先登记这一户。",
            en=f"Household “{ref}” is not on the list; add it first.",
        )


class ChatIsNoAnswer(RuleError):
    """A "收到" in a group chat was handed in as an answer."""

    def __init__(self) -> None:
        super().__init__(
            zh="群里的“收到”不算应答，请打电话，或让对方在答复页上按键。",
            en="“Received” in a group chat is no answer; telephone, or let them press on the answer page.",
        )


class MovedNeedsCount(RuleError):
    """Answer 4 without households and people."""

    def __init__(self) -> None:
        super().__init__(
            zh="转移完成要报户数和人数，请问清再登记。",
            en="“Moved” needs households and people; ask for both and enter them.",
        )


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

    def __init__(self, *, name: str, zh: str, en: str) -> None:
        super().__init__(zh=zh, en=en)
        self.name = name
