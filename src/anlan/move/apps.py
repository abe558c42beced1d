from django.apps import AppConfig


class MoveConfig(AppConfig):
    name = "anlan.move"
    label = "move"
