from django.apps import AppConfig


class ConfConfig(AppConfig):
    name = "anlan.conf"
    label = "conf"
