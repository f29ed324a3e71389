from django.core.cache import cache


def ring():
    return cache.add("rung", True, timeout=60)
