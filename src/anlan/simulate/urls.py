"""Addresses of this room, all below the world whose runs they show."""

from django.urls import path

from anlan.simulate.views import compare, ensembles, files, grounds, impacts, result, runs, shade

app_name = "simulate"
W = "w/<slug:world>/"
urlpatterns = [
    path(f"{W}runs", runs.listing, name="runs"),
    path(f"{W}runs/<str:ref>", result.one, name="run"),
    path(f"{W}runs/<str:ref>/cancel", runs.cancel, name="cancel-run"),
    path(f"{W}runs/<str:ref>/villages", result.places, name="run-villages"),
    path(f"{W}runs/<str:ref>/water", files.water, name="run-water"),
    path(f"{W}runs/<str:ref>/impact", impacts.one, name="run-impact"),
    path(f"{W}runs/<str:ref>/geojson", files.geojson, name="run-geojson"),
    path(f"{W}runs/<str:ref>/tif", files.tif, name="run-tif"),
    path(f"{W}runs/<str:ref>/csv", files.table, name="run-csv"),
    path(f"{W}runs/<str:ref>/pdf", files.sheet, name="run-pdf"),
    path(f"{W}grounds", grounds.listing, name="grounds"),
    path(f"{W}grounds/<str:ref>/live", grounds.switch, name="switch-live"),
    path(f"{W}grounds/<str:ref>/shade/<int:z>/<int:x>/<int:y>.png", shade.tile, name="shade"),
    path(f"{W}ensembles", ensembles.listing, name="ensembles"),
    path(f"{W}ensembles/<str:ref>", ensembles.one, name="ensemble"),
    path(f"{W}ensembles/<str:ref>/share", ensembles.share, name="ensemble-share"),
    path(f"{W}ensembles/<str:ref>/csv", ensembles.table, name="ensemble-csv"),
    path(f"{W}compare", compare.one, name="compare"),
    path(f"{W}compare/water", compare.water, name="compare-water"),
    path(f"{W}compare/csv", compare.table, name="compare-csv"),
]
