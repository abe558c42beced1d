"""The docs page of the flood models shows every case with its bound, as the tool wrote it."""

from pathlib import Path

from anlan.science.flood.cases import CASES
from anlan.science.flood.state import Layout
from tools import verification

ROOT = Path(__file__).resolve().parents[3]


def rows() -> list[str]:
    text = (ROOT / "docs/explanation/flood-models.md").read_text()
    written = text.split(verification.BEGIN)[1].split(verification.END)[0]
    return [line for line in written.splitlines() if line.startswith("| `")]


def test_every_case_is_on_the_page_for_each_solver_and_precision() -> None:
    names = {Layout.FACES: "li", Layout.CENTRES: "godunov"}
    for case in CASES:
        for layout in case.layouts:
            for precision in case.precisions:
                found = [
                    r for r in rows() if f"`{case.name}` | {names[layout]}," in r and f", {precision} |" in r
                ]
                assert found, f"{case.name} {precision}: run python -m tools.verification"


def test_the_limiter_stands_beside_each_figure() -> None:
    assert all(row.split("|")[2].count(",") == 2 for row in rows())


def test_a_missed_bound_is_shown_as_missed() -> None:
    row = {
        "case": "stoker", "solver": "godunov", "limiter": "mc", "precision": "f64", "figure": "L1 depth",
        "value": None, "unit": "relative", "bound": 1e-3, "at_least": False, "ok": False,
    }  # fmt: skip
    assert verification.table([row])[-1].endswith("| no number | ≤ 0.001 **missed** |")


def test_the_shipped_page_misses_nothing() -> None:
    assert not [row for row in rows() if "missed" in row]
