"""One palette for pages, charts and map, and every pair in it can be read."""

import re
from pathlib import Path

import pytest

from anlan.ui import palette

CSS = Path(palette.__file__).parent / "static" / "anlan" / "css"
VALUE = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b")


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two `#rrggbb` colours (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def blocks() -> dict[str, dict[str, str]]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    light, dark, system, wall = (
        dict(VALUE.findall(part))
        for part in re.split(r'\[data-theme="dark"\] \{|@media \(prefers|\[data-surface="wall"\] \{', text)
    )
    return {
        "light": light,
        "dark": {**light, **dark},
        "system": {**light, **system},
        "wall": {**light, **wall},
    }


def full(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(each * 2 for each in colour[1:])


PAIRS = [
    ("ink", "surface"),
    ("ink", "ground"),
    ("ink", "sunken"),
    ("ink-2", "surface"),
    ("ink-2", "ground"),
    ("ink-2", "sunken"),
]
PAIRS += [
    ("ink-2", "accent-soft"),
    ("accent", "surface"),
    ("accent", "ground"),
    ("accent", "accent-soft"),
    ("on-accent", "accent"),
]
PAIRS += [
    ("safe", "surface"),
    ("on-safe", "safe"),
    ("on-ink", "ink"),
    ("ink", "drill-soft"),
    ("ink-2", "drill-soft"),
    ("ink", "land"),
]


@pytest.mark.parametrize("theme", ["light", "dark", "wall"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_pair_of_ink_and_ground_can_be_read(theme: str, ink: str, ground: str) -> None:
    found = blocks()[theme]
    assert contrast(full(found[ink]), full(found[ground])) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "wall"])
def test_the_frame_of_a_field_can_be_seen(theme: str) -> None:
    found = blocks()[theme]
    assert contrast(full(found["line-2"]), full(found["surface"])) >= 3


def test_the_banner_of_an_exercise_can_be_read() -> None:
    found = blocks()["light"]
    assert min(contrast("#ffffff", found[each]) for each in ("drill", "drill-2")) >= 4.5


@pytest.mark.parametrize("level", palette.LEVELS, ids=lambda each: each.code)
def test_the_word_on_a_level_can_be_read(level: palette.Level) -> None:
    assert contrast(level.ground, level.ink) >= 4.5


def test_levels_differ_in_shape_as_well_as_in_colour() -> None:
    assert len({each.shape for each in palette.LEVELS}) == len({each.ground for each in palette.LEVELS}) == 4


def test_no_state_borrows_the_colour_of_a_level() -> None:
    levels = {each.ground for each in palette.LEVELS}
    assert not levels & set(VALUE.findall((CSS / "tokens.css").read_text(encoding="utf-8")))


def test_an_assessment_is_not_worded_like_a_warning_signal() -> None:
    for level in palette.LEVELS:
        assert level.zh not in level.assessment["zh"]
        assert level.en not in level.assessment["en"]


def test_the_dark_values_are_the_same_for_who_chose_and_for_whose_system_is_dark() -> None:
    assert blocks()["dark"] == {**blocks()["dark"], **blocks()["system"]}


def test_css_and_typescript_are_written_from_the_palette() -> None:
    assert palette.CSS_FILE.read_text(encoding="utf-8") == palette.as_css(), "run python -m anlan.ui.palette"
    assert palette.TS_FILE.read_text(encoding="utf-8") == palette.as_ts(), "run python -m anlan.ui.palette"


def test_a_level_is_found_by_code_grade_and_numeral_and_a_wrong_one_is_named() -> None:
    assert palette.level("red") is palette.level(1) is palette.level("Ⅰ")
    with pytest.raises(palette.UnknownMark, match="purple"):
        palette.level("purple")
