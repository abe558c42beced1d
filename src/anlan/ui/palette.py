"""色板：the one place that says how a level or a state looks: colour, word, shape, character.

CSS and TypeScript are written from here (`python -m anlan.ui.palette`); a test fails when they differ. Level colours
follow look.md; each pair of ground and ink keeps 4.5 : 1 (a test measures it). Call states never borrow a level colour.
"""

from dataclasses import asdict, dataclass
from pathlib import Path


class UnknownMark(LookupError):
    """A level or state code that the palette does not hold; add it to anlan/ui/palette.py or mend the caller."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """级别：one of the four warning levels; `grade` 1 is the gravest (Ⅰ级)."""

    code: str
    grade: int
    roman: str
    zh: str
    en: str
    ground: str
    ink: str
    shape: str  # circle · square · triangle · octagon

    @property
    def word(self) -> dict[str, str]:
        """What stands on the mark, in both languages."""
        return {"zh": f"{self.zh}·{self.roman}级", "en": f"{self.en} · {self.roman}"}

    @property
    def assessment(self) -> dict[str, str]:
        """What stands on an assessment (系统研判), which must never read as a warning signal."""
        return {"zh": f"研判 {self.roman}级", "en": f"Assessed {self.roman}"}


@dataclass(frozen=True, kw_only=True)
class State:
    """状态：of a person called, a village or a move. `sign` is the character inside the map mark."""

    code: str
    sign: str
    zh: str
    en: str
    look: str  # dashed · frame · hatched · arrow · solid · ink · diamond · plain

    @property
    def word(self) -> dict[str, str]:
        """What stands on the tag, in both languages."""
        return {"zh": self.zh, "en": self.en}


LEVELS = (
    Level(
        code="blue", grade=4, roman="Ⅳ", zh="蓝色", en="Blue", ground="#1f6feb", ink="#ffffff", shape="circle"
    ),
    Level(
        code="yellow",
        grade=3,
        roman="Ⅲ",
        zh="黄色",
        en="Yellow",
        ground="#f2c200",
        ink="#1d1a05",
        shape="square",
    ),
    Level(
        code="orange",
        grade=2,
        roman="Ⅱ",
        zh="橙色",
        en="Orange",
        ground="#f07d00",
        ink="#1c1003",
        shape="triangle",
    ),
    Level(
        code="red", grade=1, roman="Ⅰ", zh="红色", en="Red", ground="#c9190b", ink="#ffffff", shape="octagon"
    ),
)

STATES = (
    State(code="idle", sign="待", zh="未叫", en="Not called", look="plain"),
    State(code="calling", sign="叫", zh="叫应中", en="Calling", look="dashed"),
    State(code="answered", sign="应", zh="已应", en="Answered", look="frame"),
    State(code="prepare", sign="备", zh="准备转移", en="Prepare", look="plain"),
    State(code="moving", sign="转", zh="转移中", en="Moving", look="arrow"),
    State(code="moved", sign="毕", zh="已转移", en="Moved", look="solid"),
    State(code="silent", sign="静", zh="静默", en="Silent", look="hatched"),
    State(code="help", sign="援", zh="求援", en="Needs help", look="diamond"),
    State(code="lost", sign="失", zh="失联", en="Contact lost", look="ink"),
    State(code="refused", sign="拒", zh="不肯走", en="Refuses", look="diamond"),
    State(code="unknown", sign="？", zh="未知", en="Unknown", look="hatched"),
)

_LEVELS = {key: level for level in LEVELS for key in (level.code, level.grade, str(level.grade), level.roman)}
_STATES = {state.code: state for state in STATES}


def level(key: str | int) -> Level:
    """The level by code ("red"), grade (1) or Roman numeral ("Ⅰ").

    Raises:
        UnknownMark: no such level.
    """
    try:
        return _LEVELS[key]
    except KeyError:
        raise UnknownMark(f"no level {key!r}; known: {', '.join(each.code for each in LEVELS)}") from None


def state(code: str) -> State:
    """The state by code.

    Raises:
        UnknownMark: no such state.
    """
    try:
        return _STATES[code]
    except KeyError:
        raise UnknownMark(f"no state {code!r}; known: {', '.join(_STATES)}") from None


# ---------- exports ----------
_NOTE = "Written by `python -m anlan.ui.palette`; do not edit."
CSS_FILE = Path(__file__).parent / "static" / "anlan" / "css" / "palette.css"
TS_FILE = Path(__file__).parents[3] / "web" / "src" / "palette.ts"


def as_css() -> str:
    """The level colours as CSS custom properties."""
    lines = [f"  --{each.code}: {each.ground}; --on-{each.code}: {each.ink};" for each in LEVELS]
    return "\n".join([f"/* {_NOTE} */", ":root {", *lines, "}", ""])


def as_ts() -> str:
    """Levels and states as typed constants for the map."""
    levels = [f"  {each.code}: {_object(asdict(each))}," for each in LEVELS]
    states = [f"  {each.code}: {_object(asdict(each))}," for each in STATES]
    head, end = f"// {_NOTE}", "} as const;"
    return "\n".join(
        [head, "export const LEVELS = {", *levels, end, "", "export const STATES = {", *states, end, ""]
    )


def _object(values: dict[str, object]) -> str:
    inner = ", ".join(
        f'{key}: "{value}"' if isinstance(value, str) else f"{key}: {value}" for key, value in values.items()
    )
    return f"{{ {inner} }}"


if __name__ == "__main__":
    CSS_FILE.write_text(as_css(), encoding="utf-8")
    TS_FILE.write_text(as_ts(), encoding="utf-8")
