"""Addresses of this room, all below the world whose runs they show."""

from django.urls import path

from anlan.simulate.views import runs

app_name = "simulate"
W = "w/<slug:world>/"
urlpatterns = [
    path(f"{W}runs", runs.listing, name="runs"),
    path(f"{W}runs/<str:ref>", runs.one, name="run"),
    path(f"{W}runs/<str:ref>/cancel", runs.cancel, name="cancel-run"),
    path(f"{W}runs/<str:ref>/water", runs.water, name="run-water"),
    path(f"{W}runs/<str:ref>/csv", runs.table, name="run-csv"),
]
