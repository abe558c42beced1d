"""All kinds of lines that this room brings."""

from anlan.gateways.lines import mail, robots, sms

KINDS = (*sms.KINDS, *robots.KINDS, *mail.KINDS)
