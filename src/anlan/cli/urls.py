"""The page of commands."""

from django.urls import path

from anlan.cli import views

app_name = "cli"
urlpatterns = [path("w/<slug:world>/commands", views.commands, name="commands")]
