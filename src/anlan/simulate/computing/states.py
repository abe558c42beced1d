"""A state of the water, kept in a file for another run to start from. No database."""

import os
from pathlib import Path

import numpy as np

from anlan.science.flood.state import Layout, State

_MORE = ("channel", "channel_q", "soil")

VERSION = "4"
"""Of the models, their kernels and how streams are joined: no run goes on from a state of another."""


def read(path: Path) -> State:
    """A state that was kept, its clock at 0."""
    with np.load(path) as kept:
        state = State(kept["h"], kept["qx"], kept["qy"], Layout(int(kept["layout"])), 0.0)
        for name in _MORE:
            if name in kept:
                setattr(state, name, kept[name])
        return state


def keep(path: Path, state: State, **figures: float) -> None:
    """With figures of it. A reader never sees half; of two who write the same, the last one's stands."""
    scratch = path.with_name(f"{path.stem}.{os.getpid()}.new.npz")
    held = {name: field for name in _MORE if (field := getattr(state, name)) is not None}
    np.savez(scratch, h=state.h, qx=state.qx, qy=state.qy, layout=int(state.layout), **held, **figures)
    scratch.rename(path)
