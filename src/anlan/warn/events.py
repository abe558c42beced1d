"""Names by which this room and the later ones speak of the same thing: facts in the journal, kinds of due work."""

ALERT_APPROVED = "warn.alert.approved"
ALERT_APPROVED_VERBALLY = "warn.alert.approved_verbally"
ALERT_COSIGNED = "warn.alert.cosigned"
ALERT_COSIGNED_VERBALLY = "warn.alert.cosigned_verbally"
ALERT_COUNTERSIGNED = "warn.alert.countersigned"
ALERT_DRAFTED = "warn.alert.drafted"
ALERT_IMPORTED = "warn.alert.imported"
ALERT_ISSUED = "warn.alert.issued"
ALERT_PROPOSED = "warn.alert.proposed"
ALERT_SOURCE_CONFIRMED = "warn.alert.source_confirmed"

# due work
ALERT_COUNTERSIGN = "warn.alert.countersign"
ALERT_EXPIRE = "warn.alert.expire"
ALERT_RENEW = "warn.alert.renew"
