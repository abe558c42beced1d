"""预警级别: the four grades, one scale for alerts, call-down and evacuation.

The numbers order by danger, so `grade >= Grade.ORANGE` reads as it is said.
Source: Emergency Response Law, four grades I to IV shown red, orange, yellow, blue.
"""

from __future__ import annotations

from anlan.foundation.rules.errors import UnknownGrade
from anlan.foundation.words import WordedNumber, w


class Grade(WordedNumber):
    """预警级别: one of the four grades; a greater number is a greater danger."""

    BLUE = 1, w("蓝色")
    YELLOW = 2, w("黄色")
    ORANGE = 3, w("橙色")
    RED = 4, w("红色")

    @classmethod
    def parse(cls, text: str) -> Grade:
        """Read `red`, `红色`, `I`, `Ⅰ`, `一级`, or `4` as packs number it. Raises UnknownGrade."""
        for grade, spellings in _SPELLINGS.items():
            if text.strip().lower() in spellings:
                return grade
        raise UnknownGrade(text)

    @property
    def code(self) -> str:
        """The word stored in packs and the journal: `red`."""
        return self.name.lower()

    @property
    def roman(self) -> str:
        """I to IV, as plans number them."""
        return _ROMAN[self]


_ROMAN = {Grade.RED: "I", Grade.ORANGE: "II", Grade.YELLOW: "III", Grade.BLUE: "IV"}
_LEVEL_ZH = {Grade.RED: "一级", Grade.ORANGE: "二级", Grade.YELLOW: "三级", Grade.BLUE: "四级"}
_ROMAN_SIGN = {Grade.RED: "ⅰ", Grade.ORANGE: "ⅱ", Grade.YELLOW: "ⅲ", Grade.BLUE: "ⅳ"}
_SPELLINGS = {
    grade: {
        grade.name.lower(),
        grade.word,
        grade.word[0],
        _ROMAN[grade].lower(),
        _ROMAN_SIGN[grade],
        _LEVEL_ZH[grade],
        str(int(grade)),
    }
    for grade in Grade
}
