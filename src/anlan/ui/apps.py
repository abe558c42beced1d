"""Django app of the kit; it has no tables."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Label `ui`."""

    name = "anlan.ui"
    label = "ui"
