"""国家预警信息发布系统格式 · The national (12379) form over the same Alert.

It is not CAP: no namespace, Chinese times with a blank, colours as severity, comma lists. Known from public samples
and GB/T 34283-2017 by reference; details are 待核实. The form carries less than CAP, so `write` takes what it can
hold and `carried` says exactly what that is: `read(write(form)) == carried(form)`.
"""
