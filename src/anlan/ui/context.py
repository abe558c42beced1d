"""What every template gets from the kit; rooms and conf add `ctx`, `rail`, `exercise`, `me`, `head` (see README.md)."""

from typing import Any

from django.http import HttpRequest

from anlan.foundation.words import LANGUAGES


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `lang`, `html_lang`, `theme`, `other_lang`, `other_theme`."""
    lang = getattr(request, "lang", "zh")
    theme = getattr(request, "theme", "")
    return {
        "lang": lang,
        "html_lang": LANGUAGES[lang],
        "theme": theme,
        "other_lang": "en" if lang == "zh" else "zh",
        "other_theme": "light" if theme == "dark" else "dark",
    }
