"""What `/` finds of pages: the words of the menu that the reader may enter, in either language."""

from collections.abc import Iterator

from anlan.conf.page import rail
from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w
from anlan.ui.finding import Finder, Hit


def _found(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    for group in rail(ctx, ""):
        for entry in group["entries"]:
            if text in entry["word"] or text.casefold() in t("en", entry["word"]).casefold():
                yield Hit(name=t(lang, entry["word"]), page=entry["url"], about=t(lang, group["word"]))


FINDERS = (Finder(word=w("页面"), permission="", place=1, find=_found),)
