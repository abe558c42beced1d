from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "anlan.people"
    label = "people"

    def ready(self) -> None:
        from anlan.people import sessions  # noqa: F401  (remembers when a session began)
