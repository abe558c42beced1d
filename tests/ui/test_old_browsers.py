"""Pages work in Chromium 80 to 86 (Kylin, UOS): what is built and what is served is read for newer syntax and calls."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.ui import assets
from tests.support.house import PACKAGE

NEWER_JS = {  # what, and the Chromium that first knew it
    r"[?|&]{2}=": "assignment by ??=, ||= and &&= (85)",
    r"static\s*\{": "static blocks (94)",
    r"[{;}]\s*(?:static |async |get |set )*#\w+\s*\(": "private methods (84)",
    r"#\w+ in \b": "a private name in a thing (91)",
    r"\.replaceAll\(": "String.replaceAll (85)",
    r"\.at\(": "at (92)",
    r"Object\.hasOwn\b": "Object.hasOwn (93)",
    r"\.replaceChildren\(": "replaceChildren (86)",
    r"\.roundRect\(": "roundRect (99)",
    r"\bstructuredClone\(": "structuredClone (98)",
    r"\.findLast(?:Index)?\(": "findLast (97)",
    r"\.to(?:Sorted|Reversed|Spliced)\(": "copies of arrays (110)",
    r"Object\.groupBy\b": "groupBy (117)",
    r"Promise\.(?:any|withResolvers|try)\b": "Promise.any (85) and later ones",
    r"\bWeakRef\b|FinalizationRegistry": "WeakRef (84)",
    r"AbortSignal\.(?:any|timeout)\b|\.throwIfAborted\(": "AbortSignal.timeout (103)",
    r"\.randomUUID\(": "randomUUID (92)",
    r"Intl\.Segmenter\b": "Intl.Segmenter (87)",
    r"\.showPopover\(|\.startViewTransition\(|\.scheduler\.": "popover, view transitions (111 and later)",
    r"URL\.canParse\b": "URL.canParse (120)",
    r"\.(?:hasIndices|isWellFormed|transferToFixedLength)\b": "later built-ins",
}
NEWER_CSS = {
    r":has\(": ":has() (105)",
    r":(?:is|where)\(": ":is() and :where() (88)",
    r":not\([^()]*,": "lists in :not() (88)",
    r"(?<![-\w])inset(?:-\w+)*:": "inset (87)",
    r"(?:padding|margin|border)-(?:block|inline):": "logical shorthands (87)",
    r"aspect-ratio:": "aspect-ratio (88)",
    r"@(?:layer|container|property|starting-style)\b": "newer at-rules",
    r"color-mix\(|oklch\(|light-dark\(": "newer colours (111)",
    r"\d[dsl]v[hw]\b": "dynamic viewport units (108)",
    r"[;{]\s*(?:translate|rotate|scale):": "single transforms (104)",
    r"\{[^{}]*&[.: ]": "nesting (112)",
}
ALLOWED = {  # beginning of a file's name: what it may call, and why
    "mapelement": (
        ["at (92)", "String.replaceAll (85)", "Object.hasOwn (93)", "replaceChildren (86)", "Intl.Segmenter (87)"],
        "MapLibre's own calls: web/src/older.ts lends them, it asks for Intl.Segmenter first; if it fails the drawing stands instead",
    ),
    "mapworker": (["at (92)", "String.replaceAll (85)", "Object.hasOwn (93)", "replaceChildren (86)", "Intl.Segmenter (87)"], "the same"),
    "map-": ([":is() and :where() (88)"], "MapLibre's own sheet: rings of focus on its buttons alone"),
}  # fmt: skip
LENT = ("at", "replaceAll", "hasOwn", "replaceChildren")
BUILT = sorted((assets.BUILD / "assets").iterdir())
SHEETS = sorted(path for path in PACKAGE.glob("*/static/**/*.css") if assets.BUILD not in path.parents)


def faults(text: str, newer: dict[str, str]) -> set[str]:
    return {what for pattern, what in newer.items() if re.search(pattern, text)}


def read(path: Path) -> set[str]:
    text = path.read_text("utf-8")
    if path.suffix == ".css":
        return faults(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL), NEWER_CSS)
    return faults(text, NEWER_JS)


@pytest.mark.parametrize("path", [*BUILT, *SHEETS], ids=lambda path: path.name)
def test_nothing_that_is_served_needs_more_than_chromium_80(path: Path) -> None:
    allowed = next((what for begin, (what, _) in ALLOWED.items() if path.name.startswith(begin)), [])
    assert read(path) <= set(allowed)


def test_what_the_maps_library_may_call_is_lent_to_it_on_the_page_and_in_its_worker() -> None:
    web = PACKAGE.parent.parent / "web/src"
    older = (web / "older.ts").read_text("utf-8")
    assert all(f'"{name}"' in older for name in LENT)
    for user in ("mapelement.ts", "mapworker.ts"):
        first = next(
            line for line in (web / user).read_text("utf-8").splitlines() if line.startswith("import")
        )
        assert first == 'import "./older";'


@pytest.mark.parametrize(
    "planted",
    [
        "a??=b", "class A{static{}}", "class A{#b(){}}", "x.replaceAll(1,2)", "[1].at(-1)", "structuredClone({})",
        "pen.roundRect(0,0,1,1)", "Object.hasOwn(a,b)", "e.replaceChildren()", "a.findLast(f)", "crypto.randomUUID()",
        "AbortSignal.timeout(1)", "Promise.any([])", "new WeakRef(a)", "a.toSorted()",
    ],
)  # fmt: skip
def test_a_planted_newer_thing_in_a_script_is_seen(planted: str) -> None:
    assert faults(planted, NEWER_JS)


@pytest.mark.parametrize(
    "planted",
    ["body:has(.x) {}", "a:is(b) {}", "a:not(.b, .c) {}", "a { inset: 0 }", "a { padding-block: 0 }", "a { aspect-ratio: 1 }"],
)  # fmt: skip
def test_a_planted_newer_thing_in_a_sheet_is_seen(planted: str) -> None:
    assert faults(planted, NEWER_CSS)


def test_what_chromium_80_knows_is_no_fault() -> None:
    assert not faults(
        "a?.b??c;class A{#b=1};async()=>{await x};a.flatMap(f);Promise.allSettled([])", NEWER_JS
    )


# ---------- distance in flex boxes ----------
FALLBACK = re.compile(r"@supports not \(appearance: none\) \{(.*?)\n\}", re.DOTALL)


def flex_gaps(css: str) -> Iterator[str]:
    """Selectors of flex boxes that hold their children apart by `gap` alone: a grid's gap is older (66)."""
    plain = FALLBACK.sub("", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    rules = [(who.strip(), how) for who, how in re.findall(r"([^{}]+)\{([^{}]*)\}", plain)]
    flex = {
        each.strip()
        for who, how in rules
        if re.search(r"display:\s*(inline-)?flex", how)
        for each in who.split(",")
    }
    for who, how in rules:
        if re.search(r"(?<![-\w])gap:", how) and not re.search(r"display:\s*(inline-)?grid", how):
            is_flex = bool(re.search(r"display:\s*(inline-)?flex", how))
            yield from (each.strip() for each in who.split(",") if is_flex or each.strip() in flex)


def lacking(css: str) -> list[str]:
    lent = " ".join(FALLBACK.findall(css))
    return [who for who in flex_gaps(css) if f"{who} > *" not in lent]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_where_gap_is_not_known_margins_hold_apart_what_stands_in_a_row(path: Path) -> None:
    assert not lacking(path.read_text("utf-8")), "add these to the sheet's @supports not (appearance: none)"


def test_a_planted_gap_without_margins_is_seen() -> None:
    assert lacking(".x { display: flex; gap: 4px; }") == [".x"]
    assert not lacking(".x { display: grid; gap: 4px; }")
    assert not lacking(
        ".x { display: flex; gap: 4px; }\n@supports not (appearance: none) {\n  .x > * { margin-right: 4px; }\n}"
    )
