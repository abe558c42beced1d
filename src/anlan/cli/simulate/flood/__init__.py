"""`anlan simulate flood`: a flood over a terrain of one's own, under a rain of one's own (docs/reference/simulate.md).

`inputs` and `tables` read and check, `memory` states what it will take, `job` runs, stops and resumes, `results` writes.
"""

import argparse
import os
from typing import Any

from anlan.cli.simulate.files import Answer, add_model


def register(models: Any) -> None:
    parser = add_model(models, "flood", what="a flood over a terrain: depth, speed and arrival", work=work)
    add_options(parser)
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint that Ctrl-C left in DIR"
    )


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that make a flood."""
    for option, file in (
        ("--dem", "heights in metres: GeoTIFF, ESRI ASCII, HGT, on square cells in metres"),
        ("--rain", "CSV with minute,mm_h (the rate from that minute on), or a raster with a band a step"),
        ("--inflow", "CSV with x,y,radius_m,minute,m3_s"),
        ("--points", "CSV with name,x,y: places whose depth is told in time"),
        ("--friction", "raster of Manning's n, s/m^(1/3)"),
        ("--buildings", "raster of the share of each cell under roofs, 0 to 1"),
        (
            "--channels",
            "streams narrower than a cell: raster of width and depth, or CSV line,x,y,width_m,bankfull_m",
        ),
        ("--links", "JSON: reservoirs, gates and spillways that move water"),
        ("--base-flow", "CSV with x,y,radius_m,m3_s: what flows before the rain and all the while"),
        ("--domain", "raster, 1 where the run is; the terrain around it shows what would flow in"),
    ):
        parser.add_argument(option, metavar="FILE", default="", required=option == "--dem", help=file)
    parser.add_argument("--out", metavar="DIR", required=True, help="gets summary.json and the maps")
    parser.add_argument("--crs", default="", metavar="EPSG:n", help="needed where a raster does not say it")
    parser.add_argument("--manning", default="", metavar="n", help="roughness without a raster, else 0.035")
    parser.add_argument("--minutes", default="", help="end of the run; else an hour after the last row")
    parser.add_argument("--rain-step", default="60", metavar="MINUTES", help="between bands of a rain raster")
    parser.add_argument(
        "--buildings-as",
        choices=["blocked", "rough", "porous"],
        default="blocked",
        help="6 m high; rough; or a share",
    )
    parser.add_argument(
        "--warm-up", default="", metavar="MINUTES", help="of base flow; else until it is steady"
    )
    parser.add_argument("--soil", choices=["scs", "green-ampt"], default="", help="what takes from the rain")
    parser.add_argument("--wetness", default="", help="dry, normal (if not given), wet, or a share of Wm")
    for option, unit in (
        ("--cn", "curve number, for scs"),
        ("--conductivity", "mm/h, for green-ampt"),
        ("--suction", "mm, for green-ampt"),
        ("--porosity", "share, for green-ampt"),
    ):
        parser.add_argument(option, default="", metavar="NUMBER|FILE", help=unit)
    parser.add_argument(
        "--solver",
        choices=["li", "godunov"],
        default="",
        help="else li, and again by godunov where the flow is too swift for li",
    )
    parser.add_argument("--precision", choices=["f32", "f64"], default="f32", help="of each number")
    parser.add_argument("--boundary", default="open", help="open, closed, or n=open,e=open,s=closed,w=closed")
    parser.add_argument("--threads", default=str(os.cpu_count() or 1), help="bits do not depend on them")
    parser.add_argument("--most-memory", default="", metavar="GB", help="else half of the machine's")


def work(args: argparse.Namespace) -> Answer:
    from anlan.cli.simulate.flood import inputs, job, results

    setup = inputs.read(args)
    out = results.folder(args.out)
    results.clear(out)
    ended = job.do(setup, out, resume=args.resume)
    found = results.summary(setup, ended)
    results.write(setup, ended, found, out)
    return found, results.lines(found, out, args.lang)
