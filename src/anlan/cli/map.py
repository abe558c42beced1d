"""`anlan map`: look at a map file of the county's own, and put it on the map (docs/how-to/own-map.md)."""

import argparse
import json
from pathlib import Path
from typing import Any

KINDS = ("boundary", "stream", "road", "building")


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "map", help="boundaries, streams, roads and buildings from files of your own"
    )
    actions = parser.add_subparsers(dest="action", required=True)
    look = actions.add_parser("look", help="what a file holds and how it would be read; nothing is saved")
    look.add_argument("file", help="GeoJSON, Shapefile (zip), GeoPackage, KML or KMZ")
    look.add_argument(
        "--kind", choices=KINDS, default="", help="without it: boundary for areas, stream for lines"
    )
    load = actions.add_parser("load", help="read a file and, with --confirm, have the map show it")
    load.add_argument("kind", choices=KINDS)
    load.add_argument("file")
    load.add_argument("--source", default="", help="who gave it; stands at the foot of the map")
    load.add_argument("--licence", default="", help="what one may do with it; stands there too")
    load.add_argument("--dated", default="", metavar="DAY", help="day of what it shows, such as 2024-06-30")
    load.add_argument("--confirm", action="store_true", help="without it nothing is saved")
    for each in (look, load):
        each.add_argument("--crs", default="", help="EPSG number, GCJ-02 or BD-09; else as the file says")
        each.add_argument("--layer", default="", help="which layer, where the file holds several")
        each.add_argument(
            "--column", default="", help="attribute with the code or name; else the one that fits best"
        )
        each.add_argument("--mend", action="store_true", help="take areas that cross themselves apart")
        each.add_argument("--json", action="store_true", help="the same for programs")
        each.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 done, 1 where a shape was not taken."""
    from anlan.conf.install import opened

    opened()
    from anlan.foundation import worlds
    from anlan.places import layer_actions, layers

    ctx, data = worlds.context(worlds.get("live")), Path(args.file).read_bytes()
    read_as = layers.ReadAs(layer=args.layer, crs=args.crs, column=args.column, mend=args.mend)
    kind = args.kind or layers.kind_of(data, layer=args.layer)
    found = layer_actions.look(ctx, kind=kind, name=args.file, data=data, read_as=read_as)
    told = {**layers.about(found), "saved": False, "ref": ""}
    if args.action == "load" and args.confirm:
        dated = layers.day_of(args.dated)
        ref = layer_actions.begin(ctx, found, data)
        layer_actions.confirm(ctx, ref=ref, source=args.source, licence=args.licence, dated=dated)
        told |= {"saved": True, "ref": ref}
    print(json.dumps(told, ensure_ascii=False) if args.json else "\n".join(_lines(told)))
    return 1 if told["wrong"] or not told["taken"] else 0


def _lines(told: dict[str, Any]) -> list[str]:
    """For people: what it is, what to know, what is wrong, what comes next."""
    next_step = (
        f"saved as {told['ref']}"
        if told["saved"]
        else "nothing is saved; `anlan map load KIND FILE --confirm` does"
    )
    return [
        f"{told['file']}: {told['format']}, {told['kind']}, {told['crs']}",
        f"{told['taken']} of {told['features']} shapes, {told['after']} of {told['before']} vertices, column {told['column'] or '—'}",
        *told["notes"],
        *(f"shape {each['number']}: {each['says']}" for each in told["faults"]),
        next_step,
    ]
