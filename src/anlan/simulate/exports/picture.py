"""The deepest water over the light and shade of the ground, as one SVG for paper: streams, and villages by their number."""

import base64
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from anlan.places.queries import lines
from anlan.science.terrain.shade import hillshade
from anlan.simulate.computing.shapes import Terrain
from anlan.simulate.maps import waters
from anlan.simulate.maps.kinds import DEPTH
from anlan.simulate.queries import VillageForecast
from anlan.wire.raster.png import write_png

WIDTH = 1000
INK = (11, 79, 134)
TINTS = (0, 70, 112, 154, 200, 245)
"""Opacity of the ink by rank: dark enough apart that a grey print tells the classes."""
STYLE = (
    "text{font-family:'Noto Sans CJK SC','Microsoft YaHei',sans-serif;fill:#000}"
    ".n{font-size:21px;font-weight:700;text-anchor:middle;fill:#fff}.s{font-size:20px}"
    ".dot{fill:#000;stroke:#fff;stroke-width:2}.dry{fill:#fff;stroke:#000;stroke-width:2}"
    ".stream{fill:none;stroke:#3d7fae;stroke-width:2}.bar{fill:none;stroke:#000;stroke-width:3}.frame{fill:none;stroke:#000;stroke-width:2}"
)


class Paper:
    """A box of longitude and latitude as web Mercator on a sheet of WIDTH units."""

    def __init__(self, box: tuple[float, float, float, float]) -> None:
        self.west, south, east, north = box
        self._top = _mercator(north)
        self._scale = WIDTH / (east - self.west)
        self.height = round((self._top - _mercator(south)) * self._scale)
        self.metres = (east - self.west) * 111_320 * math.cos(math.radians((south + north) / 2))

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        return round((lon - self.west) * self._scale, 1), round((self._top - _mercator(lat)) * self._scale, 1)


def _mercator(lat: float) -> float:
    """In degrees of longitude."""
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def picture(
    folder: Path, ground: Path, wet: Sequence[VillageForecast], dry: Iterable[VillageForecast]
) -> str:
    """The map as SVG; wet villages carry their number in the order given. Raises: NotFound."""
    depth, frame = waters.grid(folder, DEPTH.grid)
    paper = Paper(frame.bounds(*depth.shape))
    rows, columns = waters.sampled(frame, *depth.shape)
    ranks = np.pad(DEPTH.ranks(depth), 1)[rows, columns]
    ink = np.zeros((*ranks.shape, 4), np.uint8)
    ink[..., :3], ink[..., 3] = INK, np.array(TINTS, np.uint8)[ranks]
    layers = [_shade(ground, rows, columns, depth.shape), write_png(ink)]
    return str(
        format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}"><style>{style}</style>{images}{streams}{dry}{wet}{bar}'
            '<rect class="frame" x="1" y="1" width="{iw}" height="{ih}"/></svg>',
            w=WIDTH,
            h=paper.height,
            iw=WIDTH - 2,
            ih=paper.height - 2,
            style=SafeString(STYLE),
            images=format_html_join("", "{}", ((_image(png, paper),) for png in layers if png)),
            streams=_streams(paper),
            dry=_dry(paper, dry),
            wet=_wet(paper, wet),
            bar=_bar(paper),
        )
    )


def _shade(ground: Path, rows: waters.Ints, columns: waters.Ints, shape: tuple[int, ...]) -> bytes:
    """The ground in pale grey, clear beyond it; nothing where its file is gone."""
    if not ground.exists():
        return b""
    terrain = Terrain.load(ground)
    if terrain.bed.shape != shape:
        return b""
    light = np.pad(hillshade(terrain.bed, dx=terrain.dx), 1)[rows, columns]
    land = np.pad(np.isfinite(terrain.bed), 1)[rows, columns]
    grey = (255 - (255 - light.astype(np.float64)) * 0.55).astype(np.uint8)
    return write_png(np.stack([grey, np.where(land, 255, 0).astype(np.uint8)], axis=-1))


def _image(png: bytes, paper: Paper) -> SafeString:
    data = base64.b64encode(png).decode()
    return format_html(
        '<image width="{}" height="{}" preserveAspectRatio="none" href="data:image/png;base64,{}"/>',
        WIDTH, paper.height, data,
    )  # fmt: skip


def _streams(paper: Paper) -> SafeString:
    def on(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        return [paper.at(*point) for point in points]

    near = [on(line.points) for line in lines("stream")]
    shown = [line for line in near if any(0 <= x <= WIDTH and 0 <= y <= paper.height for x, y in line)]
    paths = ("M" + " ".join(f"{x},{y}" for x, y in line) for line in shown)
    return format_html_join("", '<path class="stream" d="{}"/>', ((path,) for path in paths))


def _dry(paper: Paper, villages: Iterable[VillageForecast]) -> SafeString:
    spots = (paper.at(v.place.lon, v.place.lat) for v in villages)
    return format_html_join("", '<circle class="dry" cx="{}" cy="{}" r="5"/>', spots)


def _wet(paper: Paper, villages: Sequence[VillageForecast]) -> SafeString:
    spots = ((*paper.at(v.place.lon, v.place.lat), n) for n, v in enumerate(villages, start=1))
    return format_html_join(
        "", '<circle class="dot" cx="{0}" cy="{1}" r="16"/><text class="n" x="{0}" y="{3}">{2}</text>',
        ((x, y, n, y + 7.5) for x, y, n in spots),
    )  # fmt: skip


def _bar(paper: Paper) -> SafeString:
    """A round length of about a fifth of the width, and where north is."""
    step = next(
        m
        for m in (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50)
        if m <= max(50, paper.metres / 4)
    )
    wide, y = WIDTH * step / paper.metres, paper.height - 26
    said = f"{step // 1000} km" if step >= 1000 else f"{step} m"
    return format_html(
        '<path class="bar" d="M24,{y0}v8h{w}v-8"/><text class="s" x="{x}" y="{ty}">{said}</text>'
        '<path d="M{nx},22l9,24l-9,-6l-9,6z"/><text class="s" x="{nx}" y="68" text-anchor="middle">N</text>',
        y0=y, w=round(wide, 1), x=round(34 + wide, 1), ty=y + 12, said=said, nx=WIDTH - 34,
    )  # fmt: skip
