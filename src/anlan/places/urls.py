"""Addresses of this room: layers of the county's own map."""

from django.urls import path

from anlan.places import views

app_name = "places"
W = "w/<slug:world>/layers"
urlpatterns = [
    path(W, views.listing, name="layers"),
    path(f"{W}/<str:ref>", views.one, name="layer"),
    path(f"{W}/<str:ref>/again", views.again, name="layer-again"),
    path(f"{W}/<str:ref>/drop", views.drop, name="layer-drop"),
    path(f"{W}/<str:ref>/undo", views.undo, name="layer-undo"),
]
