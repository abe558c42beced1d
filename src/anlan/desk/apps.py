from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w


class DeskRoom(Room):
    after = "gateways"
    finders = "finders:FINDERS"
    steps = "steps:STEPS"
    today = "today:TODAY"
    homes = {"leader": "brief", "administrator": "onset"}
    dues = "ill:DUES"
    menu = (
        Entry(
            w("值班台"),
            "desk",
            "desk.view",
            "watch",
            1,
            about=w("等人办的事，先轻重再时限；选一条，旁边是来龙去脉和下一步。"),
            help=w(
                "左边一列：求援、失联、水快到的在最上面。选中一条，地图移到那里，右边写明为什么、办什么。"
                "按钮按下就记入日志，能撤的 8 秒内可撤。底下的时间条能回看任何一刻，那时不能办事。"
            ),
        ),
        Entry(
            w("要情"),
            "brief",
            "warn.view",
            "watch",
            3,
            about=w("给领导看的五行：最急的、人、谁没应、水几点到、等谁签。"),
            help=w(
                "自己更新。点最急的一件去值班台看来龙去脉，点等签的去那条预警。没有写的就是没有，不知道的写不知道。"
            ),
        ),
        Entry(
            w("大屏"),
            "wall",
            "warn.view",
            "watch",
            2,
            about=w("给全屋看：最急的几件、全县态势、现在几点。"),
            help=w("投到墙上就行，自己更新，没有按钮。要办的事回值班台办。"),
        ),
        Entry(
            w("地图"),
            "map",
            "places.view",
            "map",
            1,
            about=w("全县一张图：叫应、转移、测站、预警和预报的水，可以回看。"),
            help=w(
                "点一个村或站，右边是它的情况。斜纹是不知道，不是没事。时间条拖到过去，图和表一起退回那一刻。下面的表里有同样的内容。"
            ),
        ),
        Entry(
            w("复盘"),
            "review",
            "simulate.view",
            "review",
            1,
            about=w("一夜过后对着日志看：什么时候知道、叫到、转完，早了多少。"),
            help=w("数都从日志里来，改不了。误报、漏报、没赶上的也写在这里。"),
        ),
        Entry(
            w("演练"),
            "exercises",
            "exercise.view",
            "review",
            3,
            about=w("在同一座城里演练：钟可快可慢，什么都不会真的发出去。"),
            help=w("新建一场，选剧本和速度，开始后进它的值班台。结束后只能看，不能再办。实战不受影响。"),
        ),
        Entry(
            w("日志"),
            "journal",
            "journal.view",
            "review",
            4,
            about=w("系统记下的每一件事，一条压一条，改不了。"),
            help=w("按种类、编号、时间筛。点核验，从头对一遍；有一条被改过，会指出是哪条。"),
        ),
        Entry(
            w("规则包"),
            "packs",
            "packs.view",
            "registers",
            9,
            inside=("back-tests",),
            about=w("判断用的条文和数字，各自的出处、把握和起止日期。"),
            help=w("待核实的有记号。停用一个包，它管的判断就不再出。"),
        ),
        Entry(
            w("上线二十步"),
            "onset",
            "admin.manage",
            "system",
            0,
            about=w("第一夜之前要做的二十件事，做到哪一步由数据自己说。"),
            help=w("每步点进去就是办它的页。可以打印出来逐条勾。"),
        ),
        Entry(
            w("办不成的事"),
            "dead-letters",
            "admin.manage",
            "system",
            2,
            about=w("系统试了几次都没办成的事，查明原因后可以再试。"),
            help=w("先看原因，再按再试。事办成之前一直留在这里。"),
        ),
    )
