import psycopg
import pytest
import redis
from kombu.utils.url import url_to_parts

from core.needs.urls import (
    amqp_url,
    django_database,
    management_url,
    postgres_url,
    redis_urls,
    socket_of,
    socket_url,
    without_password,
)

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


@pytest.mark.parametrize(
    ("url", "other", "management"),
    [
        ("amqp://localhost", "amqp://a:b%2F@localhost/v", "http://guest:guest@localhost:15672"),
        (
            "amqps://x:p%40@host:1/%2F?heartbeat=5",
            "amqps://a:b%2F@host:1/v?heartbeat=5",
            "https://x:p%40@host:15672",
        ),
        ("amqp://u@[::1]:5672", "amqp://a:b%2F@[::1]:5672/v", "http://u:guest@[::1]:15672"),
    ],
)
def test_rabbitmq(url, other, management):
    assert amqp_url(url, user="a", password="b/", host="v") == other
    assert management_url(url, 15672) == management


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("redis://localhost", ""),
        ("unix:///a%20b/s?db=1", "/a b/s"),
        ("postgresql://u@/x?host=%2Fdata", "/data/.s.PGSQL.5432"),
        ("postgresql://u@%2Fdata:7/x", "/data/.s.PGSQL.7"),
        ("postgresql://localhost/x", ""),
    ],
)
def test_socket_of_a_url(url, path):
    assert socket_of(url) == path


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:s3cret@host:1/x", "postgresql://ada@host:1/x"),
        ("redis://:s3cret@host", "redis://@host"),
        ("unix:///run/s", "unix:///run/s"),
        ("http://localhost:9200", "http://localhost:9200"),
        ("postgresql://ada:a@b@host/x", "postgresql://ada@host/x"),
    ],
)
def test_shown_without_password(url, shown):
    assert without_password(url) == shown
