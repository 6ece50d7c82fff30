"""A film is analysed whole beside the picture, and what was found is there when it comes back."""

import cv2
import numpy as np
import pytest
from fakes import write_model

from fer_core import analysis, paths
from fer_core.pipeline import load_pipeline
from fer_core.video import open_source
from tests.waiting import until
from ui.core.film import Film, film_data
from ui.core.stage import Stage

FRAMES = 12


@pytest.fixture
def clip(tmp_path, portrait):
    write_model(paths.user_models_dir() / "stand-in", seed=1)
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (512, 512))
    for index in range(FRAMES):
        writer.write(np.roll(portrait, index, axis=1))
    writer.release()
    return str(path)


def make():
    return load_pipeline("stand-in", "haar", thorough=True)


def analysed(path):
    film = Film(path, make)
    until(lambda: film.is_complete, "the film's analysis")
    return film


def test_every_frame_has_its_own_result_and_the_whole_is_told(clip):
    film = analysed(clip)
    with open_source(clip) as source:
        frames = list(source)
    assert len(frames) == FRAMES
    for frame in frames:
        found = film.result(frame)
        assert (found.frame_index, len(found.faces)) == (frame.index, 1)
        assert found.time_s == pytest.approx(frame.time_s)
    until(lambda: film._thread.is_alive() is False)
    data = film.take()
    assert film.take() is None, "once"
    assert data.complete
    assert data.duration_s == pytest.approx(FRAMES / 25, abs=0.05)
    (person,) = data.people
    assert person.stretches[0][0] == 0.0
    assert len(person.curves) == 7
    assert data.events[0].kind == "enters"
    film.stop()
    assert film.result(frames[0]) is None


def test_a_frame_of_another_film_has_no_result(clip):
    from dataclasses import replace

    film = analysed(clip)
    with open_source(clip) as source:
        frame = next(iter(source))
    assert film.result(replace(frame, time_s=frame.time_s + 0.01)) is None
    assert film.result(replace(frame, index=999)) is None
    film.stop()


def test_the_second_time_nothing_is_analysed(clip, monkeypatch):
    analysed(clip).stop()

    def never(*_, **__):
        raise AssertionError("it was analysed already")

    monkeypatch.setattr(analysis, "analyse", never)
    film = Film(clip, make)
    until(lambda: (found := film.take()) is not None and found.complete)
    film.stop()


def test_markers_and_names_are_kept_with_the_film(clip):
    film = analysed(clip)
    film.mark(0.2, "here")
    film.name(film_data(film._session).people[0].number, "Ada")
    film.stop()
    film = analysed(clip)
    data = film_data(film._session)
    assert data.people[0].name == "Ada"
    assert [(e.time_s, e.label) for e in data.events if e.kind == "marker"] == [(0.2, "here")]
    film.stop()


def test_a_film_that_is_left_is_analysed_no_further(clip):
    made = []
    film = Film(clip, lambda: made.append(make()) or film._stop.set() or made[0])
    until(lambda: not film._thread.is_alive())
    assert made, "it had begun"
    film.stop()
    assert film._session is None
    assert list(paths.sessions_dir().glob("*")) == []


class Loaded:
    """An engine that has loaded a model and finds nothing in a picture that plays."""

    ready, unsure_below = True, 0.45
    thorough_twin = staticmethod(make)

    def process(self, frame):
        from fer_core.types import FrameResult

        return FrameResult(frame.index, frame.time_s, frame.picture_wh, (), "live")

    def reset(self):
        pass


def test_the_picture_bears_the_boxes_of_exactly_its_frame(clip):
    from ui.core.worker import Worker

    jobs = Worker("test-jobs", lambda message: None)
    stage = Stage(Loaded(), jobs, lambda event: None)
    stage.open_stream(clip, reconnect=False)
    stage.analyse_film(clip)
    until(lambda: stage.film is not None and stage.film.is_complete)
    until(lambda: stage.session is not None)
    until(lambda: stage.session.snapshot().status == "ended")
    for share in (0.0, 0.3):
        stage.session.seek(share * FRAMES / 25)
        until(
            lambda: (p := stage.present()) is not None and p.result is not None and p.result.faces
        )
        present = stage.present()
        assert present.result.frame_index == present.frame.index
        assert present.result.model == "stand-in"
    stage.close()
    jobs.stop()
    jobs.join()
    assert stage.film is None


def test_what_is_not_analysed_yet_has_no_band(clip):
    with open_source(clip) as source:
        session = analysis.new_session(analysis.origin_of(source), analysis.conditions_of(make()))
        pipeline = make()
        for frame in list(source)[:4]:
            session.add(pipeline.process(frame))
        session.commit()
    data = film_data(session)
    assert not data.complete
    assert data.done_s == pytest.approx(3 / 25)
    assert data.duration_s > 2 * data.done_s
    assert max(end_s for _, end_s, _, _ in data.people[0].stretches) <= data.done_s
    session.close()
