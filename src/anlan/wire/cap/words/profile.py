"""Words for what the schema does not check."""

from .base import Words

PROFILE = {
    "CAP-IDENTIFIER": Words(
        "{element} 的值 {value} 为空，或含有空格、逗号、< 或 &",
        "{element} has the value {value}: empty, or with a blank, a comma, < or &",
        "只用字母、数字、点、下划线、连字符和 @",
        "use letters, digits, dot, underscore, hyphen and @ only",
    ),
    "CAP-REFERENCES-MISSING": Words(
        "{msg_type} 没有写明针对哪一条",
        "this {msg_type} does not say which message it is about",
        "在 references 写 sender,identifier,sent",
        "put sender,identifier,sent into references",
    ),
    "CAP-REFERENCES-FORM": Words(
        "引用 {value} 的写法不对",
        "the reference {value} is badly written",
        "每条写 sender,identifier,sent，几条之间用空格隔开",
        "write sender,identifier,sent for each, with blanks between them",
    ),
    "CAP-REFERENCES-SELF": Words(
        "这条信息引用了自己",
        "this message refers to itself",
        "改引用前一条，或给本条换一个 identifier",
        "refer to the earlier message, or give this one an identifier of its own",
    ),
    "CAP-EXERCISE-NOTE": Words(
        "演练信息没有 note，可能被当成真的",
        "an exercise without a note may be taken for real",
        "在 note 写明“演练”和演练名称",
        "write 演练 (exercise) and its name into note",
    ),
    "CAP-EXERCISE-HEADLINE": Words(
        "演练信息的标题没有“演练”字样",
        "the headline of an exercise does not say 演练 or exercise",
        "标题前加“【演练】”",
        "begin the headline with 【演练】",
    ),
    "CAP-RESTRICTION": Words(
        "scope 为 Restricted，却没有写限制规则",
        "scope is Restricted, but no restriction is given",
        "补写 restriction，或改为 Public",
        "add restriction, or use Public",
    ),
    "CAP-ADDRESSES": Words(
        "scope 为 Private，却没有写收件人",
        "scope is Private, but no addresses are given",
        "补写 addresses，或改为 Public",
        "add addresses, or use Public",
    ),
    "CAP-LIST-FORM": Words(
        "{element} 的引号不成对",
        "{element} has an unpaired quotation mark",
        "含空格的一项用一对双引号括起来",
        "put one pair of double quotes around an item with blanks",
    ),
    "CAP-INFO-MISSING": Words(
        "{msg_type} 没有 info，等于没有内容",
        "this {msg_type} has no info, so it says nothing",
        "至少写一个 info",
        "write at least one info",
    ),
    "CAP-EXPIRES-MISSING": Words(
        "没有写失效时间，收到的人不知道管到何时",
        "there is no expires, so nobody knows how long it holds",
        "补写 expires",
        "add expires",
    ),
    "CAP-EXPIRES-EARLY": Words(
        "失效时间不晚于 {other}（{value}）",
        "expires is not later than {other} ({value})",
        "核对两个时间及其时差",
        "check both times and their offsets",
    ),
    "CAP-AREA-MISSING": Words(
        "没有写受影响区域",
        "no area is given",
        "补写 area，至少有 areaDesc",
        "add an area with at least an areaDesc",
    ),
    "CAP-LANGUAGE": Words(
        "内容是中文，language 却是 {value}",
        "the text is Chinese, but language is {value}",
        "写 <language>zh-CN</language>；不写则按 en-US 处理",
        "write <language>zh-CN</language>; without it en-US is assumed",
    ),
    "CAP-COLOUR-SEVERITY": Words(
        "预警颜色为{colour_zh}色，severity 却是 {severity}，通常应为 {expected}",
        "the colour is {colour_en}, but severity is {severity}; usual is {expected}",
        "红 Extreme、橙 Severe、黄 Moderate、蓝 Minor，两处改成一致",
        "red Extreme, orange Severe, yellow Moderate, blue Minor: make both agree",
    ),
    "CAP-COLOURS-DIFFER": Words(
        "标题写{headline_zh}色，参数写{parameter_zh}色",
        "the headline says {headline_en}, the parameter says {parameter_en}",
        "改成一致",
        "make them agree",
    ),
    "CAP-POLYGON-FORM": Words(
        "坐标 {value} 的写法不对",
        "the coordinate {value} is badly written",
        "写成“纬度,经度”，小数点用“.”，点之间用空格隔开，逗号后不留空格",
        "write lat,lon with a point for decimals, a blank between points and none after the comma",
    ),
    "CAP-POLYGON-POINTS": Words(
        "多边形只有 {count} 个点",
        "the polygon has only {count} points",
        "至少 4 个点，首尾相同",
        "give at least 4 points, the last equal to the first",
    ),
    "CAP-POLYGON-OPEN": Words(
        "多边形没有闭合：首点 {first}，末点 {last}",
        "the polygon is not closed: first {first}, last {last}",
        "末尾重写一次首点",
        "repeat the first point at the end",
    ),
    "CAP-POLYGON-CROSSES": Words(
        "多边形自相交或自相接，在第 {first} 边与第 {second} 边",
        "the polygon crosses or touches itself at its edges {first} and {second}",
        "按顺序重排各点，或拆成几个多边形",
        "put the points in order round the area, or split it into several polygons",
    ),
    "CAP-POLYGON-FLAT": Words(
        "多边形没有面积",
        "the polygon has no area",
        "核对各点是否在一条线上",
        "check whether the points lie on one line",
    ),
    "CAP-POLYGON-TOO-LONG": Words(
        "多边形有 {count} 个点，太多，未查是否自相交",
        "the polygon has {count} points, too many to be checked for crossings",
        "简化到 2000 点以内",
        "simplify it to 2000 points or fewer",
    ),
    "CAP-COORDINATE-RANGE": Words(
        "坐标 {value} 超出范围（纬度 ±90，经度 ±180）",
        "the coordinate {value} is out of range (latitude ±90, longitude ±180)",
        "CAP 里先写纬度后写经度，可能写反了",
        "CAP has latitude first: the two may be swapped",
    ),
    "CAP-COORDINATE-SWAPPED": Words(
        "坐标 {value} 像是经纬度写反了",
        "the coordinate {value} looks swapped",
        "CAP 里先写纬度后写经度，如 31.86,113.12",
        "CAP has latitude first, as in 31.86,113.12",
    ),
    "CAP-COORDINATE-OUTSIDE": Words(
        "坐标 {value} 不在中国范围内",
        "the coordinate {value} lies outside China",
        "核对坐标；外国发来的预警可不理会",
        "check it; ignore this for alerts from abroad",
    ),
    "CAP-CIRCLE-FORM": Words(
        "圆 {value} 的写法不对",
        "the circle {value} is badly written",
        "写成“纬度,经度 半径公里数”，半径不为负",
        "write lat,lon radius-in-km, the radius not negative",
    ),
}
