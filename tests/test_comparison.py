"""What changed between two attempts: cases, query shapes, code."""

from core.comparison import CaseChange, Comparison, QueryChange, compare
from core.verdict import Case, Measurement, Shape, Status, Verdict


def verdict(status: Status, *shapes: tuple[str, int], case: str = "A::test_x") -> Verdict:
    measured = Measurement(
        "queries",
        "titles()",
        0,
        1,
        tuple(Shape(sql, "exercise.py:3", times) for sql, times in shapes),
    )
    cases = (Case(case, 1, status, measurements=(measured,)),)
    return Verdict("k", "u", "exercise", "c", status, 1, (), cases)


def test_everything_that_changed():
    old = verdict(
        Status.FAILED, ("SELECT … FROM book", 1), ("SELECT … FROM author WHERE id = %s", 9)
    )
    new = verdict(Status.PASSED, ("SELECT … FROM book INNER JOIN author", 1))
    found = compare(old, new, {"exercise.py": b"a\nb\n"}, {"exercise.py": b"a\nc\n"})
    assert found == Comparison(
        code=("--- exercise.py", "+++ exercise.py", "@@ -1,2 +1,2 @@", " a", "-b", "+c"),
        cases=(CaseChange("A::test_x", Status.FAILED, Status.PASSED),),
        queries=(
            QueryChange(
                "titles()",
                10,
                1,
                gone=(("SELECT … FROM author WHERE id = %s", 9), ("SELECT … FROM book", 1)),
                come=(("SELECT … FROM book INNER JOIN author", 1),),
            ),
        ),
    )


def test_shape_that_is_asked_less_often_is_gone_by_the_difference():
    old = verdict(Status.PASSED, ("SELECT 1", 9))
    new = verdict(Status.PASSED, ("SELECT 1", 2))
    found = compare(old, new, {}, {})
    assert found.queries == (QueryChange("titles()", 9, 2, (("SELECT 1", 7),), ()),)
    assert (found.cases, found.code) == ((), ())


def test_cases_that_came_and_went():
    old, new = verdict(Status.PASSED, case="A::old"), verdict(Status.PASSED, case="A::new")
    assert compare(old, new, {}, {}).cases == (
        CaseChange("A::old", Status.PASSED, None),
        CaseChange("A::new", None, Status.PASSED),
    )


def test_binary_and_new_files_are_shown_as_text():
    same = verdict(Status.PASSED)
    code = compare(same, same, {}, {"cover.bin": b"\xff\n"}).code
    assert code == ("--- cover.bin", "+++ cover.bin", "@@ -0,0 +1 @@", "+�")
