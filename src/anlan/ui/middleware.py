"""Reader's preferences: language and theme come from `?lang=` / `?theme=`, then from a cookie; both work without script."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from anlan.foundation.words import LANGUAGES

THEMES = ("light", "dark")
_YEAR = 365 * 24 * 3600
_DJANGO_LANGUAGE = {"zh": "zh-hans", "en": "en"}


class PreferencesMiddleware:
    """Sets `request.lang` ("zh", "en") and `request.theme` ("light", "dark", "" for the system's), remembers a choice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Runs the page in the reader's language."""
        lang = choice(request, "lang", tuple(LANGUAGES)) or "zh"
        theme = choice(request, "theme", THEMES)
        request.lang, request.theme = lang, theme  # type: ignore[attr-defined]
        with translation.override(_DJANGO_LANGUAGE[lang]):
            response = self.get_response(request)
        for name, value in (("lang", lang), ("theme", theme)):
            if request.GET.get(name) == value:
                response.set_cookie(
                    f"anlan_{name}", value, max_age=_YEAR, samesite="Lax", secure=request.is_secure()
                )
        return response


def choice(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    """The reader's choice from the address, else from the cookie, else ""; what is not known is no choice."""
    for value in (request.GET.get(name), request.COOKIES.get(f"anlan_{name}")):
        if value in known:
            return str(value)
    return ""
