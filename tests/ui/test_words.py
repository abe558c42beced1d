"""Every Chinese sentence that a reader can meet has an English one, and stands in the catalogue only once."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import anlan
from anlan.foundation import words
from anlan.foundation.errors import AnlanError
from anlan.foundation.words import WordMissing, WordsClash, catalogue, read_catalogue, say, t, written
from anlan.wire.sl651.elements import ELEMENTS

PACKAGE = Path(anlan.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
TAG = re.compile(r"""\{%\s*(?:t|unknown|nothing|badge|field|bar)\s.*?%\}""", re.S)
QUOTED = re.compile(r'"([^"]*)"|\'([^\']*)\'')


def kinds_of(error: type[AnlanError]) -> Iterator[str]:
    for kind in error.__subclasses__():
        yield kind.__name__
        yield from kinds_of(kind)


SAYS = {"t", "w", "say", "translate", "done", *kinds_of(AnlanError)}
"""Whoever takes a Chinese sentence that a reader will see."""
SILENT = re.compile(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.S)


def templates() -> list[Path]:
    return sorted(PACKAGE.glob("*/templates/**/*.*"))


def said_in(template: Path) -> Iterator[str]:
    for tag in TAG.findall(template.read_text(encoding="utf-8")):
        for double, single in QUOTED.findall(tag):
            if CHINESE.search(double or single):
                yield double or single


def said_by(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in SAYS:
            continue
        for argument in node.args[:2]:
            if (
                isinstance(argument, ast.Constant)
                and isinstance(argument.value, str)
                and CHINESE.search(argument.value)
            ):
                yield argument.value


@pytest.mark.parametrize("template", templates(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_sentence_of_a_template_has_an_english_one(template: Path) -> None:
    missing = sorted({text for text in said_in(template) if text not in catalogue()})
    assert not missing, f"add to {template.relative_to(PACKAGE).parts[0]}/words.toml: {missing}"


@pytest.mark.parametrize("template", templates(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_chinese_stands_in_a_template_outside_the_catalogue(template: Path) -> None:
    bare = [
        line.strip()
        for line in SILENT.sub("", template.read_text(encoding="utf-8")).splitlines()
        if CHINESE.search(line)
    ]
    assert not bare, f'write {{% t "…" %}}: {bare}'


def test_every_sentence_of_the_code_has_an_english_one() -> None:
    missing = {
        (str(module.relative_to(PACKAGE)), text)
        for module in PACKAGE.rglob("*.py")
        for text in said_by(module)
        if text not in catalogue()
    }
    assert not missing, f"add to the room's words.toml: {sorted(missing)}"


def test_the_english_keeps_the_values_of_the_chinese() -> None:
    holes = re.compile(r"\{(\w+)")
    wrong = [zh for zh, en in catalogue().items() if set(holes.findall(zh)) != set(holes.findall(en))]
    assert not wrong


def test_a_sentence_is_filled_in_either_language() -> None:
    assert t("zh", "日志第 {n} 条", n=7) == "日志第 7 条"
    assert t("en", "日志第 {n} 条", n=7) == "Journal entry 7"


def test_a_title_of_a_pack_is_read_in_the_readers_language_and_falls_back_to_chinese() -> None:
    assert t("en", {"zh": "暴雨", "en": "Rainstorm"}) == "Rainstorm"
    assert t("en", {"zh": "暴雨"}) == "暴雨"


def test_a_title_that_a_register_wrote_is_english_where_it_is_known_and_else_as_written() -> None:
    assert written("en", "镇长") == "Town head"
    assert written("en", "河灯会会长") == "河灯会会长"
    assert written("zh", "镇长") == "镇长"


def test_a_missing_sentence_raises_where_it_is_strict_and_shows_chinese_elsewhere(monkeypatch) -> None:
    monkeypatch.setattr(words, "STRICT", False)
    assert t("en", "没有这句话的英文") == "没有这句话的英文"
    monkeypatch.setattr(words, "STRICT", True)
    with pytest.raises(WordMissing, match=r"words\.toml"):
        t("en", "没有这句话的英文")


def test_units_and_latin_words_need_no_entry() -> None:
    assert t("en", "m³/s") == "m³/s"


def test_two_rooms_that_disagree_are_named(tmp_path: Path) -> None:
    for room, english in (("a", "Move"), ("b", "Evacuate")):
        (tmp_path / room).mkdir()
        (tmp_path / room / "words.toml").write_text(f'"转移" = "{english}"', encoding="utf-8")
    with pytest.raises(WordsClash, match="Evacuate"):
        read_catalogue(tmp_path)


def test_every_element_of_a_gauge_has_an_english_name() -> None:
    assert not [
        each.name for each in ELEMENTS.values() if CHINESE.search(each.name) and each.name not in catalogue()
    ]


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "1 household on the way"), (0, "0 households on the way"), (21, "21 households on the way")],
)
def test_english_counts_by_number(n: int, said: str) -> None:
    assert t("en", "在路上 {n} 户", n=n) == said


def test_chinese_is_left_as_it_is() -> None:
    assert t("zh", "在路上 {n} 户", n=1) == "在路上 1 户"


def test_a_rules_sentence_and_what_stands_in_it_are_read_in_either_language() -> None:
    inner = say("{place}{n}户", place={"zh": "双利村", "en": "Shuangli"}, n=1)
    sentence = say("{who}现在就转{to}{by}", who=inner, to=say("，去{site}", site="小学"), by="")
    assert sentence.zh == "双利村1户现在就转，去小学"
    assert sentence.en == "Shuangli, 1 household: move now, to 小学"


def test_a_list_in_a_sentence_is_joined_as_each_language_joins() -> None:
    sentence = say("还缺：{lacking}。补齐再送审。", lacking=("a", "b"))
    assert sentence.zh == "还缺：a、b。补齐再送审。"
    assert sentence.en == "Still missing: a, b. Fill it in and submit again."


def test_english_stands_in_words_files_only() -> None:
    pairs = [
        f"{module.relative_to(PACKAGE)}:{node.lineno}"
        for module in PACKAGE.glob("*/rules/**/*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and {"zh", "en"} <= {each.arg for each in node.keywords}
        and any(
            isinstance(each.value, ast.Constant | ast.JoinedStr) for each in node.keywords if each.arg == "en"
        )
    ]
    assert not pairs, f"write say(中文) and its English into words.toml: {pairs}"
