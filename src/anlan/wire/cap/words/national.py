"""Words for the national (12379) form."""

from .base import Words

NATIONAL = {
    "CN-FORM": Words(
        "这是国家预警信息发布系统的格式，不是 CAP 1.2，按国家格式检查（格式细则待核实）",
        "this is the national (12379) form, not CAP 1.2; checked as such (details of the form to be verified)",
        "要给 CAP 用户，请另出一份 CAP 1.2",
        "write a CAP 1.2 copy for users of CAP",
    ),
    "CN-IDENTIFIER": Words(
        "标识 {value} 不合“14 位单位编码_14 位时间[_一位序号]”",
        "the identifier {value} is not <14-digit unit>_<14-digit time>[_digit]",
        "写成 42130041600000_20210812030500 的样子",
        "write it like 42130041600000_20210812030500",
    ),
    "CN-FIELD": Words(
        "缺少 {element}，或其值为空",
        "{element} is missing or empty",
        "补写该元素",
        "add the element",
    ),
    "CN-TIME": Words(
        "{element} 的时间 {value} 写法不对",
        "{element} has a badly written time: {value}",
        "写成 2021-08-12 03:05:00+08:00",
        "write 2021-08-12 03:05:00+08:00",
    ),
    "CN-VALUE": Words(
        "{element} 的值 {value} 不在允许之列：{allowed}",
        "{element} has the value {value}, which is not one of {allowed}",
        "改为其中之一",
        "use one of them",
    ),
    "CN-EVENT-TYPE": Words(
        "事件类型 {value} 不是 5 位编码",
        "the event type {value} is not a 5-character code",
        "按 GB/T 35561 填写，如暴雨为 11B03",
        "use GB/T 35561, for example 11B03 for rainstorm",
    ),
    "CN-GEOCODE": Words(
        "区划编码 {value} 不是 12 位数字",
        "the division code {value} is not 12 digits",
        "补足 12 位，如随州市 421300000000；几个之间用逗号",
        "give 12 digits, for example 421300000000; commas between several",
    ),
    "CN-SENDER": Words(
        "senderCode {value} 与标识里的单位编码不同",
        "the senderCode {value} is not the unit code of the identifier",
        "两处写同一个 14 位单位编码",
        "write the same 14-digit unit code in both",
    ),
}
