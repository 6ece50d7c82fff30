"""The API does what its OpenAPI file says, whatever is sent: bounded, and the same each time."""

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck

from tests.web.conftest import jpeg, scene
from web.app import create_app
from web.config import WebConfig
from web.contract import FaceForm, FrameForm

APP = create_app(WebConfig(allowed_hosts=("testserver",)))
SCHEMA = schemathesis.openapi.from_dict(APP.openapi())


@pytest.fixture(scope="module")
def server():
    from fastapi.testclient import TestClient

    with TestClient(APP, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("operation", [one.ok() for one in SCHEMA.get_all_operations()], ids=str)
def test_no_request_breaks_the_contract(server, operation):
    @hypothesis.settings(
        max_examples=8, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
        phases=[hypothesis.Phase.generate],
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy())
    def sent(case):
        given = case.as_transport_kwargs(base_url="http://testserver")
        wanted = {"method", "url", "params", "headers", "content", "data", "cookies"}
        body = given.pop("data", None)
        content = body if isinstance(body, bytes | str) else b""
        kept = {key: value for key, value in given.items() if key in wanted - {"cookies", "data"}}
        answer = server.request(**kept, content=content)
        known = operation.definition.raw["responses"]
        assert str(answer.status_code) in known, (answer.status_code, answer.text[:200])
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert set(answer.json()) == {"title", "status", "detail"}

    sent()


def test_an_answer_has_the_form_that_the_file_promises(server):
    answer = server.post("/api/v1/analyze", content=jpeg(scene())).json()
    FrameForm.model_validate(answer)
    assert set(answer) == {field.alias or name for name, field in FrameForm.model_fields.items()}
    assert set(answer["faces"][0]) == set(FaceForm.model_fields)


def test_the_models_have_the_form_that_the_file_promises(server):
    from web.contract import DiagramForm, ModelsForm

    models = ModelsForm.model_validate(server.get("/api/v1/models").json()).models
    assert [model.name for model in models if model.default] == ["mimik"]
    mimik = next(model for model in models if model.default)
    assert {row.data: row.accuracy for row in mimik.measured}["RAF-DB"] == 0.8719
    assert mimik.non_commercial
    assert mimik.speed_ms
    offered = [model for model in models if not model.usable]
    assert all("not trained yet" in model.problem for model in offered)
    found = server.get("/api/v1/models/mimik/diagram").json()
    assert DiagramForm.model_validate(found).parameters == 3_827_964
    assert server.get("/api/v1/models/none/diagram").status_code == 404
