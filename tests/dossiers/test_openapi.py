"""The description is the truth: whatever is sent, the answer is one that it names."""

import contextvars

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks as known
from schemathesis.specs.openapi import checks

from tests.factories import make_api_key

CHECKS = (
    known.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.missing_required_header,
)
EXAMPLES_EACH = 25


@pytest.fixture
def key(two_provinces) -> str:
    return make_api_key("binh-thuan")


@pytest.fixture
def described(app, key):
    def apart(environ, start_response):
        """Each request in a context of its own, as under a real server."""
        return contextvars.Context().run(app, environ, start_response)

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", apart)
    schema.config.generation.update(allow_extra_parameters=False)
    return schema


def operations(described) -> list:
    return [one.ok() for one in described.get_all_operations()]


@pytest.mark.timeout(90)
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_one_that_the_description_names(described, key, mode):
    headers = {"Authorization": f"Bearer {key}"}
    tried = set()
    for operation in operations(described):

        def send(case):
            tried.add(case.operation.label)
            case.call_and_validate(headers=headers, checks=list(CHECKS))

        run = operation.as_strategy(generation_mode=mode)
        limits = settings(
            max_examples=EXAMPLES_EACH,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        limits(given(case=run)(send))()
    assert len(tried) >= 5
