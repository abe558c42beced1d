from anlan.foundation.rooms import Entry, Room
from anlan.foundation.words import w
from anlan.people.events import HOUSEHOLD_MOVED


class PeopleRoom(Room):
    after = "places"
    steps = "steps:STEPS"
    today = "today:TODAY"
    checks = "elsewhere.checks:checks"
    registers = ("accounts.sessions",)
    menu = (
        Entry(
            w("值班表"),
            "roster",
            "people.view",
            "registers",
            2,
            about=w("这个月哪天谁带班、谁值班，哪天还空着。"),
            help=w("本单位的月表可以照原样传上来；再传一次，以新的为准。"),
        ),
        Entry(
            w("账号"),
            "registers/accounts",
            "admin.manage",
            "system",
            1,
            inside=("/accounts",),
            about=w("谁能登录、在哪个岗位、管哪里。"),
            help=w("权限跟岗位走，不跟人走。要紧的岗位由两位管理员一起改。"),
        ),
    )
    events = {
        "people.account.activated": w("启用账号"),
        "people.account.asked": w("请另一位管理员确认账号变动"),
        "people.account.created": w("建立账号"),
        "people.account.deactivated": w("停用账号"),
        "people.account.declined": w("没有确认账号变动"),
        "people.account.link_made": w("生成一次性登录链接"),
        "people.account.locked": w("账号锁定"),
        "people.account.moved": w("账号换岗位"),
        "people.account.password_changed": w("改了密码"),
        "people.account.refused": w("登录没有通过"),
        "people.account.reset": w("重置账号"),
        "people.account.signed_in": w("登录了"),
        "people.account.signed_out": w("退出了"),
        "people.account.totp_enrolled": w("绑定了动态码"),
        "people.contact.unmasked": w("看了完整号码"),
        HOUSEHOLD_MOVED: w("一户搬了地方"),
        "people.token.made": w("建立接口令牌"),
        "people.token.revoked": w("吊销接口令牌"),
    }
    pack_kinds = {
        "duty_kinds": (w("责任人种类"), ("duty",)),
        "roles": (w("角色"), ("role", "change")),
        "sign_in": (w("别处登录"), ("sign_in",)),
    }
