"""PDF and CSV of a document. The PDF is set by typst from the template beside this file, without any network."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path

from anlan.foundation.words import t
from anlan.foundation.worlds import beijing
from anlan.prove.documents.papers import Paper
from anlan.prove.queries.proof import VillageRow
from anlan.ui import typeset
from anlan.ui.palette import level
from anlan.wire.tables import harmless

TEMPLATE = Path(__file__).with_name("paper.typ")


def pdf(paper: Paper, lang: str) -> bytes:
    """The document as PDF/A4 in black and white."""
    return typeset.pdf(TEMPLATE, asdict(paper) | {"levels": _level_words(lang)}, lang=lang)


@cache
def _level_words(lang: str) -> dict[str, str]:
    return {code: t(lang, level(code).word) for code in ("red", "orange", "yellow", "blue")}


COLUMNS = (
    "code",
    "name",
    "known_at",
    "called_at",
    "answered_at",
    "answered_by",
    "channel",
    "door_checked_at",
    "households_to_move",
    "households_moved",
    "households_named",
    "proof_at",
)


def villages_csv(rows: Iterable[VillageRow]) -> str:
    """The villages as CSV (UTF-8 with mark, for spreadsheets), times in ISO with +08:00; a formula stays text."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in COLUMNS])
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if hasattr(value, "astimezone"):
        return beijing(value).isoformat(timespec="seconds")
    return harmless(str(value))
