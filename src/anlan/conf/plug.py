"""Django's side of the rooms: when its models stand, each room is told so, in the order of facts."""

from django.apps import AppConfig

from anlan.foundation import rooms


class Rooms(AppConfig):
    name = "anlan"

    def ready(self) -> None:
        for room in rooms.found():
            room.ready()
