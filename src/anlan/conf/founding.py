"""What `anlan setup` does: the county, its first administrator, and which of the steps before the first night are open."""

from argparse import Namespace
from typing import Any

from anlan.foundation.errors import Conflict, Invalid
from anlan.foundation.words import t, w


def refuse_a_demo() -> None:
    """Raises: Conflict in a home that plays the demo city."""
    from anlan.places.atlas import atlas

    if any(place.synthetic for place in atlas().places):
        raise Conflict(w("这个目录里是演示城市。请用 ANLAN_HOME 指一个空目录，再办本县的。"))


def lon_lat(text: str) -> tuple[float, float]:
    """Raises ValueError for what is no place on earth."""
    lon, _, lat = text.replace("，", ",").partition(",")
    found = float(lon), float(lat)
    if not (-180 <= found[0] <= 180 and -90 <= found[1] <= 90):
        raise ValueError(text)
    return found


def county(ctx: Any, *, name: str, code: str, centre: tuple[float, float]) -> None:
    """The county that all else lies in. Raises: Conflict where there is one, Invalid for its code."""
    from anlan.foundation import worlds
    from anlan.places import actions as places

    lon, lat = centre
    places.make_root(ctx, code=code, name=name, lon=lon, lat=lat, on=worlds.beijing(ctx.now).date())


def found(args: Namespace) -> dict[str, Any]:
    """The county where there is none, then the administrator; what was done and what is open, for people and scripts."""
    from anlan.conf import folder
    from anlan.conf.doctor.finding import is_chinese
    from anlan.foundation import worlds
    from anlan.foundation.home import home
    from anlan.people import founding
    from anlan.places.atlas import atlas
    from anlan.ui import onset

    ctx = worlds.context(worlds.get("live"))
    if not atlas().places and (args.name or args.code or not args.folder):
        if not (args.name and args.code):
            raise Invalid(w("请写明本县的名称和代码：--name 云溪县 --code 429981 --centre 111.5,30.5"))
        county(ctx, name=args.name, code=args.code, centre=args.centre or (0.0, 0.0))
    read = folder.read(ctx, args.folder) if args.folder else folder.Read()
    admin = None
    if args.admin:
        key = founding.first_administrator(ctx, username=args.admin, name=args.admin)
        admin = {
            "name": args.admin,
            "sign_in_link": f"http://{args.host}:{args.port}/sign-in/link/{key}",
        }
    lang = "zh" if is_chinese() else "en"
    open_steps = [
        {"number": state.step.number, "word": t(lang, state.step.word), "lacks": t(lang, state.lacks)}
        for state in onset.states(ctx)
        if state.lacks
    ]
    return {
        "loaded": read.loaded,
        "unknown_files": read.unknown,
        "errors_files": read.errors,
        "open_steps": open_steps,
        "admin": admin,
        "keys": str(home() / "keys"),
    }
