from anlan.foundation.rooms import Room


class DemoRoom(Room):
    after = "desk"

    @classmethod
    def ready(cls) -> None:
        super().ready()
        from anlan.demo.exercises import LIULIN_NIGHT
        from anlan.foundation import scenarios

        scenarios.register(LIULIN_NIGHT)
