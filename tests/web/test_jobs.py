"""Uploads: what becomes of them, who sees them, when they are gone."""

import json
import threading
from pathlib import Path

import cv2
import pytest
from fastapi.testclient import TestClient

from fer_core.untrusted.child import ChildError
from tests.waiting import until
from tests.web.conftest import jpeg, scene
from web.app import create_app
from web.config import WebConfig

JOBS = "/api/v1/jobs"


def client(tmp_path, **config):
    return TestClient(create_app(WebConfig(folder=tmp_path, **config)), base_url="http://localhost")


def ended(there, job):
    """The job once it is neither waiting nor running."""
    now = [job]

    def look():
        now[0] = there.get(f"{JOBS}/{job['id']}").json()
        return now[0]["state"] not in ("waiting", "running")

    until(look, "the job")
    return now[0]


def files_in(folder):
    return [path for path in Path(folder).rglob("*") if path.is_file()]


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 5, (640, 480))
    for index in range(4):
        writer.write(scene(index))
    writer.release()
    return path.read_bytes()


@pytest.fixture
def held(monkeypatch):
    """Jobs that go on until they are let go, and are no real work."""
    free = threading.Event()

    def call(function, arguments, limits, *, folder, handle):
        until(lambda: free.is_set() or handle.is_cancelled, "the end of a job")
        if handle.is_cancelled:
            raise ChildError("cancelled", "it was cancelled")
        (folder / "result.json").write_text(json.dumps({"kind": "photo"}))

    monkeypatch.setattr("web.jobs.child.call", call)
    monkeypatch.setattr("web.room.Room.start", lambda room: None)  # no picture is read here
    yield free
    free.set()


def test_a_photo_becomes_a_picture_a_table_and_json(tmp_path):
    with client(tmp_path) as there:
        sent = there.post(JOBS, params={"name": "me & you.jpg"}, content=jpeg(scene()))
        assert sent.status_code == 201
        job = ended(there, sent.json())
        assert (job["state"], job["kind"], job["name"]) == ("done", "photo", "me & you.jpg")
        (face,) = there.get(f"{JOBS}/{job['id']}/result").json()["result"]["faces"]
        assert face["label"] == "happiness"
        assert job["files"] == ["csv", "json", "picture", "plain"]
        csv = there.get(f"{JOBS}/{job['id']}/files/csv")
        assert "me & you.jpg" in csv.text
        assert "attachment" in csv.headers["content-disposition"]
        picture = there.get(f"{JOBS}/{job['id']}/files/picture").content
        assert picture.startswith(b"\xff\xd8\xff")
        assert there.delete(f"{JOBS}/{job['id']}").status_code == 204
        assert files_in(tmp_path) == []


def test_a_film_becomes_a_timeline_and_an_mp4(tmp_path, clip):
    with client(tmp_path) as there:
        job = ended(there, there.post(JOBS, params={"name": "clip.avi"}, content=clip).json())
        assert job["state"] == "done", job["problem"]
        result = there.get(f"{JOBS}/{job['id']}/result").json()
        (person,) = result["persons"]
        assert person["bands"][0][2] == "happiness"
        assert person["seconds"] == pytest.approx(0.8, abs=0.05)
        part = there.get(f"{JOBS}/{job['id']}/files/video", headers={"Range": "bytes=0-99"})
        assert (part.status_code, len(part.content)) == (206, 100)
        assert len(there.get(f"{JOBS}/{job['id']}/files/json").text.splitlines()) == 4


def test_a_film_that_is_too_long_is_refused_by_its_own_name(tmp_path, clip):
    with client(tmp_path, film_s=0.5) as there:
        job = ended(there, there.post(JOBS, params={"name": "long.avi"}, content=clip).json())
        assert job["state"] == "failed"
        assert job["problem"].startswith("long.avi takes 1 s and up to 0 s")
        assert str(tmp_path) not in job["problem"]


def test_a_damaged_file_is_a_sentence_without_a_path(tmp_path):
    with client(tmp_path) as there:
        bad = jpeg(scene())[:700]
        job = ended(there, there.post(JOBS, params={"name": "bad.jpg"}, content=bad).json())
        assert job["state"] == "failed"
        assert job["problem"].startswith("bad.jpg is ")
        assert str(tmp_path) not in job["problem"]
        assert not [path for path in files_in(tmp_path) if path.name.startswith("upload")]


