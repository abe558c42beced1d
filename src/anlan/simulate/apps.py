from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class SimulateRoom(Room):
    after = "observe"
    finders = "finders:FINDERS"
    steps = "steps:STEPS"
    registers = ("running.live",)
    menu = (
        Entry(
            w("洪水模拟"),
            "runs",
            "simulate.view",
            "warn",
            4,
            inside=(
                "ensembles",
                "compare",
                "grounds",
            ),
            about=w("拿雨和地形算水：几点到哪村、多深，能不能信。"),
            help=w(
                "滚动预报自己跑；也可以手工下达一次，比两次，或跑一组看把握。没过检查的写拒用和原因，不会往下传。"
            ),
        ),
    )
    events = {
        "simulate.forecast.made": w("洪水预报作出"),
        "simulate.ground.added": w("地形已放入"),
        "simulate.live.off": w("滚动预报已停"),
        "simulate.live.on": w("滚动预报已开"),
        "simulate.run.accepted": w("模型运行可用"),
        "simulate.run.cancelled": w("模型运行已取消"),
        "simulate.run.failed": w("模型运行出错"),
        "simulate.run.ordered": w("模型运行已下达"),
        "simulate.run.refused": w("模型运行被拒用"),
    }
    rings = ("simulate.forecast",)
    pack_kinds = {
        "live_forecast": (w("滚动预报"), ("live",)),
        "critical_rain": (w("临界雨量计算"), ("critical", "hyetograph", "storm")),
        "ensemble": (w("集合离散度"), ("ensemble",)),
        "flood_breach": (w("溃口离散度"), ("spread",)),
    }
