"""Django as WSGI; conf.asgi stands in front of it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.conf.settings")
application = get_wsgi_application()
