"""All addresses. What happens in a world stands under /w/<world>/, so that nobody mistakes an exercise for the night.

Each room brings its own `urls.py`; an address stands without a slash at its end.
"""

from django.urls import URLPattern, URLResolver, include, path

from anlan.conf import setting_up, views
from anlan.conf.api import api
from anlan.foundation import rooms

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("setup", setting_up.page, name="setup"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
    path("api/v1/", api.urls),
    *(
        path("", include(each))
        for room in rooms.found()
        if room.name != "anlan.conf" and (each := room.part("urls"))
    ),
]
handler400 = "anlan.ui.views.bad_request"
handler403 = "anlan.ui.views.forbidden"
handler404 = "anlan.ui.views.not_found"
handler500 = "anlan.conf.views.server_error"
