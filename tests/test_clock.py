"""The learner's time zone: named by TZ, else the machine's, else UTC."""

import pytest

from core import clock


@pytest.mark.parametrize(
    ("tz", "linked", "expected"),
    [
        ("Europe/Paris", "Asia/Tokyo", "Europe/Paris"),
        (":Europe/Paris", "Asia/Tokyo", "Europe/Paris"),
        ("", "Asia/Tokyo", "Asia/Tokyo"),
        ("CET-1CEST", "Asia/Tokyo", "Asia/Tokyo"),
        ("/etc/passwd", "Asia/Tokyo", "Asia/Tokyo"),
        ("../../etc/passwd", "Nowhere/Atall", "UTC"),
        ("", None, "UTC"),
    ],
)
def test_zone(tmp_path, monkeypatch, tz, linked, expected):
    link = tmp_path / "localtime"
    if linked:
        zone = tmp_path / "zoneinfo" / linked
        zone.parent.mkdir(parents=True)
        zone.touch()
        link.symlink_to(zone)
    monkeypatch.setattr(clock, "LOCAL_TIME", str(link))
    monkeypatch.setenv("TZ", tz)
    assert clock.time_zone() == expected


def test_settings_show_times_in_it(manage):
    code = "from django.conf import settings; print(settings.TIME_ZONE)"
    status, out, _ = manage("shell", "-v0", "-c", code, env={"TZ": "Asia/Kathmandu"})
    assert (status, out) == (0, "Asia/Kathmandu\n")
