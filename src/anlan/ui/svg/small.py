"""Small pictures: hatch patterns, progress bar, grade steps, density of the journal."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HATCHES = (
    '<svg class="hidden-text" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="hatch-unknown" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="hatch" d="M0,0V6"/></pattern>'
    '<pattern id="hatch-forecast" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="hatch--forecast" d="M0,0V6"/></pattern>'
    "</defs></svg>"
)


def bar(*, done: int, way: int, total: int, label: str, width: int = 96) -> SafeString:
    """Counted in (solid), under way (narrow), the whole (frame). Households or persons, one unit at a time."""
    whole = max(total, done + way, 1)
    first, second = round(width * done / whole), round(width * way / whole)
    return format_html(
        '<svg class="bar" width="{w}" height="14" viewBox="0 0 {w} 14" role="img" aria-label="{label}">'
        '<rect class="bar__done" width="{first}" height="14"/>'
        '<rect class="bar__way" x="{first}" y="4" width="{second}" height="6"/>'
        '<rect x=".5" y=".5" width="{inner}" height="13"/></svg>',
        w=width, label=label, first=first, second=second, inner=width - 1,
    )  # fmt: skip


def steps(filled: int, of: int = 4) -> SafeString:
    """Rising steps, `filled` of them solid: the grade of an assessment (4 is the gravest)."""
    rects = format_html_join(
        "",
        '<rect{} x="{}" y="{}" width="4" height="{}"/>',
        ((_on(i < filled), 0.5 + i * 5 - i * 0.3, 9.5 - i * 3, 3 + i * 3) for i in range(of)),
    )
    return format_html('<svg class="assess__steps" viewBox="0 0 19 13" aria-hidden="true">{}</svg>', rects)


def _on(is_on: bool) -> SafeString:
    return SafeString(' class="on"' if is_on else "")


def density(counts: Sequence[int], *, known: int, label: str) -> SafeString:
    """How much the journal holds per equal slice of time; slices from `known` on are future and hatched.

    Bars grow with the square root, so that a single entry still shows beside a slice with hundreds.
    """
    top = max((count for count in counts[:known]), default=0) or 1
    bars = format_html_join(
        "",
        '<rect class="density__bar" x="{}" y="{}" width="8" height="{}"/>',
        ((i * 10 + 1, 44 - size, size) for i, size in _sizes(counts[:known], top)),
    )
    width, edge = len(counts) * 10, known * 10
    return format_html(
        '<svg class="density" viewBox="0 0 {w} 44" preserveAspectRatio="none" role="img" aria-label="{label}">{bars}'
        '<rect class="density__future" x="{edge}" width="{rest}" height="44"/>'
        '<rect class="density__now" x="{edge}" width="2" height="44"/></svg>',
        w=max(width, 10), label=label, bars=bars, edge=edge, rest=max(width - edge, 0),
    )  # fmt: skip


def _sizes(counts: Sequence[int], top: int) -> list[tuple[int, int]]:
    return [(i, max(3, round(42 * (count / top) ** 0.5))) for i, count in enumerate(counts) if count > 0]
