"""Addresses of this room: the lines at work, a test, the switch."""

from django.urls import path

from anlan.reach import views

app_name = "reach"
W = "w/<slug:world>/lines"
urlpatterns = [
    path(W, views.listing, name="lines"),
    path(f"{W}/<str:ref>", views.one, name="line"),
    path(f"{W}/<str:ref>/try", views.try_it, name="line-try"),
    path(f"{W}/<str:ref>/on", views.on, name="line-on"),
    path(f"{W}/<str:ref>/off", views.off, name="line-off"),
]
