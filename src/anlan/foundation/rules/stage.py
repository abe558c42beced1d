"""转移阶段: the stages of moving people, as orders, calls and documents name them."""

from anlan.foundation.words import Worded, w


class Stage(Worded):
    """准备转移 → 立即转移 → 清点 → 不得擅自返回 → 解除返回."""

    PREPARE = "prepare", w("准备转移")
    MOVE = "move", w("立即转移")
    COUNT = "count", w("清点")
    STAY_OUT = "stay_out", w("不得擅自返回")
    RETURN = "return", w("解除返回")
