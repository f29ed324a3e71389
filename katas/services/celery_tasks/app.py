"""The bookshop's Celery application. Broker and results come from the environment, as for its workers."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
app = Celery("bookshop")
app.autodiscover_tasks()  # a worker imports the module `tasks` of each installed app
