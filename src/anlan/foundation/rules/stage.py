"""转移阶段: the stages of moving people, as orders, calls and documents name them."""

from enum import StrEnum

from anlan.foundation.words import w


class Stage(StrEnum):
    """准备转移 → 立即转移 → 清点 → 不得擅自返回 → 解除返回."""

    PREPARE = "prepare"
    MOVE = "move"
    COUNT = "count"
    STAY_OUT = "stay_out"
    RETURN = "return"

    @property
    def zh(self) -> str:
        """The word on screen and in speech."""
        return _STAGE_ZH[self]


_STAGE_ZH = {
    Stage.PREPARE: w("准备转移"),
    Stage.MOVE: w("立即转移"),
    Stage.COUNT: w("清点"),
    Stage.STAY_OUT: w("不得擅自返回"),
    Stage.RETURN: w("解除返回"),
}
