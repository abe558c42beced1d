"""{% load anlan %}: words, marks, times, numbers, parts. Each reads `lang` and `ctx` from the page's context."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms, template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from anlan.foundation.words import counted, w, written
from anlan.foundation.words import t as translate
from anlan.ui import assets, palette
from anlan.ui import format as show
from anlan.ui.svg import small
from anlan.ui.svg.small import HATCHES

register = template.Library()

BADGES = {
    "synthetic": w("合成数据"),
    "doubt": w("待核实"),
    "simulated": w("模拟通道"),
    "drill": w("演练"),
}


class UnknownBadge(LookupError):
    """A badge that the kit does not have; plain badges take a word: {% badge word="首报" %}."""


def _lang(context: Mapping[str, Any]) -> str:
    return str(context.get("lang") or "zh")


def _now(context: Mapping[str, Any]) -> datetime | None:
    """The moment the page is about: an explicit `now`, else the context's clock (an exercise has its own)."""
    return context.get("now") or getattr(context.get("ctx"), "now", None)


def _put(text: str, values: Mapping[str, object]) -> SafeString:
    told = format_html(escape(text), **values) if values else escape(text)
    return mark_safe(counted(told))  # chooses among words in what is escaped already


# ---------- words ----------
@register.simple_tag(takes_context=True)
def t(context: Mapping[str, Any], text: str | Mapping[str, str], **values: object) -> SafeString:
    """{% t "已叫 {n} 人" n=3 %} · {% t pack.title %}; values are escaped unless they are safe marks."""
    return _put(translate(_lang(context), text), values)


@register.simple_tag(takes_context=True)
def title(context: Any) -> str:
    """{% title %}: what the page's own `title` block says, once more, for the line of where one is."""
    return str(context.render_context[BLOCK_CONTEXT_KEY].get_block("title").render(context))


@register.filter
def of(title: str | Mapping[str, str], lang: str) -> str:
    """{{ pack.title|of:lang }}, {{ holder.title|of:lang }}: data in the reader's language; what people wrote in one
    language stays as they wrote it, but for words that the catalogue knows."""
    return written(lang, title) if isinstance(title, str) else translate(lang, title)


# ---------- marks ----------
@register.simple_tag(takes_context=True)
def level(context: Mapping[str, Any], key: str | int | None) -> SafeString:
    """{% level "red" %} or {% level 1 %}: a lawful warning's level. For our own findings use {% assess %}."""
    if key in (None, ""):
        return unknown(context)
    found = palette.level(key)
    return format_html(
        '<span class="level level--{}">{}</span>', found.code, translate(_lang(context), found.word)
    )


@register.simple_tag(takes_context=True)
def assess(context: Mapping[str, Any], key: str | int | None) -> SafeString:
    """{% assess "red" %}: a finding of the system (系统研判); steps instead of a level's colour and shape."""
    if key in (None, ""):
        return unknown(context)
    found = palette.level(key)
    words = translate(_lang(context), found.assessment)
    return format_html('<span class="assess">{}{}</span>', small.steps(5 - found.grade), words)


@register.simple_tag(takes_context=True)
def state(context: Mapping[str, Any], code: str, word: str | Mapping[str, str] = "") -> SafeString:
    """{% state "silent" %}; `word` replaces the usual word and keeps the look."""
    found = palette.state(code)
    words = translate(_lang(context), word or found.word)
    return format_html('<span class="tag tag--{}">{}</span>', found.code, words)


@register.simple_tag(takes_context=True)
def state_word(context: Mapping[str, Any], code: str) -> str:
    """{% state_word "silent" %}: the word alone, for legends and sentences."""
    return translate(_lang(context), palette.state(code).word)


@register.simple_tag(takes_context=True)
def badge(context: Mapping[str, Any], kind: str = "", word: str | Mapping[str, str] = "") -> SafeString:
    """{% badge "synthetic" %}, "doubt", "simulated", "drill"; or {% badge word="首报" %}."""
    if kind and kind not in BADGES:
        raise UnknownBadge(f"no badge {kind!r}; known: {', '.join(BADGES)}")
    words = translate(_lang(context), word or BADGES[kind])
    name = format_html("badge badge--{}", kind) if kind else "badge"
    return format_html('<span class="{}">{}</span>', name, words)


@register.simple_tag(takes_context=True)
def unknown(context: Mapping[str, Any], why: str = "") -> SafeString:
    """{% unknown "分钟值未公布" %}: hatched and said, never empty, never zero."""
    return format_html('<span class="unknown">{}</span>', translate(_lang(context), why or w("未知")))


# ---------- times and numbers ----------
@register.simple_tag(takes_context=True)
def bj(context: Mapping[str, Any], at: Any, style: str = "ago") -> SafeString:
    """{% bj at %} "04:51（12 分钟前）"; style "clock" 04:51:00 · "short" 04:51 · "hour" never a date · "full" 2021-08-12 04:51:00."""
    if at in (None, ""):
        return unknown(context)
    now = _now(context)
    if style == "full":
        text = show.full(at)
    elif style == "hour":
        text = show.clock(at)
    else:
        text = show.clock(at, now, seconds=style == "clock")
    tail = _ago(context, at, now) if style == "ago" and now is not None else ""
    return format_html('<time datetime="{}">{}{}</time>', show.beijing(at).isoformat(), text, tail)


def _ago(context: Mapping[str, Any], at: datetime, now: datetime) -> SafeString | str:
    sentence, n = show.ago(at, now)
    if not sentence:
        return ""
    lang = _lang(context)
    words = translate(lang, sentence, n=n)
    return format_html("<small>{}</small>", f"（{words}）" if lang == "zh" else f" ({words})")


