"""The child of `pictures.PictureReader`: pictures on stdin, pixels on stdout, until its end."""

import json
import os
import sys
import time
from typing import IO

from fer_core.errors import SourceOpenError
from fer_core.untrusted._child import limit
from fer_core.untrusted.pictures import ANSWER, HEAD


def main(request: str) -> None:
    """Answers until stdin ends, which it does with the parent."""
    asked = json.loads(request)
    # A library that prints something must not print it into an answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit(asked["seconds"], asked["memory"])
    from fer_core.video import images  # in the limits

    questions = sys.stdin.buffer
    while head := questions.read(HEAD.size):
        name_bytes, data_bytes = HEAD.unpack(head)
        name = questions.read(name_bytes).decode()
        data = questions.read(data_bytes)
        # The limit counts from the start of the process: it grows with every picture.
        limit(time.process_time() + asked["seconds"] + 1, asked["memory"])
        try:
            w, h = images.picture_wh(data, name)
            if w * h > asked["pixels"]:
                raise SourceOpenError(
                    f"{name} has {w} × {h} px ({w * h / 1e6:.0f} megapixels) and up to "
                    f"{asked['pixels'] / 1e6:.0f} megapixels can be opened here; save it smaller."
                )
            photo = images.decode_photo(data, name)
        except SourceOpenError as error:
            _say(answers, str(error))
            continue
        h, w = photo.image.shape[:2]
        answers.write(ANSWER.pack(h, w, photo.full_wh[1], photo.full_wh[0]))
        answers.write(photo.image.tobytes())
        answers.flush()


def _say(answers: IO[bytes], sentence: str) -> None:
    said = sentence.encode("utf-8", "replace")[:4096]
    answers.write(ANSWER.pack(0, len(said), 0, 0))
    answers.write(said)
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
