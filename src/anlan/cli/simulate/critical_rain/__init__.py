"""`anlan simulate critical-rain`: how much rain brings water to each village's homes (docs/reference/simulate.md).

`inputs` and `settings` read and check, `plan` says what must be run, `job` runs it in processes and keeps each result,
`results` tells, `packing` writes a rule pack for each village.
"""

import argparse
import os
from typing import Any

from anlan.cli.simulate.files import Answer, add_model


def register(models: Any) -> None:
    parser = add_model(
        models, "critical-rain", what="the rain that brings water to the homes of villages", work=work
    )
    ground = parser.add_mutually_exclusive_group(required=True)
    ground.add_argument(
        "--dem", metavar="FILE", default="", help="heights in metres: GeoTIFF, ESRI ASCII, HGT"
    )
    ground.add_argument(
        "--ground", metavar="REF", default="", help="a made-up ground of the demo: liulin-80, -40, -20"
    )
    parser.add_argument(
        "--points", metavar="FILE", default="",
        help="CSV with name,x,y and perhaps code: a row for each home, those of one name are a village",
    )  # fmt: skip
    for option, file in (
        ("--friction", "raster of Manning's n, s/m^(1/3)"),
        ("--channel-width", "raster of streams narrower than a cell: their width, m, 0 elsewhere"),
        ("--channel-depth", "raster of the depth of those streams below their banks, m"),
    ):
        parser.add_argument(option, metavar="FILE", default="", help=file)
    parser.add_argument(
        "--out",
        metavar="DIR",
        required=True,
        help="gets summary.json, the table and the packs; goes on there",
    )
    parser.add_argument("--crs", default="", metavar="EPSG:n", help="needed where a raster does not say it")
    parser.add_argument("--manning", default="", metavar="n", help="roughness without a raster, else 0.035")
    for option, what in (
        ("--cn", "SCS curve number of the ground at average wetness"),
        ("--hyetograph", "shape of the storm: uniform, late, or one of a city's own pack"),
        ("--threshold", "metres of water at the homes"),
        ("--homes-percent", "so many of a village's homes must stand in it"),
        ("--clearing", "minutes from the order until a village is empty"),
        ("--durations", "minutes, e.g. 60,180; else all up to the concentration time"),
    ):
        parser.add_argument(option, default="", help=f"{what}; else as the pack critical-rain says")
    parser.add_argument("--solver", choices=["li", "godunov"], default="li", help="default li")
    parser.add_argument(
        "--processes", default=str(os.cpu_count() or 1), help="the result does not depend on them"
    )
    parser.add_argument("--most-memory", default="", metavar="GB", help="else half of the machine's")
    parser.add_argument(
        "--synthetic", action="store_true", help="the terrain is made up: packs hold in exercises only"
    )
    parser.add_argument(
        "--date", default="", metavar="YYYY-MM-DD", help="day from which the packs hold; else today"
    )


def work(args: argparse.Namespace) -> Answer:
    from anlan.cli.simulate.critical_rain import inputs, job, packing, results

    setup = inputs.read(args)
    runs = job.do(setup)
    found = results.summary(setup, runs)
    packing.write(setup, found)
    results.write(setup, found)
    return found, results.lines(setup, found, args.lang)
