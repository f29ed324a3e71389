"""`manage.py kata_check` as an author meets it: words, JSON, exit status."""

import json

WEAK = "tests/samples/mutation/weak"


def test_check_names_what_is_sound(manage):
    assert manage("kata_check", "select_related") == (
        0,
        "✓ orm/select_related  9 cases, 4 wrong answers rejected\n1 katas, 0 to mend\n",
        "",
    )


def test_mutate_shows_each_survivor_and_what_to_do(manage):
    status, out, err = manage("kata_check", "weak", "--mutate")
    *lines, timed = out.splitlines()
    assert (status, err) == (1, "")
    assert lines == [
        "✓ mutation/weak  5 cases, 0 wrong answers rejected",
        "1 katas, 0 to mend",
        "✗ mutation/weak  89 % caught: 17 of 19 changes, 2 survive, 2 equivalent",
        f"  {WEAK}/author/solution/exercise.py:34",
        "    - def total(self, discount: int = 0) -> int:",
        "    + def total(self, discount: int = 1) -> int:",
        f"  {WEAK}/author/solution/exercise.py:44",
        "    - return len(self.prices) > self.limit",
        "    + return len(self.prices) >= self.limit",
        f"  {WEAK}/tests.py  mutation: 89 % of 19 changes are caught, 90 % is the least",
        "      Add the case that a survivor lacks; list one that changes nothing as [[equivalent]].",
        f"  {WEAK}/kata.toml  equivalent: no survivor turns 'steps = 0' into 'steps = 1'",
        "      Take the entry out: the change is caught, or the line is another one now.",
    ]
    assert timed.startswith("21 changes in ")
    assert timed.endswith(" s each; 1 katas below 90 %")


def test_mutate_says_why_nothing_was_changed(manage):
    status, out, _ = manage("kata_check", "needy", "--mutate", env={"REDIS_URL": ""})
    need = "needy needs a redis server, and REDIS_URL is not set."
    assert (status, out.splitlines()[-2:]) == (
        0,
        [
            f"– runner/needy  no change made: {need}",
            "0 changes in 0.0 s; 0 katas below 90 %",
        ],
    )


def test_mutate_for_machines(manage):
    status, out, err = manage("kata_check", "bounded", "--mutate", "--json")
    answer = json.loads(out)
    (mutation,) = answer["mutations"]
    assert (status, err, answer["sound"]) == (0, "", True)
    assert mutation.pop("seconds") > 0
    assert mutation == {
        "kata": "bounded",
        "track": "runner",
        "spots": 3,
        "caught": 3,
        "equivalent": 0,
        "survivors": [],
        "findings": [],
        "unavailable": "",
        "score": 100,
    }
