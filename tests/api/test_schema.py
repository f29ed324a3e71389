"""The API does what its own description says, whatever is asked."""

import os
from collections import Counter

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.wsgi import application
from tests.api.conftest import client_of
from tests.conftest import ALL

EXAMPLES = 100 if ALL else 2
CHECKS = [
    checks.not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_description_is_valid_and_whole():
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", os.devnull)


def test_every_operation_says_how_it_may_fail(api):
    paths = api.get("/api/schema/").json()["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert {"401", "406", "429"} < answers.keys(), path
            assert ("404" in answers) == ("{" in path)
            assert ({"400", "413", "415"} < answers.keys()) == ("requestBody" in operation)
            assert ("403" in answers) == (method == "post")
            assert operation["description"] or operation["operationId"]
            for status, answer in answers.items():
                wanted = "application/json" if status < "300" else "application/problem+json"
                assert list(answer["content"]) == [wanted]


@pytest.fixture
def described(api, learner, judged, broker, limit):
    """The description, read as a client reads it, of a workspace with a run of each kind."""
    limit()
    judged("bounded")
    api.post("/api/runs/", {"katas": ["rows", "pages"]}, format="json")
    header = {"Authorization": api._credentials["HTTP_AUTHORIZATION"]}
    # As Django's own client has it, which connects them anew: a request of the application closes no
    # connection, for the test's transaction is in it.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/schema/", application, headers=header)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def can_be_wrong(operation: dict) -> bool:
    """Whether there is anything to say that is not allowed: any text may be the name of a kata."""
    return "requestBody" in operation or any(
        parameter["in"] == "query" or parameter["schema"]["type"] != "string"
        for parameter in operation.get("parameters", ())
    )


def ask_everything(described, mode: GenerationMode, header: str) -> Counter[int]:
    """Ask each operation what its description allows, or what it does not; how often each status came."""
    statuses: Counter[int] = Counter()
    for found in described.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not can_be_wrong(operation.definition.raw):
            continue

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            response = case.call(headers={"Authorization": header})
            statuses[response.status_code] += 1
            case.validate_response(response, checks=CHECKS)

        ask()
    return statuses


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_a_learner_asks(described, mode, learner):
    header = client_of(learner)._credentials["HTTP_AUTHORIZATION"]
    statuses = ask_everything(described, mode, header)
    assert statuses[200] if mode is GenerationMode.POSITIVE else statuses[400]


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_nobody_asks(described, mode):
    assert ask_everything(described, mode, "").keys() <= {401, 404}
