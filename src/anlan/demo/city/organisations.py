"""单位: governments, departments, townships, village committees, and units that command places outside the tree.

Names are those that such units bear; which places the three units outside the tree command is assumed.
"""

from .facts import Facts
from .model import Organisation, Reservoir

DEPARTMENTS = {
    "emergency": "应急管理局",
    "weather": "气象台",
    "water": "水利和湖泊局",
    "natural_resources": "自然资源和规划局",
}
_DEMO_COUNTY = "421321"
_DEMO_UNITS = {"weather": "weather_station", "emergency": "emergency_bureau", "water": "water_department"}
# (ref, name, kind, home, commands): the places are an assumption (待核实).
_OUTSIDE = (
    ("O-hitech", "随州高新技术产业开发区管理委员会", "zone", "421303587", ("421303587", "421303187")),
    ("O-zengdu-zone", "湖北曾都经济开发区管理委员会", "zone", "421303499", ("421303499",)),
    ("O-dahongshan", "大洪山风景名胜区管理委员会", "scenic", "421321115", ("421321115",)),
)


def organisation_ref(key: str, kind: str) -> str:
    return f"O-{key}-{kind}"


def organisations(facts: Facts, reservoirs: tuple[Reservoir, ...]) -> tuple[Organisation, ...]:
    """All units, superiors first."""
    found = []
    counties: list[tuple[str, str, str | None]] = [(facts.city["key"], facts.city["name"], None)]
    counties += [
        (c["key"], c["name"], organisation_ref(facts.city["key"], "government")) for c in facts.counties
    ]
    for key, name, parent in counties:
        found.append(_unit(key, "government", f"{name}人民政府", parent))
        found += [
            _unit(key, kind, name + tail, organisation_ref(key, "government"))
            for kind, tail in DEPARTMENTS.items()
        ]
    for town in facts.towns:
        name = town.name + (
            "人民政府"
            if town.name.endswith("镇")
            else "办事处"
            if town.name.endswith("街道")
            else "管理委员会"
        )
        found.append(_unit(town.key, "township", name, organisation_ref(town.county, "government")))
    for village in facts.villages:
        name = village.stem + ("村民委员会" if village.kind == "village" else "居民委员会")
        found.append(
            _unit(
                village.key,
                "village",
                name.replace("村村民", "村民"),
                organisation_ref(village.town, "township"),
            )
        )
    for ref, name, kind, home, commands in _OUTSIDE:
        found.append(_outside(ref, name, kind, home, commands))
    headquarters = next(r for r in reservoirs if r.name == "先觉庙水库")
    found.append(
        _outside(
            "O-xianjuemiao",
            "先觉庙水库防汛指挥部",
            "reservoir",
            headquarters.village,
            headquarters.downstream,
        )
    )
    return tuple(found)


def _unit(key: str, kind: str, name: str, parent: str | None) -> Organisation:
    return Organisation(
        ref=organisation_ref(key, kind),
        name=name,
        kind=kind,
        home=key,
        parent=parent,
        commands=(key,),
        outside_tree=False,
        name_source="synthetic" if kind == "village" else "published",
        demo_unit=_DEMO_UNITS.get(kind) if key == _DEMO_COUNTY else None,
    )


def _outside(ref: str, name: str, kind: str, home: str, commands: tuple[str, ...]) -> Organisation:
    return Organisation(
        ref=ref,
        name=name,
        kind=kind,
        home=home,
        parent=None,
        commands=commands,
        outside_tree=True,
        name_source="published",
    )
