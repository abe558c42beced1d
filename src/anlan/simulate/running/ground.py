"""The ground 地形 that runs refer to: made once by whoever knows the place, then kept as a file in the state folder."""

import hashlib
import re
from pathlib import Path

import numpy as np

from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.home import home
from anlan.places.atlas import Place
from anlan.simulate.computing.shapes import Making, Terrain
from anlan.simulate.models import Ground
from anlan.simulate.running.runner import runner

OWN = "own"
"""The maker of grounds that a county brought itself: nobody makes their file again."""
_REF = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_makers: dict[str, str] = {}


def register(name: str, maker: str) -> None:
    """Say who makes the ground of that name: `module:function`, from metres a cell to a `Terrain`, without a database."""
    _makers[name] = maker


def keep(ctx: Ctx, *, ref: str, place: Place, dx_m: int, maker: str, synthetic: bool) -> None:
    """Put a ground on the list; its file is made when a run first asks for it."""
    Ground.objects.get_or_create(
        ref=ref,
        defaults={
            "place_id": place.id,
            "dx_m": dx_m,
            "maker": maker,
            "synthetic": synthetic,
        },
    )


def add(ctx: Ctx, *, ref: str, place: Place, terrain: Terrain) -> Ground:
    """Put a county's own ground on the list, its file into the state folder. Raises: Invalid, Conflict for a ref that is taken."""
    from anlan.simulate.computing import concentration  # solvers are loaded where they are used

    ctx.require("simulate.run")
    check_free(ref)
    row = Ground(ref=ref, place_id=place.id, dx_m=round(terrain.dx), maker=OWN, synthetic=False)
    path = path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".new.npz")
    np.savez_compressed(scratch, **vars(concentration.with_concentration(terrain)))
    body = {"dx_m": row.dx_m, "cells": int(np.isfinite(terrain.bed).sum()), "sha256": _digest(scratch)}
    with action(ctx, "simulate.run"):
        check_free(ref)
        row.save(force_insert=True)
        scratch.rename(path)
        journal.append(ctx, "simulate.ground.added", refs={"ground": ref}, body=body, place=place.path)
    return row


def check_free(ref: str) -> None:
    """Whether a ground may be called so. Raises: Invalid, Conflict for a ref that is taken."""
    if not _REF.fullmatch(ref):
        raise Invalid("地形编号 {ref} 不行。请用 2 到 40 个小写字母、数字和短横。", ref=ref)
    if Ground.objects.filter(ref=ref).exists():
        raise Conflict("已经有地形 {ref}，运行要靠它重算，不能换掉。请另起编号。", ref=ref)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def get(ctx: Ctx, ref: str) -> Ground:
    """A ground within scope. Raises: NotFound."""
    return ctx.one(ctx.rows(Ground).select_related("place"), ref)


def listing(ctx: Ctx) -> list[Ground]:
    """The grounds within scope, the quickest first."""
    return list(ctx.rows(Ground).select_related("place").order_by("-dx_m", "ref"))


def file_of(ground: Ground) -> Path:
    """The ground's file, made when it is not there yet. Raises: NotFound where nobody makes it any more."""
    path = path_of(ground)
    if not path.exists():
        runner().make(_making(ground))
    return path


def prepare(ground: Ground) -> None:
    """Have the file and the kernels for it made in time, without waiting for them."""
    runner().prepare(_making(ground))


def path_of(ground: Ground) -> Path:
    """Where the ground's file lies, or will."""
    folder = (
        home() / "grounds"
    )  # a county's own lie apart: a backup takes them along, the others are made again
    return (folder / OWN if ground.maker == OWN else folder) / f"{ground.ref}.npz"


def _making(ground: Ground) -> Making:
    if ground.maker not in _makers and not path_of(ground).exists():
        raise NotFound("地形 {ref} 的文件不在了。请管理员从备份取回，或重新放入。", ref=ground.ref)
    path_of(ground).parent.mkdir(parents=True, exist_ok=True)
    return Making(maker=_makers.get(ground.maker, ""), dx=float(ground.dx_m), path=str(path_of(ground)))
