"""检查预警文件 · What is wrong with an alert file, line by line, with the mend.

First the bytes (hostile or not XML), then the schema in plain words, then the rules that the schema does not know.
`check` never raises on content: whatever the bytes are, the answer is a report.
"""

from collections.abc import Callable, Iterator

from anlan.wire.cap.national import reading

from ..errors import CapError, InvalidCap
from ..reader import alert_in
from ..report import Finding, Level, Report, finding, finding_of
from ..safexml import LIMITS, Element, Limits, line_of, parse
from ..schema import violations
from . import areas, message, national_rules

Rule = Callable[[Element], Iterator[Finding]]

RULES: tuple[Rule, ...] = (*message.RULES, *areas.RULES)
MOST_FINDINGS = 200
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def check(data: bytes, *, limits: Limits = LIMITS) -> Report:
    """Report everything that is wrong with a file, in file order."""
    try:
        root = parse(data, limits=limits)
        if reading.is_national(root):
            return _national(root)
        root, told = alert_in(root)
    except CapError as error:
        return Report(findings=(finding_of(error),))
    found = [*told, *violations(root), *(one for rule in RULES for one in rule(root))]
    return Report(findings=_ordered(found), form="CAP 1.2", signed=root.find(SIGNATURE) is not None)


def _national(root: Element) -> Report:
    found = [finding("CN-FORM", level=Level.WARNING, line=line_of(root))]
    try:
        form = reading.read_tree(root)
    except InvalidCap as error:
        found += error.findings
    else:
        found += national_rules.judge(form, root)
    return Report(findings=_ordered(found), form="12379", signed=root.find(SIGNATURE) is not None)


def _ordered(found: list[Finding]) -> tuple[Finding, ...]:
    """In file order, said once, and not more than anybody reads."""
    unique = sorted(dict.fromkeys(found), key=lambda one: (one.line or 0, one.column or 0))
    if len(unique) <= MOST_FINDINGS:
        return tuple(unique)
    # Errors come first when there are too many: the cut must not hide that the file is wrong.
    worst = sorted(unique, key=lambda one: one.level is not Level.ERROR)[:MOST_FINDINGS]
    return (*worst, finding("CAP-TOO-MANY", level=Level.WARNING, limit=MOST_FINDINGS))
