"""系统研判: threshold packs over what a place measures now. Pure: no clock, no I/O; the same input gives the same answer.

    rules = compile_pack(pack)                         # once a pack version; raises BadPack
    outcome = evaluate(rules, snapshot, state)         # one place
    outcome.change, outcome.state                      # what is new (or None), what to keep for the next time
    compile_matrix(rules).may_change(matrix, prior)    # thousands of places: which ones must go through `evaluate`

Bounds: a value equal to a line has reached it (≥); an upper bound is never reached by an equal value (<).
What cannot be decided is unknown and never "fine": a level stays up on missing data, and rain known in part counts as
"not less than" (不小于).
"""
