"""The description is the truth: whatever is sent, the answer is one that it names."""

import contextvars
import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks as known
from schemathesis.specs.openapi import checks

from motcua.dossiers import examples
from tests.factories import dossier_body, make_api_key

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
    tried: dict[str, set[int]] = {}

    def send(case):
        answer = case.call_and_validate(headers=headers, checks=list(CHECKS))
        tried.setdefault(case.operation.label, set()).add(answer.status_code)

    for operation in operations(described):
        limits = settings(
            max_examples=EXAMPLES_EACH,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        limits(given(case=operation.as_strategy(generation_mode=mode))(send))()

    assert len(tried) >= 12
    if mode is schemathesis.GenerationMode.NEGATIVE:
        assert 422 in set().union(*tried.values())
    else:
        assert {200, 201} <= set().union(*tried.values())


def bodies(described_json: dict) -> list[tuple]:
    """(method, path, content type, name, value) of every example request in the description."""
    found = []
    for path, methods in described_json["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}) if method != "parameters" else {}
            for kind, said in content.items():
                for name, example in said.get("examples", {}).items():
                    found.append((method, path, kind, name, example["value"]))
    return found


def test_every_example_request_is_answered_as_it_promises(api, described):
    door = api["binh-thuan"]
    door.put(f"/api/v1/dossiers/{examples.CODE}", dossier_body(agency_name="UBND phường Phan Thiết"))
    door.post("/api/v1/sync/dossiers", examples.SYNC_DOSSIER)
    shown = bodies(door.client.get("/api/v1/openapi.json").json)

    for method, path, kind, name, value in shown:
        raw = value if isinstance(value, str) else json.dumps(value)
        answer = door.open(
            method.upper(), path.replace("{code}", examples.CODE), data=raw.encode(), content_type=kind
        )
        assert answer.status_code in (200, 201), f"{path} {name}: {answer.get_data(as_text=True)}"
        operation = described[path][method.upper()]
        operation.validate_response(answer)
        if answer.mimetype == "application/x-ndjson":
            assert {json.loads(line)["status"] for line in answer.get_data().splitlines()} <= {200, 201}
        for result in (answer.json or {}).get("results", []) if answer.mimetype == "application/json" else []:
            assert result["status"] in (200, 201), result

    assert {path for _, path, *_ in shown} >= {
        "/api/v1/dossiers/{code}",
        "/api/v1/dossiers/{code}/events",
        "/api/v1/dossiers:batch",
        "/api/v1/sync/dossiers",
        "/api/v1/sync/progress",
        "/api/v1/webhooks",
    }


@pytest.mark.parametrize("content_type", ["", "text/csv", "application/xml", "x"])
@pytest.mark.parametrize("path", ["dossiers/000.00.01.H11-241126-0007/events", "sync/dossiers", "webhooks"])
def test_a_wrong_content_type_is_a_described_error(api, path, content_type):
    answer = api["binh-thuan"].open("POST", f"/api/v1/{path}", data=b"{}", content_type=content_type)

    assert answer.status_code in (400, 404, 415, 422)
    assert "Xin" in answer.json["error"]["message"]


def test_a_body_nested_without_end_is_an_error_of_the_sender(api):
    answer = api["binh-thuan"].open(
        "POST", "/api/v1/sync/dossiers", data=b"[" * 200_000, content_type="application/json"
    )

    assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize("number", ["9223372036854775807", "9223372036854775808", "0", "-1", "x"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_id_beyond_every_table_is_not_found(api, method, number):
    answer = api["binh-thuan"].open(method, f"/api/v1/webhooks/{number}")

    assert (answer.status_code, answer.json["error"]["code"]) == (404, "webhook_not_found")
