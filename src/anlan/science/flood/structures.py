"""Buildings on the ground of a run, by choice: they block, they leave a part of each cell open, or they roughen."""

from dataclasses import replace
from typing import Literal

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats

Buildings = Literal["blocked", "porous", "rough"]

BUILT_MANNING = 0.3
"""Manning n of ground fully built over, s/m^(1/3) (Syme 2008, 9th National Conference on Hydraulics in Water Engineering)."""


@science(
    Field("share", "float64", ("row", "column"), "share of each cell under buildings, 0 to 1"),
    source="Syme (2008); Schubert and Sanders (2012), Advances in Water Resources 41, on the choice",
)
def with_buildings(
    domain: Domain,
    share: Floats,
    *,
    how: Buildings,
    height_m: float = 6.0,
    blocked_from: float = 0.5,
    built_manning: float = BUILT_MANNING,
    least_porosity: float = 0.1,
) -> Domain:
    """A domain with buildings.

    ``blocked``: cells built over by ``blocked_from`` or more stand ``height_m`` higher; their rain runs off the
    roof. Right where cells are finer than houses (some 5 m). ``rough``: roughness goes straight from its own to ``built_manning``
    with the share; right for cells larger than houses, but water inside houses is then counted as depth outside.
    ``porous``: water stands and runs in what the buildings leave open, at least ``least_porosity`` of a cell; right for
    blocks of houses when the depth in their streets is asked for (Guinot and Soares-Frazão 2006). Raises `BadInput`.

    >>> ground = Domain.of(np.zeros((1, 2)), dx=5.0)
    >>> with_buildings(ground, np.array([[0.0, 0.8]]), how="blocked").bed
    array([[0., 6.]])
    """
    if share.shape != domain.shape:
        raise BadInput(
            "buildings", f"{share.shape} against {domain.shape} of the bed", "Resample it to the bed"
        )
    used = share[domain.inside]
    if not ((used >= 0) & (used <= 1)).all():
        raise BadInput("buildings", "a share is missing or not within 0 to 1", "Give 0.3 for 30 %")
    if how == "blocked":
        return replace(
            domain, bed=domain.bed + np.where(domain.inside & (share >= blocked_from), height_m, 0.0)
        )
    built = np.where(domain.inside, share, 0.0)
    if how == "porous":
        if not 0 < least_porosity <= 1:
            raise BadInput("least_porosity", f"{least_porosity}", "Give a share above 0")
        return replace(domain, porosity=np.maximum(1.0 - built, least_porosity))
    return replace(domain, manning=domain.manning * (1.0 - built) + built_manning * built)
