"""Addresses of this room, all below the world whose readings they show."""

from django.urls import path

from anlan.observe.views import imports, quarantine, soil, stations

app_name = "observe"
W = "w/<slug:world>/"
urlpatterns = [
    path(f"{W}stations", stations.listing, name="stations"),
    path(f"{W}stations/<str:address>", stations.one, name="station"),
    path(f"{W}stations/<str:address>/csv", stations.export, name="station-csv"),
    path(f"{W}stations/<str:address>/correct", stations.correct, name="correct"),
    path(f"{W}soil/<str:code>", soil.set_wetness, name="soil"),
    path(f"{W}quarantine", quarantine.listing, name="quarantine"),
    path(f"{W}quarantine/again", quarantine.again, name="requeue"),
    path(f"{W}quarantine/<int:number>/drop", quarantine.drop, name="drop"),
    path(f"{W}imports", imports.listing, name="imports"),
    path(f"{W}imports/<str:ref>", imports.one, name="import"),
    path(f"{W}imports/<str:ref>/confirm", imports.confirm, name="confirm-import"),
    path(f"{W}imports/<str:ref>/errors", imports.errors, name="import-errors"),
]
