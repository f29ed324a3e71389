"""What a lab counts, and how the demo and the measurement say it."""

import io
from types import SimpleNamespace

import pytest

from core import catalogue
from core.demo import Lab, measure
from core.report import demo as demo_report
from core.report import measure as measure_report
from core.report.console import console
from core.runner.demo import Call, Column, Measured
from core.verdict import Point

LAB = {"populate": lambda size: steps.append(0), "sizes": (2, 4)}
steps: list[int] = []


def lab(**more) -> Lab:
    calls = {"walk()": lambda: steps.extend([1, 1, 1])}
    return Lab(SimpleNamespace(**{"calls": calls} | LAB | more))


def screen(show, *values) -> str:
    text = io.StringIO()
    show(console(text), catalogue.get("iterators"), *values)
    return text.getvalue()


def test_without_a_count_the_cost_is_queries():
    done = lab().do("walk()")
    assert (done.cost["value"], done.cost["unit"], done.result) == (0, "queries", "None")


def test_a_count_of_the_labs_own_is_the_cost():
    done = lab(count=lambda: len(steps), unit="steps").do("walk()")
    assert (done.cost["value"], done.cost["unit"]) == (3, "steps")


@pytest.mark.django_db
def test_a_call_that_raises_is_shown_and_measuring_it_stops():
    broken = lab(calls={"walk()": lambda: 1 / 0})
    assert broken.do("walk()").result == "ZeroDivisionError: division by zero"
    with pytest.raises(ZeroDivisionError):
        measure(broken, lambda kind, **values: None)


@pytest.mark.usefixtures("on_sqlite")
def test_measuring_sends_each_size_once():
    sent = []
    measure(lab(count=lambda: len(steps), unit="steps"), lambda kind, **values: sent.append(values))
    assert [(each["size"], each["value"], each["unit"]) for each in sent] == [
        (2, 3, "steps"),
        (4, 3, "steps"),
    ]


def test_demo_says_the_factor_in_operations():
    def column(source: str, value: float) -> Column:
        return Column(source, (Call("find(x)", "7", value, "comparisons", 0.001, ()),), None)

    shown = screen(demo_report.show, (column("stub", 5000), column("solution", 2)))
    assert "5000 comparisons" in shown
    assert "As shipped: 5000 comparisons; the solution: 2. That is 2,500 times as many." in shown


def test_measurement_names_the_unit():
    points = {"find(x)": (Point(1, 4, 0.001), Point(4, 16, 0.001))}
    shown = screen(measure_report.show, (Measured("stub", points, None, "comparisons"),))
    assert "comparisons" in shown
    assert "grows with the data" in shown
