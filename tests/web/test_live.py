"""The live line, as a program speaks it."""

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import OTHER, add_other, jpeg, scene
from web.app import create_app
from web.config import WebConfig


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    add_other(home / "models" / OTHER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIMIK_HOME", str(home))
        application = create_app(WebConfig(viewers_each=1, allowed_hosts=("testserver",)))
    with TestClient(application) as client:
        yield client


def test_a_frame_is_answered_by_what_is_in_it(app):
    with app.websocket_connect("/live") as line:
        assert line.receive_json() == {"ready": "mimik"}
        tracks = set()
        for _ in range(3):
            line.send_bytes(jpeg(scene()))
            found = line.receive_json()
            assert found["image_wh"] == [640, 480]
            assert found["model"] == "mimik"
            (face,) = found["faces"]
            assert face["label"] == "happiness"
            tracks.add(face["track_id"])
        assert tracks == {1}  # it is followed


def test_the_model_is_changed_on_the_way(app):
    with app.websocket_connect("/live") as line:
        line.receive_json()
        line.send_json({"model": "another"})
        assert line.receive_json() == {"ready": "another"}
        line.send_bytes(jpeg(scene()))
        assert line.receive_json()["model"] == "another"


def test_a_model_that_is_not_there_is_a_sentence_and_the_old_one_stays(app):
    with app.websocket_connect("/live") as line:
        line.receive_json()
        line.send_json({"model": "../../etc"})
        assert line.receive_json()["status"] == 404
        line.send_bytes(jpeg(scene()))
        assert line.receive_json()["model"] == "mimik"


def test_what_is_no_picture_is_a_sentence_and_the_line_stays(app):
    with app.websocket_connect("/live") as line:
        line.receive_json()
        line.send_bytes(b"no picture")
        assert "not a picture" in line.receive_json()["detail"]
        line.send_text("{nonsense")
        assert line.receive_json()["status"] == 422
        line.send_bytes(jpeg(scene()))
        assert line.receive_json()["faces"]


def test_one_visitor_cannot_open_lines_without_end(app):
    app.get("/")  # the cookie tells visitors apart
    with app.websocket_connect("/live") as first:
        first.receive_json()
        with app.websocket_connect("/live") as second:
            assert second.receive_json()["status"] == 503
    with app.websocket_connect("/live") as again:
        assert again.receive_json() == {"ready": "mimik"}
