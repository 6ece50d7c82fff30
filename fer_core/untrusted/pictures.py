"""Pictures of strangers, decoded in a child process that stays.

A new child a picture would take a second; this one starts once and decodes one picture after the
other. What a picture may take is limited as for `child.call`: a decoder that hangs or crashes takes
down the child, and the next picture gets a new one.
"""

import json
import logging
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

import numpy as np

from fer_core.errors import SourceOpenError
from fer_core.untrusted.child import child_environment
from fer_core.video.images import Photo
from fer_core.video.picture_size import MAX_PX

_log = logging.getLogger(__name__)
_CHILD = "fer_core.untrusted._pictures_child"
#: Of a question: bytes of the name and of the picture, which follow.
HEAD = struct.Struct("<2Q")
#: Of an answer: height and width as decoded and in full; or 0 and the bytes of a sentence.
ANSWER = struct.Struct("<4I")
_MAX_SENTENCE = 4096


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What one picture may take.

    Attributes:
        pixels: width times height in the file.
        seconds: of processor time.
        memory: bytes of the child's address space, of which it takes 0.5 GB itself.
        wall_s: on the clock, from the question to the answer.
    """

    pixels: int = 50_000_000
    seconds: float = 10.0
    memory: int = 2 << 30
    wall_s: float = 120.0


class PictureReader:
    """Decodes one picture at a time; each thread that waits gets its turn."""

    def __init__(self, limits: PictureLimits | None = None) -> None:
        self._limits = limits or PictureLimits()
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts the child, so that the first picture does not wait for it."""
        with self._turn:
            self._running()

    def read(self, data: bytes, name: str = "The picture") -> Photo:
        """As `images.decode_photo`, in the child.

        Args:
            data: the bytes of a picture file.
            name: what messages call it.

        Raises:
            SourceOpenError: it is no picture, damaged, too large, or takes too long.
        """
        with self._turn:
            child = self._running()
            late = threading.Timer(self._limits.wall_s, child.kill)
            late.start()
            try:
                return _asked(child, data, name)
            except (OSError, EOFError, ValueError) as error:
                self._end()
                _log.warning("the decoder ended on a picture: %r", error)
                raise SourceOpenError(
                    f"{name} cannot be decoded: its decoder broke off on it or took too long; "
                    "save it anew or choose another picture."
                ) from error
            finally:
                late.cancel()
                late.join()

    def close(self) -> None:
        """Ends the child; it is started again when it is needed."""
        with self._turn:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = _started(self._limits)
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            with child:  # closes its pipes
                pass


def _asked(child: "subprocess.Popen[bytes]", data: bytes, name: str) -> Photo:
    """What the child answers.

    Raises:
        SourceOpenError: what it said of the picture.
        OSError, EOFError, ValueError: it did not come to an answer.
    """
    assert child.stdin is not None
    assert child.stdout is not None
    said = name.encode()
    child.stdin.write(HEAD.pack(len(said), len(data)))
    child.stdin.write(said)
    child.stdin.write(data)
    child.stdin.flush()
    height, width, full_h, full_w = ANSWER.unpack(_exactly(child.stdout, ANSWER.size))
    if height == 0:  # a sentence follows, `width` bytes long
        raise SourceOpenError(_exactly(child.stdout, min(width, _MAX_SENTENCE)).decode())
    if height * width > MAX_PX:
        raise ValueError("the answer is larger than any picture")
    pixels = np.frombuffer(_exactly(child.stdout, height * width * 3), np.uint8)
    return Photo(pixels.reshape(height, width, 3), (full_w, full_h))


def _exactly(stream: IO[bytes], size: int) -> bytearray:
    found = bytearray(size)
    view, done = memoryview(found), 0
    while done < size:
        count = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError("the child is gone")
        done += count
    return found


def _started(limits: PictureLimits) -> "subprocess.Popen[bytes]":
    request = json.dumps(
        {
            "pixels": limits.pixels,
            "seconds": limits.seconds,
            "memory": limits.memory,
        }
    )
    return subprocess.Popen(
        [sys.executable, "-P", "-m", _CHILD, request],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment({}),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
