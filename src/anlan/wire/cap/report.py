"""Findings, the report over them, and how it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .errors import CapError
from .words import WORDS, fill


class Level(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, where it stands and how to mend it. Line and column count from 1."""

    code: str
    level: Level
    line: int | None
    column: int | None
    zh: str
    en: str
    mend_zh: str
    mend_en: str


@dataclass(frozen=True)
class Report:
    """What `check` found. `form` is "CAP 1.2", "12379" or None when the file could not be read at all."""

    findings: tuple[Finding, ...]
    form: str | None = None
    signed: bool = False

    @property
    def readable(self) -> bool:
        return self.form is not None

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.level is Level.ERROR)

    @property
    def exit_code(self) -> int:
        """0 no error (warnings may stand), 1 errors, 2 not readable as an alert."""
        if not self.readable:
            return 2
        return 1 if self.errors else 0


def finding(
    code: str,
    *,
    level: Level = Level.ERROR,
    line: int | None = None,
    column: int | None = None,
    **facts: object,
) -> Finding:
    """Make a finding from its code and the facts that its words need."""
    return finding_with(facts, code=code, level=level, line=line, column=column)


def finding_with(
    facts: Mapping[str, object],
    *,
    code: str,
    level: Level = Level.ERROR,
    line: int | None = None,
    column: int | None = None,
) -> Finding:
    """The same, for facts that are at hand as a mapping."""
    words = WORDS[code]
    return Finding(
        code=code,
        level=level,
        line=line or None,
        column=column or None,
        zh=fill(words.zh, facts),
        en=fill(words.en, facts),
        mend_zh=fill(words.mend_zh, facts),
        mend_en=fill(words.mend_en, facts),
    )


def finding_of(error: CapError) -> Finding:
    """Show an error as a finding."""
    return finding_with(error.facts, code=error.code, line=error.line, column=error.column)


def render(report: Report, lang: str = "zh") -> list[str]:
    """The report as lines of text in `zh` or `en`: one line a finding, the verdict last."""
    lines = [_line(found, lang) for found in report.findings]
    return [*lines, _verdict(report, lang)]


def _line(found: Finding, lang: str) -> str:
    if lang == "zh":
        where = f"第{found.line}行" if found.line else "全文"
        where += f"第{found.column}列" if found.column else ""
        level = "错误" if found.level is Level.ERROR else "提醒"
        return f"{where} {level} [{found.code}] {found.zh}。改法：{found.mend_zh}。"
    where = f"line {found.line}" if found.line else "file"
    where += f", column {found.column}" if found.column else ""
    return f"{where}: {found.level.value} [{found.code}] {found.en}. Mend: {found.mend_en}."


def _verdict(report: Report, lang: str) -> str:
    errors, warnings = len(report.errors), len(report.findings) - len(report.errors)
    if lang == "zh":
        if not report.readable:
            return "结论：读不出预警信息，未作进一步检查。"
        signed = "带有签名（此处未验签）" if report.signed else "没有签名"
        return f"结论：{report.form} 格式，错误 {errors} 处，提醒 {warnings} 处，{signed}。"
    if not report.readable:
        return "Verdict: not readable as an alert; nothing further was checked."
    signed = "carries a signature (not verified here)" if report.signed else "not signed"
    return f"Verdict: {report.form} form, {errors} error(s), {warnings} warning(s), {signed}."
