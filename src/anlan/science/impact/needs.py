"""What to send: needs follow the people who must leave their homes, never those who are merely affected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.bounds import TableWrong, within
from anlan.science.fields import Field, science
from anlan.science.impact.sweep import Impact
from anlan.science.jit import Floats


@dataclass(frozen=True, slots=True)
class Need:
    """One article: so much for each displaced person, and so much for each of their days."""

    code: str
    title: Mapping[str, str]
    per_person: float
    per_person_day: float


def rates(data: Mapping[str, Any]) -> tuple[Need, ...]:
    """The articles of a pack of kind ``relief_needs``. Raises `TableWrong`."""
    try:
        return tuple(
            Need(str(r["code"]), r["title"], float(r["per_person"]), float(r["per_person_day"]))
            for r in data["need"]
        )
    except KeyError as error:
        raise TableWrong(f"{error.args[0]} is missing: write it into the relief_needs pack") from error


@science(
    Field("return", "float64", ("event", "need"), "pieces or litres", "out"),
    source="pack relief_needs",
)
def needs(found: Impact, *, days: float, articles: Sequence[Need]) -> Floats:
    """What the displaced of each event need for ``days``, whole pieces rounded up.

    Takes an `Impact` and reads ``people_to_move`` of it, so that nobody can hand it the affected.

    >>> one = Impact(np.array([[900.0, 11.0] + [0.0] * 8]), np.zeros(1, np.int8))
    >>> needs(one, days=3, articles=[Need("tent", {}, 0.2, 0.0), Need("water", {}, 0.0, 3.0)])
    array([[ 3., 99.]])
    """
    within("days", days, 0, 400, "days")
    each = np.array([article.per_person + article.per_person_day * days for article in articles])
    return np.asarray(np.ceil(np.outer(found.of("people_to_move"), each) - 1e-9), np.float64)
