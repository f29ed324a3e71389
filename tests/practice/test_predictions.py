"""How good a learner's predictions were."""

import dataclasses

import pytest

from core import runs
from core.practice.predictions import Predicted, predicted

pytestmark = pytest.mark.django_db


def test_own_prediction_and_how_many_were_right(kata, django_assert_num_queries):
    for number, (said, sent) in enumerate([(11, 41), (3, 3), (None, 5), (2, None), (7, 8)], 1):
        uuid = f"00000000-0000-4000-8000-00000000100{number}"
        runs.predict(dataclasses.replace(kata, uuid=uuid), f"call_{number}()", said, sent)
    first = dataclasses.replace(kata, uuid="00000000-0000-4000-8000-000000001001")
    with django_assert_num_queries(2):
        assert predicted(first) == Predicted("call_1()", 11, 41, made=3, right=1)


@pytest.mark.parametrize(("said", "sent"), [(None, 5), (2, None)])
def test_nothing_said_or_nothing_measured(kata, said, sent):
    assert predicted(kata) is None
    runs.predict(kata, "call()", said, sent)
    assert predicted(kata) is None
