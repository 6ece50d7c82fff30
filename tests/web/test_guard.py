"""What a request must pass, and what an answer carries."""

import json
import re
import subprocess
import sys

import pytest
from fastapi.testclient import TestClient

from fer_core.errors import ConfigError
from tests.conftest import PROJECT_ROOT
from tests.web.conftest import jpeg, scene
from web.app import create_app
from web.config import WebConfig
from web.pages import STATIC

TOKEN = "a-token-that-nobody-guesses"


def client(**config):
    return TestClient(create_app(WebConfig(**config)), base_url="http://localhost:8000")


@pytest.fixture
def visitor():
    return client()


def test_another_name_of_this_server_is_refused(visitor):
    answer = visitor.get("/", headers={"Host": "attacker.example"})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"
    assert "--allow-host" in answer.json()["detail"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"])
def test_the_names_of_this_computer_are_known(visitor, host):
    assert visitor.get("/health", headers={"Host": host}).status_code == 200


def test_a_name_that_was_allowed_is_known():
    there = client(allowed_hosts=("faces.example",))
    assert there.get("/health", headers={"Host": "faces.example"}).status_code == 200


@pytest.mark.parametrize("host", ["", "[::1", "a:b:c", "localhost.attacker.example"])
def test_a_strange_host_is_refused(visitor, host):
    assert visitor.get("/health", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_can_change_nothing(visitor, headers):
    answer = visitor.post("/api/v1/analyze", content=b"x", headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}]
)
def test_our_own_page_and_programs_may(visitor, headers):
    assert visitor.post("/api/v1/nothing", content=b"x", headers=headers).status_code == 404


def test_another_site_cannot_open_the_live_line(visitor):
    from starlette.websockets import WebSocketDisconnect

    with (
        pytest.raises(WebSocketDisconnect) as closed,
        visitor.websocket_connect(
            "/live", headers={"Host": "localhost", "Origin": "https://attacker.example"}
        ),
    ):
        pass
    assert closed.value.code == 1008
    assert "Another site" in closed.value.reason


def test_every_answer_forbids_foreign_scripts_and_frames(visitor):
    for path in ("/", "/static/main.js", "/api/v1/models", "/nowhere"):
        headers = visitor.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_no_page_has_a_script_or_a_style_inside(visitor):
    for path in ("/", "/docs"):
        page = visitor.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick" not in page
        assert page.count("<script") == page.count('<script type="module" src=')
        assert "//" not in page.replace("<!doctype", "")  # nothing from elsewhere


def test_a_visitor_gets_a_cookie_that_scripts_cannot_read_and_other_sites_do_not_send(visitor):
    cookie = visitor.get("/").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    assert "set-cookie" not in visitor.get("/").headers  # kept from then on


def test_over_https_the_cookie_is_secure(visitor):
    answer = visitor.get("/", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["set-cookie"]


def test_a_cookie_that_is_none_of_ours_is_replaced(visitor):
    answer = visitor.get("/", headers={"Cookie": "mimik_visitor=../../x"})
    assert "mimik_visitor=" in answer.headers["set-cookie"]


def test_without_the_token_nothing_is_shown():
    there = client(token=TOKEN)
    for path in ("/", "/api/v1/models", "/static/main.js", "/docs"):
        assert there.get(path).status_code == 401
    assert there.get("/?token=wrong-wrong-wrong-wrong").status_code == 401
    assert there.get("/health").status_code == 200


def test_the_address_with_the_token_leaves_a_cookie_and_no_token_in_the_address():
    there = client(token=TOKEN)
    answer = there.get(f"/?token={TOKEN}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    assert there.get("/").status_code == 200


def test_the_redirect_leads_to_no_other_site():
    there = client(token=TOKEN)
    answer = there.get(f"//attacker.example/?token={TOKEN}", follow_redirects=False)
    assert not answer.headers.get("location", "").startswith("//")


def test_a_program_sends_the_token_as_a_header():
    there = client(token=TOKEN)
    good, bad = ({"Authorization": f"Bearer {word}"} for word in (TOKEN, "x" * 30))
    assert there.get("/api/v1/models", headers=good).status_code == 200
    assert there.get("/api/v1/models", headers=bad).status_code == 401


def test_tokens_are_compared_in_constant_time(monkeypatch):
    compared = []

    def compare(a, b):
        compared.append((a, b))
        return a == b

    monkeypatch.setattr("web.guard.hmac.compare_digest", compare)
    client(token=TOKEN).get("/", headers={"Authorization": "Bearer x"})
    assert (b"x", TOKEN.encode()) in compared


def test_for_others_a_token_is_needed():
    with pytest.raises(ConfigError, match="token"):
        WebConfig(host="0.0.0.0")
    with pytest.raises(ConfigError, match="too short"):
        WebConfig(host="0.0.0.0", token="short")
    assert WebConfig(host="0.0.0.0", token=TOKEN).token == TOKEN


@pytest.mark.parametrize(
    "name", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "main.js%00"]
)
def test_a_name_is_never_a_path(visitor, name):
    assert visitor.get(f"/static/{name}").status_code == 404


def test_a_picture_that_is_too_large_is_refused_before_it_is_sent():
    there = client(picture_bytes=1 << 20)
    answer = there.post("/api/v1/analyze", content=b"x" * ((1 << 20) + 1))
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["detail"]


def test_a_picture_of_unknown_length_is_cut_off():
    parts = (b"x" * 100_000 for _ in range(12))  # sent without a Content-Length
    answer = client(picture_bytes=1 << 20).post("/api/v1/analyze", content=parts)
    assert answer.status_code == 413


def test_a_picture_with_too_many_pixels_is_refused():
    with client(picture_px=640 * 480 - 1) as there:
        answer = there.post("/api/v1/analyze", content=jpeg(scene()))
        assert answer.status_code == 422
        assert "megapixels" in answer.json()["detail"]


def test_an_error_of_ours_says_nothing_about_this_computer(visitor, monkeypatch, caplog):
    def broken(*given):
        raise RuntimeError("/secret/path")

    monkeypatch.setattr("web.api._cards", broken)
    there = TestClient(visitor.app, base_url="http://localhost:8000", raise_server_exceptions=False)
    answer = there.get("/api/v1/models")
    assert answer.status_code == 500
    assert "secret" not in json.dumps(answer.json())
    caplog.clear()


def test_under_a_prefix_cookies_redirect_and_the_api_s_file_know_it():
    there = client(prefix="/mimik", token=TOKEN)
    answer = there.get(f"/?token={TOKEN}", follow_redirects=False)
    assert answer.headers["location"] == "/mimik/"
    assert all("Path=/mimik;" in cookie for cookie in answer.headers.get_list("set-cookie"))
    header = {"Authorization": f"Bearer {TOKEN}"}
    found = there.get("/api/v1/openapi.json", headers=header).json()
    assert found["servers"] == [{"url": "/mimik"}]
    with pytest.raises(ConfigError, match="prefix"):
        WebConfig(prefix="mimik/")


def test_no_address_in_the_page_leaves_the_prefix():
    for page in ("index.html", "docs.html"):
        text = (STATIC / page).read_text(encoding="utf-8")
        assert re.findall(r'(?:href|src)="/', text) == []
    for script in STATIC.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert re.findall(r'["`]/(?:api|static|texts|live)', text) == [], script.name


def test_nothing_of_the_page_is_loaded_before_it_is_served():
    code = (
        "import sys; from cli.app import _parser; _parser(); "
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('fastapi', 'starlette', 'uvicorn', 'pydantic', 'web')])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT_ROOT, check=True)
    assert done.stdout.strip() == "[]"
