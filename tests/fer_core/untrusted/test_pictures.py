"""Pictures of strangers, in a child that stays."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

from fer_core.errors import SourceOpenError
from fer_core.untrusted.pictures import PictureLimits, PictureReader
from fer_core.video.images import decode_photo


def png(width, height, color=(10, 20, 30)):
    stream = io.BytesIO()
    Image.new("RGB", (width, height), color).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def reader():
    with PictureReader(PictureLimits(pixels=500_000)) as found:
        yield found


def test_a_picture_is_the_same_as_decoded_here(reader):
    data = png(33, 21)
    photo, here = reader.read(data), decode_photo(data)
    assert np.array_equal(photo.image, here.image)
    assert photo.full_wh == here.full_wh == (33, 21)


def test_what_is_wrong_is_the_sentence_of_the_reader(reader):
    with pytest.raises(SourceOpenError, match=r"me\.jpg is not a picture"):
        reader.read(b"hello", "me.jpg")
    with pytest.raises(SourceOpenError, match="is empty"):
        reader.read(b"")
    assert reader.read(png(5, 5)).image.shape == (5, 5, 3)  # the same child goes on


def test_too_many_pixels_are_refused_before_they_are_decoded(reader):
    with pytest.raises(SourceOpenError, match=r"megapixels.*save it smaller"):
        reader.read(png(1000, 501))


def test_one_child_serves_all_threads_each_its_own(reader):
    found = {}
    threads = [
        threading.Thread(target=lambda n=n: found.update({n: reader.read(png(n, 7)).full_wh}))
        for n in range(1, 9)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: (n, 7) for n in range(1, 9)}


def test_a_child_that_is_gone_is_replaced(reader):
    reader.read(png(4, 4))
    reader._child.kill()
    reader._child.wait()
    assert reader.read(png(6, 4)).full_wh == (6, 4)


def test_a_decoder_that_takes_too_long_is_ended(caplog):
    with (
        PictureReader(PictureLimits(wall_s=0.001)) as hasty,
        pytest.raises(SourceOpenError, match="took too long"),
    ):
        hasty.read(png(600, 600))


def test_a_closed_reader_has_no_child(reader):
    reader.read(png(4, 4))
    child = reader._child
    reader.close()
    assert child.poll() is not None
