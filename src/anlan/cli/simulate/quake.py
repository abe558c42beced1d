"""`anlan simulate quake`: isoseismals of an earthquake, and intensity, PGA and PGV at places."""

import argparse
from collections.abc import Mapping
from typing import Any

from anlan.cli.simulate.files import (
    Answer,
    InputWrong,
    add_model,
    cited,
    csv_rows,
    json_object,
    number,
    packs,
    rows_of,
    text,
    vouch,
)

CONVENTION = {
    "at_degree": "drawn where I = i",
    "outer_boundary": "outer boundary of degree i, drawn where I = i - 0.5",
}


DENSITY = {"fairly_dense": ("人口较密集", "人口较密集地区"), "dense": ("人口密集", "人口密集地区")}


def register(models: Any) -> None:
    parser = add_model(
        models,
        "quake",
        what="intensity ellipses, PGA and PGV (GB 18306-2015), first grading",
        file="JSON with magnitude, lon, lat, azimuth_deg, zone",
        work=work,
    )
    parser.add_argument("--places", default="", metavar="FILE", help="CSV with name,lon,lat")


def work(args: argparse.Namespace) -> Answer:
    from anlan.science.quake.field import Source
    from anlan.science.quake.grading import Epicentral
    from anlan.science.quake.relations import Quantity, Relations

    given = json_object(text(args.file))
    places = csv_rows(text(args.places), ("name", "lon", "lat")) if args.places else given.get("places") or []
    if places:
        places = rows_of({"places": places}, "places")
    shelf, on = packs(args)
    pack = shelf.the("attenuation", on=on)
    relations = Relations.from_data(pack.data)
    source = Source(
        *(number(given, key) for key in ("magnitude", "lon", "lat")), number(given, "azimuth_deg", default=0)
    )
    chosen = str(given.get("relation") or "")
    zone = str(given.get("zone") or (relations.get(chosen).zone if chosen else ""))
    if not zone:
        raise InputWrong("zone is missing: give moderate (Hubei, Guizhou), east, xinjiang or tibet")
    zone = next((code for code, names in pack.data["zones"].items() if zone in names), zone)
    intensity = relations.get(chosen) if chosen else relations.of_zone(Quantity.INTENSITY, zone)
    motion = {q: r for q in (Quantity.PGA, Quantity.PGV) for r in [_motion(relations, q, zone)] if r}
    low, high = relations.magnitude
    found = {
        "magnitude": source.magnitude,
        "lon": source.lon,
        "lat": source.lat,
        "azimuth_deg": source.azimuth,
        "zone": zone,
        "relation": _named(intensity, args.lang),
        "epicentral_intensity": round(intensity.epicentral(source.magnitude), 3),
        "epicentral_by_rule": round(
            Epicentral.from_data(pack.data["epicentral"]).intensity(source.magnitude), 3
        ),
        "conventions": CONVENTION,
        "isoseismals": _isoseismals(intensity, source.magnitude),
        "within_validity": low <= source.magnitude <= high,
        "validity": {"magnitude": [low, high], "distance_km": relations.distance_km, "to_verify": True},
        "motion_relations": [_named(relation, args.lang) for relation in motion.values()],
        "places": _places(places, source, intensity, motion, relations.distance_km, pack.data)
        if places
        else [],
        "grading": _grading(given, source.magnitude, shelf.the("quake_grading", on=on), args.lang),
        "pack": vouch(pack, args.lang),
    }
    grading = shelf.the("quake_grading", on=on)
    return found, [*_lines(found), cited(pack, args.lang), cited(grading, args.lang)]


def _grading(given: Mapping[str, Any], magnitude: float, pack: Any, lang: str) -> dict[str, Any]:
    """The class by magnitude, for each density until the file says which; by the dead and by loss where they are given."""
    from anlan.science.quake.grading import Density, QuakeGrades

    grades = QuakeGrades.from_data(pack.data)
    density = str(given.get("density") or "")
    density = next((code for code, names in DENSITY.items() if density in names), density)
    if density and density not in DENSITY:
        raise InputWrong(f"density is {density!r}: give fairly_dense (人口较密集) or dense (人口密集)")
    asked = [one for one in Density if density in ("", one)]
    harm = None
    if "deaths" in given or "loss_percent" in given:
        harm = grades.by_harm(
            deaths=number(given, "deaths", default=0), loss_percent=number(given, "loss_percent", default=0)
        )
    return {
        "by_magnitude": [
            {"density": one.value, **_graded(grades.by_magnitude(magnitude, one), lang)} for one in asked
        ],
        "by_harm": _graded(harm, lang) if harm else None,
        "pack": vouch(pack, lang),
    }


