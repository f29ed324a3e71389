import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
application = get_wsgi_application()
_ = get_resolver().url_patterns  # with the views, before the first request
# What is loaded stays. Each time that the collector looked through it, somebody waited a tenth of a second.
gc.collect()
gc.freeze()
