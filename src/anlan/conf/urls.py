"""All addresses. What happens in a world stands under /w/<world>/, so that nobody mistakes an exercise for the night.

Each room brings its own `urls.py`; an address stands without a slash at its end.
"""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from anlan.conf import views
from anlan.conf.api import api

ROOMS = (
    "places",
    "people",
    "observe",
    "simulate",
    "judge",
    "warn",
    "move",
    "call",
    "prove",
    "gateways",
    "desk",
    "demo",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
    path("api/v1/", api.urls),
    *(path("", include(f"anlan.{room}.urls")) for room in ROOMS if find_spec(f"anlan.{room}.urls")),
]
handler400 = "anlan.ui.views.bad_request"
handler403 = "anlan.ui.views.forbidden"
handler404 = "anlan.ui.views.not_found"
handler500 = "anlan.conf.views.server_error"
