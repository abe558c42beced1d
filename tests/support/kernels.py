"""`python -m tests.support.kernels`: compile the flood kernels once, beside their sources, for every worker that comes after."""

import os


def main() -> None:
    os.environ["NUMBA_CACHE_DIR"] = ""
    from anlan.science.flood.cases import CASES
    from anlan.science.flood.godunov import Godunov
    from anlan.science.flood.inertial import Inertial

    small = next(case for case in CASES if case.name == "lake-at-rest")
    for solver in (Inertial(), Godunov()):
        for precision in ("f32", "f64"):
            small.run(solver, precision)


if __name__ == "__main__":
    main()
