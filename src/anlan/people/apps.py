from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "anlan.people"
    label = "people"
