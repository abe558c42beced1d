"""Words for bytes that are refused, and for files that are no alert or break the schema."""

from .base import Words

HOSTILE = {
    "XML-TOO-LARGE": Words(
        "文件 {size} 字节，超过上限 {limit} 字节，已拒收",
        "the file has {size} bytes, more than the limit of {limit}; refused",
        "请发送方删去附件内容，只留链接",
        "ask the sender to leave attachments out and link to them",
    ),
    "XML-DOCTYPE": Words(
        "文件带有 DTD（实体炸弹和外部实体由此而来），已拒收",
        "the file carries a DTD, the home of entity bombs and external entities; refused",
        "删去 <!DOCTYPE …> 一段；预警信息从不需要它",
        "remove the <!DOCTYPE …> part; an alert never needs one",
    ),
    "XML-TOO-DEEP": Words(
        "元素嵌套超过 {limit} 层，已拒收",
        "elements are nested deeper than {limit}; refused",
        "正常的预警信息不超过 6 层，请核对文件来源",
        "a real alert nests 6 deep; check where the file comes from",
    ),
    "XML-TAG-TOO-LONG": Words(
        "有一个标签长过 {limit} 个字符，已拒收",
        "a tag is longer than {limit} characters; refused",
        "预警信息的标签没有长属性，请核对文件来源",
        "tags of an alert have no long attributes; check where the file comes from",
    ),
    "XML-TOO-MUCH-MARKUP": Words(
        "标签多过 {limit} 个，已拒收",
        "there are more than {limit} tags; refused",
        "把预警拆成几条，或核对文件来源",
        "split the alert, or check where the file comes from",
    ),
    "XML-ENCODING": Words(
        "文字编码不对：声明为 {declared}",
        "the bytes are not the encoding they claim: {declared}",
        '另存为 UTF-8，并写 encoding="UTF-8"',
        'save the file as UTF-8 and declare encoding="UTF-8"',
    ),
    "XML-CONTROL-CHARACTER": Words(
        "含有控制字符 {character}，XML 不允许",
        "there is a control character {character}, which XML forbids",
        "删去该字符",
        "remove the character",
    ),
    "XML-MALFORMED": Words(
        "不是完整的 XML：{reason}",
        "not well-formed XML: {reason}",
        "检查该处的标签是否成对、文件是否被截断",
        "check that tags are paired there and that the file is not cut off",
    ),
}

READING = {
    "CAP-NOT-CAP": Words(
        "根元素是 {root}，不是 CAP 1.2 的 alert",
        "the root element is {root}, not the alert of CAP 1.2",
        "只留一条 <alert>…</alert> 再试；别的格式请照原文录入",
        "keep one <alert>…</alert> and try again; type in from its words what has another form",
    ),
    "CAP-READ-AS": Words(
        "根元素是 {root}，已按 CAP 1.2 来读",
        "the root element is {root}; read as CAP 1.2",
        "请发布单位直接发 CAP 1.2 的 alert",
        "ask the issuer for a plain alert of CAP 1.2",
    ),
    "CAP-INVALID": Words(
        "预警信息有误：{zh}",
        "the alert is not valid: {en}",
        "{mend_zh}；改不了的，照原文录入",
        "{mend_en}; type in from its words what cannot be mended",
    ),
    "CAP-NOT-WRITABLE": Words(
        "这条预警写不成文件：{zh}",
        "this alert cannot be written: {en}",
        "改正该字段后再写",
        "mend that field and write again",
    ),
    "CAP-TIME": Words(
        "时间 {value} 写不进文件",
        "the time {value} cannot be written to a file",
        "用带时区、精确到秒的时间",
        "use an aware time in whole seconds",
    ),
    "CAP-SCHEMA-LOCATION": Words(
        "schemaLocation 属性不予采用",
        "the schemaLocation attribute is ignored",
        "删去该属性；本系统只用自带的模式文件",
        "remove it; only the built-in schema is used",
    ),
    "CAP-TOO-MANY": Words(
        "问题多过 {limit} 处，其余不再列出",
        "there are more than {limit} findings; the rest is not listed",
        "先改正以上各处再检查一次",
        "mend these and check again",
    ),
}

SCHEMA = {
    "XSD-MISSING": Words(
        "{element} 里缺少 {expected}",
        "{element} lacks {expected}",
        "补上缺少的元素；顺序不能变",
        "add the missing element; the order is fixed",
    ),
    "XSD-MISSING-BEFORE": Words(
        "{element} 之前缺少 {expected}",
        "{expected} is missing before {element}",
        "补上缺少的元素；已经写了的，移到它该在的位置（顺序不能变）",
        "add it, or move it there if it stands elsewhere: the order is fixed",
    ),
    "XSD-ORDER": Words(
        "{element} 不该在这里，此处应为 {expected}",
        "{element} does not belong here; expected is {expected}",
        "核对拼写和顺序：CAP 的元素顺序是固定的",
        "check spelling and order: the order of CAP elements is fixed",
    ),
    "XSD-UNEXPECTED": Words(
        "{element} 是多余的",
        "{element} is not expected here",
        "删去它，或核对它该在哪个元素里",
        "remove it, or check in which element it belongs",
    ),
    "XSD-VALUE": Words(
        "{element} 的值 {value} 不在允许之列：{allowed}",
        "{element} has the value {value}, which is not one of {allowed}",
        "改为其中之一，注意大小写，前后不留空格",
        "use one of them; mind the case, no blanks around it",
    ),
    "XSD-TIME": Words(
        "{element} 的时间 {value} 写法不对",
        "{element} has a badly written time: {value}",
        "写成 2021-08-12T03:05:00+08:00：不用 Z，不带小数秒，带数字时差",
        "write 2021-08-12T03:05:00+08:00: no Z, no fraction, a numeric offset",
    ),
    "XSD-TYPE": Words(
        "{element} 的值 {value} 不是 {type}",
        "{element} has the value {value}, which is no {type}",
        "按该类型改写",
        "write a value of that type",
    ),
    "XSD-ATTRIBUTE": Words(
        "{element} 不能带属性 {attribute}",
        "{element} must not carry the attribute {attribute}",
        "删去该属性",
        "remove the attribute",
    ),
    "XSD-TEXT": Words(
        "{element} 的子元素之间夹有文字",
        "there is text between the elements of {element}",
        "把文字移进相应的元素",
        "move the text into the element it belongs to",
    ),
    "XSD-CHILDREN": Words(
        "{element} 里只能写文字，不能再套元素",
        "{element} holds text only, no elements",
        "去掉里面的标签，或把 < 写成 &lt;",
        "remove the tags inside, or write < as &lt;",
    ),
    "XSD-OTHER": Words(
        "不合 CAP 1.2 模式：{reason}",
        "breaks the CAP 1.2 schema: {reason}",
        "对照 CAP 1.2 标准第 3.2 节改正",
        "mend it by section 3.2 of the CAP 1.2 standard",
    ),
}