def _graded(grade: Any, lang: str) -> dict[str, Any]:
    return {
        "grade": grade and grade.grade,
        "title": grade and grade.title[lang],
        "response": grade and grade.response[lang],
    }


def _motion(relations: Any, quantity: Any, zone: str) -> Any:
    from anlan.science.bounds import NameUnknown

    try:
        return relations.of_zone(quantity, zone)
    except NameUnknown:
        return None  # an older relation's zone has no ground motion: the answer shows no relation for it


def _named(relation: Any, lang: str) -> dict[str, Any]:
    return {
        "code": relation.code,
        "title": relation.title[lang],
        "log": relation.log,
        "sigma": relation.sigma,
        "confidence": relation.confidence,
        "to_verify": relation.confidence in ("M?", "X"),
        "is_default": relation.is_default,
    }


def _isoseismals(relation: Any, magnitude: float) -> list[dict[str, Any]]:
    from anlan.science.quake.field import ellipses
    from anlan.science.quake.relations import Convention

    rings: dict[int, dict[str, Any]] = {}
    for convention in Convention:
        for e in ellipses(relation, magnitude, degrees=range(5, 13), convention=convention):
            axes = {"intensity": e.value, "long_km": round(e.long_km, 2), "short_km": round(e.short_km, 2)}
            rings.setdefault(e.degree, {"degree": e.degree})[convention.value] = axes
    return [rings[degree] for degree in sorted(rings, reverse=True)]


def _places(
    rows: list[Mapping[str, Any]], source: Any, intensity: Any, motion: Any, to_km: float, data: Any
) -> list[dict[str, Any]]:
    import numpy as np

    from anlan.science.quake.field import ground_motion, intensity_at, place
    from anlan.science.quake.instrumental import Instrumental
    from anlan.science.quake.relations import Quantity

    lon, lat = (
        np.array([number(row, key, where=f"place {n}: ") for n, row in enumerate(rows, 1)])
        for key in ("lon", "lat")
    )
    x, y = place(source, lon, lat)
    columns = {"distance_km": np.hypot(x, y), "intensity": intensity_at(intensity, source.magnitude, x, y)}
    columns["degree"] = np.clip(np.floor(columns["intensity"] + 0.5), 1, 12)
    for quantity, unit in ((Quantity.PGA, "pga_gal"), (Quantity.PGV, "pgv_cm_s")):
        if quantity in motion:
            columns[unit] = ground_motion(motion[quantity], source.magnitude, x, y, to_km=to_km)[0]
    if {"pga_gal", "pgv_cm_s"} <= set(columns):
        scale = Instrumental.from_data(data["instrumental"])
        columns["instrumental"] = scale.intensity(columns["pga_gal"] / 100, columns["pgv_cm_s"] / 100)
    return [
        {
            "name": str(row.get("name", "")),
            **{key: round(float(values[n]), 3) for key, values in columns.items()},
            "within_validity": bool(columns["distance_km"][n] <= to_km),
        }
        for n, row in enumerate(rows)
    ]


def _lines(found: Mapping[str, Any]) -> list[str]:
    mark = " · 待核实" if found["relation"]["to_verify"] else ""
    lines = [
        f"{found['relation']['title']}{mark} ({found['relation']['log']})",
        f"M {found['magnitude']:g}  I0 {found['epicentral_intensity']:.2f}  σ {found['relation']['sigma'] or '-'}"
        f"  (M = 0.58 I0 + 1.5: {found['epicentral_by_rule']:.2f})",
    ]
    lines += [
        f"{DENSITY[row['density']][1]}: {row['title'] or '-'}  {row['response'] or ''}".rstrip()
        for row in found["grading"]["by_magnitude"]
    ]
    if harm := found["grading"]["by_harm"]:
        lines.append(f"{harm['title']}  {harm['response']}")
    if not found["within_validity"]:
        lines.append("! magnitude outside the range of the tables: 待核实")
    for ring in found["isoseismals"]:
        parts = [
            f"I = {ring[key]['intensity']:g}: {ring[key]['long_km']:.1f} × {ring[key]['short_km']:.1f} km"
            for key in CONVENTION
            if key in ring
        ]
        lines.append(f"{ring['degree']:>2}  " + "   ".join(parts))
    for row in found["places"]:
        shake = f"  PGA {row['pga_gal']:.1f} gal  PGV {row['pgv_cm_s']:.2f} cm/s" if "pgv_cm_s" in row else ""
        far = "" if row["within_validity"] else "  ! beyond the distance of the tables"
        lines.append(f"{row['name']}  {row['distance_km']:.1f} km  I {row['intensity']:.2f}{shake}{far}")
    return lines