AGO_WORDS = [w("刚刚"), w("马上")]
AGO_WORDS += [
    w("{n} 分钟前"),
    w("{n} 分钟后"),
    w("{n} 小时前"),
    w("{n} 小时后"),
    w("{n} 天前"),
    w("{n} 天后"),
]


@register.simple_tag(takes_context=True)
def countdown(context: Mapping[str, Any], deadline: Any) -> SafeString:
    """{% countdown due_at %}: time left; the browser ticks on; inverted when over."""
    now = _now(context)
    if deadline in (None, "") or now is None:
        return format_html('<span class="clock clock--later">—</span>')
    left = (deadline - now).total_seconds()
    look = "clock clock--over" if left < 0 else "clock clock--later" if left > 900 else "clock"
    stamp = show.beijing(deadline).isoformat()
    return format_html(
        '<span class="{}" data-deadline="{}">{}</span>', look, stamp, show.countdown(deadline, now)
    )


@register.simple_tag(takes_context=True)
def num(context: Mapping[str, Any], value: Any, unit: str = "", digits: int = 0) -> SafeString:
    """{% num rain "mm" 1 %} "85.3 mm"; None is unknown, never zero."""
    if value in (None, ""):
        return unknown(context)
    text = show.number(value, digits)
    return format_html("{} {}", text, translate(_lang(context), unit)) if unit else escape(text)


@register.simple_tag
def mask(phone: str) -> str:
    """{% mask phone %} "138 **** 4417"."""
    return show.mask_phone(phone or "")


@register.filter
def masked(name: str) -> str:
    """{{ name|masked }} "杨**"."""
    return show.mask_name(name or "")


# ---------- files ----------
@register.simple_tag
def vite(name: str) -> SafeString:
    """{% vite "map" %}: style sheets and module script of a built entry."""
    styles, script = assets.entry(name)
    links = format_html_join("\n", '<link rel="stylesheet" href="{}">', ((_built(each),) for each in styles))
    return format_html('{}\n<script type="module" src="{}"></script>', links, _built(script))


@register.simple_tag
def inline(name: str) -> SafeString:
    """{% inline "phone.css" %}: a style sheet of ours in the page itself, for a line so slow that each request counts."""
    return format_html("<style>{}</style>", mark_safe(assets.inline(name)[0]))


def _built(file: str) -> str:
    return static(f"anlan/build/{file}")


# ---------- parts ----------
@register.inclusion_tag("ui/parts/field.html", takes_context=True)
def field(context: Mapping[str, Any], bound: Any, hint: str = "", kind: str = "") -> dict[str, Any]:
    """{% field form.name hint="…" %}: label, hint, errors and the control, joined for screen readers; the first wrong one has the focus.

    In a table (kind="cell") the head of the column is the label that one sees.
    """
    widget, least = bound.field.widget, getattr(bound.field, "min_length", None)
    described = " ".join(
        ([f"{bound.id_for_label}-hint"] if hint or bound.help_text or least else [])
        + ([f"{bound.id_for_label}-error"] if bound.errors else [])
    )
    extra = {"class": "field"} if kind != "tick" and getattr(widget, "input_type", "") != "checkbox" else {}
    if described:
        extra["aria-describedby"] = described
    if bound.errors:
        extra |= {"aria-invalid": "true", "autofocus": True}
    tick = getattr(widget, "input_type", "") == "checkbox" and not getattr(
        widget, "allow_multiple_selected", False
    )
    many = getattr(widget, "input_type", "") in ("radio", "checkbox") and not tick
    if isinstance(widget, forms.Select):
        widget.choices = [(code, of(word, _lang(context))) for code, word in widget.choices]
    if many:
        widget.attrs |= extra
    control = bound.as_widget(attrs={} if many else extra)
    words = hint or bound.help_text
    return {
        "lang": _lang(context),
        "bound": bound,
        "control": control,
        "tick": tick,
        "many": many,
        "cell": kind == "cell",
        "hint": words,
        "least": least,
        "described": described,
    }


@register.inclusion_tag("ui/parts/pages.html", takes_context=True)
def pages(context: Mapping[str, Any], page: Any) -> dict[str, Any]:
    """{% pages page_obj %}: earlier and later, keeping the rest of the query."""
    return {"lang": _lang(context), "page": page, "request": context.get("request")}


@register.inclusion_tag("ui/parts/empty.html", takes_context=True)
def nothing(
    context: Mapping[str, Any], what: str, why: str = "", do: str = "", url: str = ""
) -> dict[str, Any]:
    """{% nothing "没有待办" why="…" do="看地图" url="/map/" %}: what is not here, why, and the next step."""
    return {"lang": _lang(context), "what": what, "why": why, "do": do, "url": url}


@register.simple_tag(takes_context=True)
def bar(context: Mapping[str, Any], done: int, way: int, total: Any, unit: str = "户") -> SafeString:
    """{% bar moved moving to_move %}: counted-in, under way, to go; unknown total is hatched words."""
    if total in (None, ""):
        return unknown(context)
    lang = _lang(context)
    label = translate(lang, w("已转移 {done}，转移中 {way}，应转 {total} {unit}"), done=done, way=way, total=total,
                      unit=translate(lang, unit))  # fmt: skip
    return small.bar(done=done, way=way, total=total, label=label)


UNIT_WORDS = [w("户"), w("人")]


@register.simple_tag
def hatches() -> SafeString:
    """{% hatches %}: pattern definitions that charts and maps on the page refer to; once a page (base.html does it)."""
    return mark_safe(HATCHES)
