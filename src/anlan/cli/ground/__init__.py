"""`anlan ground`: put a county's own terrain in, and switch its live forecasts on and off (docs/how-to/own-ground.md)."""

import argparse
import sys
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "ground", help="terrain for model runs: put in, list, live forecasts on and off"
    )
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="put in a terrain of your own")
    add.add_argument(
        "--dem", metavar="FILE", required=True, help="heights in metres: GeoTIFF, ESRI ASCII, HGT"
    )
    add.add_argument(
        "--place", metavar="CODE", required=True, help="code of the township or county that it covers"
    )
    add.add_argument("--crs", default="", metavar="EPSG:n", help="needed where the file does not say it")
    add.add_argument(
        "--dx",
        default="",
        metavar="M",
        help="side of a cell in whole metres; reprojects and resamples where it must",
    )
    add.add_argument(
        "--manning",
        default="",
        metavar="FILE|n",
        help="Manning's n, s/m^(1/3): a raster or a number, else 0.035",
    )
    add.add_argument(
        "--channels",
        default="",
        metavar="FILE",
        help="streams narrower than a cell: CSV with line,x,y,width_m,bankfull_m, or a raster of two bands",
    )
    add.add_argument(
        "--base-flow",
        default="",
        metavar="FILE",
        help="CSV with x,y,radius_m,m3_s: what its rivers carry before it rains, and all the while",
    )
    add.add_argument(
        "--ref", default="", help="what it is called; else the place's code and the side of a cell"
    )
    add.add_argument("--despite-rim", action="store_true", help="though valleys come in over its rim")
    add.set_defaults(run=lambda args: _said(args, _add))
    listing = actions.add_parser("list", help="the grounds of this installation")
    listing.set_defaults(run=lambda args: _said(args, _list))
    live = actions.add_parser("live", help="live forecasts of the live world over a ground")
    live.add_argument("ref", help="as `anlan ground list` names it")
    live.add_argument("switch", choices=["on", "off"])
    live.set_defaults(run=lambda args: _said(args, _live))


def _said(args: argparse.Namespace, work: Any) -> int:
    """Do it; 2 with the field and the mend where it cannot be done."""
    from anlan.conf.install import opened

    opened()
    from anlan.cli.simulate.files import InputWrong

    try:
        print("\n".join(work(args)))
    except InputWrong as error:
        print(f"anlan ground {args.action}: {error}", file=sys.stderr)
        return 2
    return 0


def _ctx() -> Any:
    from anlan.foundation import worlds

    return worlds.context(worlds.get("live"))


def _add(args: argparse.Namespace) -> list[str]:
    from anlan.cli.ground import reading, rivers
    from anlan.places.atlas import atlas
    from anlan.simulate.running import ground, jobs, settings

    ctx, place = _ctx(), atlas().code(args.place)
    read = reading.read(args)
    ref = args.ref or f"{place.code}-{read.terrain.dx:g}"
    covered, left = jobs.covered(place, read.terrain)
    if not covered:
        raise reading.no_village(args.dem, read.terrain)
    ground.check_free(ref)  # before the rivers are filled: that may take a minute
    filled = rivers.fill(args.base_flow, read.terrain, settings.live_of(ctx, place))
    row = ground.add(ctx, ref=ref, place=place, terrain=read.terrain)
    filled.keep(ground.path_of(row))
    return [
        *read.notes,
        filled.note,
        f"{row.ref}: {place.name}, {read.terrain.bed.shape[0]} × {read.terrain.bed.shape[1]}, {row.dx_m} m, "
        f"{read.terrain.crs}",
        f"能算 {len(covered)} 个村；未模拟 {len(left)} 个"
        + ("：" + "、".join(p.name for p in left) if left else ""),
        f"anlan ground live {row.ref} on",
    ]


def _list(args: argparse.Namespace) -> list[str]:
    from anlan.simulate.running import ground, live

    ctx = _ctx()
    on = live.switched_on(ctx)
    rows = [
        "  ".join(
            [
                each.ref,
                each.place.name,
                f"{each.dx_m} m",
                "合成数据" if each.synthetic else "",
                "滚动预报" if each.pk in on else "",
            ]
        ).rstrip()
        for each in ground.listing(ctx)
    ]
    return rows or ["还没有地形。放入：anlan ground add --dem FILE --place CODE"]


def _live(args: argparse.Namespace) -> list[str]:
    from anlan.simulate.running import live

    (live.start if args.switch == "on" else live.stop)(_ctx(), ground_ref=args.ref)
    return [f"{args.ref}：滚动预报" + ("已开" if args.switch == "on" else "已停")]
