from django.apps import AppConfig


class ProveConfig(AppConfig):
    name = "anlan.prove"
    label = "prove"
