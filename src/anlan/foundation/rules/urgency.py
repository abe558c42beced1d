"""轻重: the classes of harm by which desk, wall, phone and call board put first what cannot wait."""

from datetime import datetime

from anlan.foundation.words import WordedNumber, w


class Harm(WordedNumber):
    """轻重的档: a smaller number comes first."""

    HELP = 1, w("求援")
    SILENT = 2, w("静默、失联，水要来")
    WATER = 3, w("水比转移快")
    UNCALLED = 4, w("红色还没叫")
    CALL = 5, w("叫应")
    COUNT = 6, w("清点")
    PAPER = 7, w("单据、测站、系统")
    DONE = 8, w("已办完")

    @property
    def is_red_line(self) -> bool:
        """红线: the four classes that stand in the strip and ring."""
        return self <= Harm.UNCALLED


def rank(harm: Harm, due_at: datetime | None, key: str = "") -> tuple[int, float, str]:
    """What lists sort by: the class, then the deadline, what has none last."""
    return harm, due_at.timestamp() if due_at else float("inf"), key
