"""`python -m tests.support.kernels`: compile once what every worker and every child of a test would each compile: the kernels,
beside their sources, and the tests themselves. Parts run beside each other, one to a core."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def flood(*, godunov: bool) -> None:
    from anlan.science.flood.cases import CASES
    from anlan.science.flood.godunov.solver import Godunov
    from anlan.science.flood.inertial.solver import Inertial

    small = next(case for case in CASES if case.name == "lake-at-rest")
    for precision in ("f32", "f64"):
        small.run(Godunov() if godunov else Inertial(), precision)


def night() -> None:
    """A reading from its frame to its file, a question to the map, and a run over a small valley from file to file."""
    import django
    import numpy as np

    django.setup()
    from anlan.cli import main
    from anlan.gateways.sl651.server import GatewayThread
    from anlan.observe.ingest.ingest import Ingest
    from anlan.science.spatial.index import PointIndex
    from anlan.science.spatial.shapes import parts_of
    from tests.gateways.conftest import roster, values
    from tests.support.flood_files import POINTS, RAIN, tiff, valley
    from tests.support.stations import NOW, Line, rain
    from tests.support.stations import RAIN as GAUGE

    with TemporaryDirectory() as name:
        folder = Path(name)
        with contextlib.closing(Ingest.over(folder, roster(), now=NOW)) as ingest:
            gateway = GatewayThread(ingest, host="127.0.0.1", port=0, clock=lambda: NOW)
            with contextlib.closing(Line(gateway.start())) as line:
                line.send(rain(GAUGE, NOW, 1))
                line.answer()
            gateway.stop()
        values(folder, GAUGE)
        points = PointIndex(
            np.arange(9), np.linspace(113.1, 113.9, 9), np.full(9, 31.5), np.zeros(9, np.int32)
        )
        points.in_polygon(
            parts_of({"type": "Polygon", "coordinates": [[[113, 31], [114, 31], [113.5, 32], [113, 31]]]})
        )
        points.near(np.array([[113.0, 31.4], [114.0, 31.6]]), 500.0)
        for file, text in (("rain.csv", RAIN), ("points.csv", POINTS)):
            (folder / file).write_text(text, encoding="utf-8")
        (folder / "dem.tif").write_bytes(tiff(valley()))
        run = f"simulate flood --dem {name}/dem.tif --rain {name}/rain.csv --points {name}/points.csv --minutes 30 --out {name}/o"
        with contextlib.redirect_stdout(None), contextlib.suppress(SystemExit):
            main(run.split())


def tests() -> None:
    """Their asserts are rewritten as they are read."""
    subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests"],
        check=True,
        stdout=subprocess.DEVNULL,
    )


PARTS: dict[str, Callable[[], None]] = {
    "godunov": lambda: flood(godunov=True),
    "night": night,
    "inertial": lambda: flood(godunov=False),
    "tests": tests,
}


def made(part: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "tests.support.kernels", part], env={**os.environ, "NUMBA_CACHE_DIR": ""}
    ).returncode


def main() -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sys.exit(max(pool.map(made, PARTS)))


if __name__ == "__main__":
    PARTS[sys.argv[1]]() if len(sys.argv) > 1 else main()
