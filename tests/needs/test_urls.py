import psycopg
import pytest
import redis
from kombu.utils.url import url_to_parts

from core.needs.urls import django_database, postgres_url, redis_urls, socket_url

POSTGRES = [
    "postgresql://ada@/shop?host=/tmp/a%20folder",
    "postgresql://ada:s%2Fe%40cret@localhost:5433/shop?sslmode=disable",
    "postgres://localhost/shop?connect_timeout=3",
    "postgresql://[::1]/shop",
]


@pytest.mark.parametrize("url", POSTGRES)
def test_django_reads_a_postgres_url_as_libpq_does(url):
    expected = psycopg.conninfo.conninfo_to_dict(url)
    found = django_database(url)
    assert found.pop("ENGINE") == "django.db.backends.postgresql"
    options = found.pop("OPTIONS")
    names = {
        "NAME": "dbname",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
        "PORT": "port",
    }
    assert {names[name]: value for name, value in found.items() if value} | options == {
        name: str(value) for name, value in expected.items()
    }


def test_same_postgres_as_another_user():
    assert postgres_url(POSTGRES[1], user="b", password="p/q", name="x") == (
        "postgresql://b:p%2Fq@localhost:5433/x?sslmode=disable"
    )
    assert postgres_url(POSTGRES[1], user="", password="", name="x") == (
        "postgresql://ada:s%2Fe%40cret@localhost:5433/x?sslmode=disable"
    )
    assert postgres_url(POSTGRES[0], user="b", password="", name="x") == (
        "postgresql://b@/x?host=/tmp/a%20folder"
    )


def test_socket_in_a_folder_with_a_space():
    found = psycopg.conninfo.conninfo_to_dict(socket_url("/tmp/a +folder", user="a", name="b"))
    assert found == {"user": "a", "dbname": "b", "host": "/tmp/a +folder"}


@pytest.mark.parametrize(
    "url", ["redis://:pw@host:1/3", "rediss://host?ssl_cert_reqs=none", "unix:///a%20b?db=2"]
)
def test_redis_database_is_replaced(url):
    found = redis_urls(url, "7")["REDIS_URL"]
    before, after = (redis.connection.parse_url(each) for each in (url, found))
    assert after == before | {"db": 7}


def test_celery_takes_a_socket_in_its_own_way():
    found = redis_urls("unix:///a%20b?db=2", "7")["CELERY_BROKER_URL"]
    assert found == "redis+socket:///a%20b?virtual_host=7"
    assert url_to_parts(found).path == "a b"
