"""系统研判: threshold packs over what a place measures now. Pure: no clock, no I/O; the same input gives the same answer.

    rules = compile_pack(pack)                         # once a pack version; raises BadPack
    outcome = evaluate(rules, snapshot, state)         # one place
    outcome.change, outcome.state                      # what is new (or None), what to keep for the next time
    compile_matrix(rules).may_change(matrix, prior)    # thousands of places: which ones must go through `evaluate`

Bounds: a value equal to a line has reached it (≥); an upper bound is never reached by an equal value (<).
What cannot be decided is unknown and never "fine": a level stays up on missing data, and rain known in part counts as
"not less than" (不小于).
"""

from anlan.judge.rules.thresholds.compile import compile_pack
from anlan.judge.rules.thresholds.evaluate import evaluate
from anlan.judge.rules.thresholds.matrix import MISSING, Matrix, Prior, Screen, compile_matrix
from anlan.judge.rules.thresholds.shapes import (
    WETNESS,
    Basis,
    Change,
    Element,
    Knowledge,
    Move,
    Outcome,
    Rain,
    RuleSet,
    Scale,
    Snapshot,
    State,
)

__all__ = [
    "MISSING",
    "WETNESS",
    "Basis",
    "Change",
    "Element",
    "Knowledge",
    "Matrix",
    "Move",
    "Outcome",
    "Prior",
    "Rain",
    "RuleSet",
    "Scale",
    "Screen",
    "Snapshot",
    "State",
    "compile_matrix",
    "compile_pack",
    "evaluate",
]