@pytest.mark.parametrize(
    "content",
    [b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ" * 20, b"\x89HDF\r\n\x1a\n" * 4],
)
def test_what_is_neither_photo_nor_film_is_not_taken(tmp_path, held, content):
    """By its contents; a model is among them: none can be uploaded."""
    with client(tmp_path) as there:
        assert there.post(JOBS, content=content).status_code == 415
        assert there.post(JOBS, content=content, headers={"Content-Type": "image/jpeg"})
        assert files_in(tmp_path) == []


def test_a_file_that_is_too_large_leaves_nothing(tmp_path, held):
    with client(tmp_path, picture_bytes=1 << 20, film_bytes=2 << 20) as there:
        parts = (part for part in [jpeg(scene()), *[b"x" * 100_000] * 12])
        assert there.post(JOBS, content=parts).status_code == 413
        assert there.post(JOBS, content=b"x" * ((2 << 20) + 1)).status_code == 413
        assert files_in(tmp_path) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\x00b", "..", "C:\\x"])
def test_a_name_is_never_a_path(tmp_path, held, name):
    (tmp_path / "own").mkdir()
    with client(tmp_path / "own") as there:
        there.post(JOBS, params={"name": name}, content=jpeg(scene()))
        assert all(path.is_relative_to(tmp_path / "own") for path in files_in(tmp_path))


def test_two_visitors_never_see_each_others_jobs(tmp_path, held):
    with client(tmp_path) as one:
        other = TestClient(one.app, base_url="http://localhost")
        one.get("/")  # a cookie comes with the first answer
        other.get("/")
        job = one.post(JOBS, content=jpeg(scene())).json()
        held.set()
        ended(one, job)
        assert one.cookies["mimik_visitor"] != other.cookies["mimik_visitor"]
        assert other.get(JOBS).json() == {"jobs": []}
        for path in ("", "/result", "/files/csv"):
            assert other.get(f"{JOBS}/{job['id']}{path}").status_code == 404
        assert other.delete(f"{JOBS}/{job['id']}").status_code == 404
        assert len(one.get(JOBS).json()["jobs"]) == 1
        assert len(job["id"]) >= 32  # nobody guesses it


def test_a_job_that_runs_and_one_that_waits_are_cancelled(tmp_path, held):
    with client(tmp_path) as there:
        first, second = (there.post(JOBS, content=jpeg(scene())).json() for _ in range(2))
        until(
            lambda: there.get(f"{JOBS}/{first['id']}").json()["state"] == "running", "the first one"
        )
        assert there.delete(f"{JOBS}/{second['id']}").status_code == 204
        assert there.delete(f"{JOBS}/{first['id']}").status_code == 204
        assert there.get(JOBS).json() == {"jobs": []}
        until(lambda: files_in(tmp_path) == [], "the files to be gone")


def test_there_is_an_end_to_the_jobs_of_a_visitor(tmp_path, held):
    with client(tmp_path, jobs=2) as there:
        for _ in range(2):
            assert there.post(JOBS, content=jpeg(scene())).status_code == 201
        answer = there.post(JOBS, content=jpeg(scene()))
        assert answer.status_code == 429
        assert "remove one" in answer.json()["detail"]


def test_there_is_an_end_to_the_jobs_of_all(tmp_path, held):
    with client(tmp_path, jobs_all=2) as there:
        for index in range(3):
            there.cookies.clear()  # each is another visitor
            answer = there.post(JOBS, content=jpeg(scene()))
            assert answer.status_code == (201 if index < 2 else 507)


def test_what_broke_off_takes_no_place(tmp_path, held):
    with client(tmp_path, jobs=1) as there:
        for _ in range(3):
            assert there.post(JOBS, content=b"no photo").status_code == 415
        assert there.post(JOBS, content=jpeg(scene())).status_code == 201


def test_after_an_hour_all_is_gone(tmp_path, held):
    with client(tmp_path) as there:
        job = there.post(JOBS, content=jpeg(scene())).json()
        held.set()
        ended(there, job)
        assert files_in(tmp_path)
        for record in there.app.state.jobs.of_all():
            record.ends_at -= 3599
        assert there.get(f"{JOBS}/{job['id']}").status_code == 200
        for record in there.app.state.jobs.of_all():
            record.ends_at -= 2
        assert there.get(f"{JOBS}/{job['id']}").status_code == 404
        assert files_in(tmp_path) == []


def test_the_folder_is_private_and_gone_with_the_server(tmp_path, held):
    with client(tmp_path) as there:
        there.post(JOBS, content=jpeg(scene()))
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_a_result_that_is_not_there_yet_is_said(tmp_path, held):
    with client(tmp_path) as there:
        job = there.post(JOBS, content=jpeg(scene())).json()
        assert there.get(f"{JOBS}/{job['id']}/result").status_code == 409
