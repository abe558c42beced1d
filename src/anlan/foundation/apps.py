from anlan.foundation.rooms import Room
from anlan.foundation.words import w


class FoundationRoom(Room):
    events = {
        "packs.switched": w("启用或停用规则包"),
        "foundation.exercise.created": w("建立演练"),
        "foundation.exercise.ended": w("结束演练"),
        "foundation.exercise.paced": w("改演练速度"),
        "foundation.exercise.paused": w("暂停演练"),
        "foundation.exercise.started": w("开始演练"),
    }
    pack_kinds = {
        "fire_weather": (w("火险天气指数"), ("day_length",)),
        "forest_fire_index": (w("森林火险等级"), ("index", "variant")),
        "attenuation": (w("地震衰减关系"), ("relation",)),
        "quake_grading": (w("地震灾害分级"), ("grade",)),
        "hazard_source": (w("重大危险源"), ("substance", "class")),
        "slope_rain": (w("滑坡雨量阈值"), ("slope",)),
        "geohazard_risk": (w("地质灾害气象风险"), ("risk",)),
        "vulnerability": (w("脆弱性曲线"), ("vulnerability", "curve")),
        "relief_needs": (w("安置需求"), ("need",)),
    }

    @classmethod
    def ready(cls) -> None:
        from django.db.backends.signals import connection_created

        from anlan.foundation import kept

        connection_created.connect(kept.watch)
