from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    name = "anlan.gateways"
    label = "gateways"
