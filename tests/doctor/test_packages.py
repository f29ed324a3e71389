from importlib.metadata import version

from core.doctor.packages import Package, Packages, packages


def test_every_kind_of_line(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text(
        "# comment==1\n"
        f"django=={version('django')} \\\n"
        "    --hash=sha256:00==\n"
        "    # via that==1\n"
        "rich==0.1 ; python_full_version >= '3.11' \\\n"
        "no-such-package==2.0\n"
        "other-system==3 ; sys_platform == 'none'\n"
    )
    assert packages(path) == Packages(
        3,
        (Package("rich", "0.1", version("rich")), Package("no-such-package", "2.0", "")),
    )


def test_lock_of_this_repository_is_read_whole():
    from core.state import ROOT

    lines = (ROOT / "requirements.txt").read_text().splitlines()
    names = [line for line in lines if line[:1].isalnum()]
    assert 0 < packages().locked <= len(names)
