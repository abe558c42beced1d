"""What was found, warned, called and moved, over the API: what is so (`records`), and what one does about it (`acts`)."""

from anlan.warn.api import acts, records

assert acts.router is records.router, "one address answers what is so and takes what is done: one router"
router = records.router
