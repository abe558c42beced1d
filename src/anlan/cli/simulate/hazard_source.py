"""`anlan simulate hazard-source`: is a unit a major hazard installation, and of which class (GB 18218-2018)."""

import argparse
from typing import Any

from anlan.cli.simulate.files import (
    Answer,
    InputWrong,
    add_model,
    cited,
    csv_rows,
    is_object,
    json_object,
    number,
    packs,
    rows_of,
    text,
    vouch,
)


def register(models: Any) -> None:
    parser = add_model(
        models,
        "hazard-source",
        what="identify and grade a major hazard installation (GB 18218-2018)",
        file="JSON, or CSV with substance,classes,quantity_t",
        work=work,
    )
    parser.add_argument("--people", default="", metavar="N", help="people who live within 500 m")


def work(args: argparse.Namespace) -> Answer:
    from anlan.science.hazardsource.grading import assess
    from anlan.science.hazardsource.tables import HazardTables

    content = text(args.file)
    given = (
        json_object(content)
        if is_object(content)
        else {"items": csv_rows(content, ("substance", "classes", "quantity_t"))}
    )
    if args.people:
        given["people_within_500m"] = args.people
    shelf, on = packs(args)
    pack = shelf.the("hazard_source", on=on)
    people = number(given, "people_within_500m")
    if people != int(people):
        raise InputWrong(f"people_within_500m is {people}: give a whole number")
    stored = [_stored(row, n) for n, row in enumerate(rows_of(given, "items"), 1)]
    found = assess(stored, people_within_500m=int(people), tables=HazardTables.from_data(pack.data))
    return _object(found, pack, args.lang), _lines(found, pack, args.lang)


def _stored(row: Any, n: int) -> Any:
    from anlan.science.hazardsource.tables import Stored

    classes = row.get("classes") or []
    names = classes.replace(";", " ").split() if isinstance(classes, str) else [str(code) for code in classes]
    return Stored(
        number(row, "quantity_t", where=f"item {n}: "), str(row.get("substance") or "").strip(), tuple(names)
    )


def _object(found: Any, pack: Any, lang: str) -> dict[str, Any]:
    return {
        "s": found.s,
        "is_major": found.is_major,
        "alpha": found.alpha,
        "r": found.r,
        "r_range": found.r_range,
        "grade": found.grade and found.grade.grade,
        "grade_title": found.grade and found.grade.title[lang],
        "grades_possible": [grade.grade for grade in found.grades],
        "to_verify": list(found.doubts),
        "items": [
            {
                "substance": share.stored.substance,
                "classes": share.stored.classes,
                "quantity_t": share.stored.quantity_t,
                "q_t": share.q_t,
                "q_from": share.q_from,
                "ratio": round(share.ratio, 9),
                "beta": share.beta,
                "beta_from": share.beta_from,
                "beta_other": share.beta_other,
                "to_verify": list(share.doubts),
            }
            for share in found.shares
        ],
        "pack": vouch(pack, lang),
    }


def _lines(found: Any, pack: Any, lang: str) -> list[str]:
    lines = [
        f"{share.stored.substance or '+'.join(share.stored.classes)}  q {share.stored.quantity_t:g} t  "
        f"Q {share.q_t:g} t ({share.q_from})  q/Q {share.ratio:.4g}"
        + (f"  β {share.beta:g} ({share.beta_from})" if share.beta is not None else "")
        for share in found.shares
    ]
    if found.is_major:
        lines.append(f"S = {found.s:g} ≥ 1  α = {found.alpha:g}  R = {found.r:g}  {found.grade.title[lang]}")
    else:
        lines.append(
            f"S = {found.s:g} < 1  " + {"zh": "不构成重大危险源", "en": "no major hazard installation"}[lang]
        )
    lines += [f"待核实: {doubt}" for doubt in found.doubts]
    if len(found.grades) > 1:
        lines.append("待核实: " + " / ".join(grade.title[lang] for grade in found.grades))
    return [*lines, cited(pack, lang)]
