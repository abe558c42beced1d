"""The ladders of a pack as the chart that docs/explanation/call-down.md holds."""

from anlan.call.rules.calldown.settings import CallSettings, LadderSetting
from anlan.call.rules.calldown.shapes import LineKind


def ladder_diagram(*, settings: CallSettings) -> str:
    """The ladders of the pack as a mermaid flow chart."""
    rows = ["flowchart LR", '    start["同时叫 all at once"]']
    for kind in LineKind:
        if kind in settings.ladders:
            rows.extend(_ladder_rows(settings.ladders[kind], settings))
    return "\n".join(rows) + "\n"


def _ladder_rows(ladder: LadderSetting, settings: CallSettings) -> list[str]:
    rows, before, arrow = [], "start", "-->"
    for index, rung in enumerate(ladder.rungs):
        node = f"{ladder.kind}{index}"
        note = "" if rung.stands_for_place else "<br/>不代替应答 no substitute"
        rows.append(f'    {before} {arrow} {node}["{rung.zh}<br/>{rung.en}{note}"]')
        before, arrow = node, f'-- "试完一轮或 {int(rung.timeout.total_seconds())} s" -->'
    limit = int(settings.silence_limit.total_seconds())
    rows.append(f'    {before} {arrow} {ladder.kind}door["敲门 door check<br/>最迟 {limit} s"]')
    return rows
