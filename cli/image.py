"""`image`: the faces in photos."""

import argparse
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output import bar, line, message, print_json, table
from cli.parsing import add_analysis, add_command, add_json, add_unsure, free_path, named
from cli.reading import open_pipeline
from fer_core.errors import FerError, OutputError, SourceOpenError
from fer_core.expressions import display_name

if TYPE_CHECKING:  # the library's types bring numpy, which --help can do without
    from fer_core.types import FaceResult, Frame, FrameResult

_EXAMPLES = """\
  python main.py image photo.jpg
  python main.py image photos/ --json > faces.json
  python main.py image *.jpg --out results --detector yunet
"""


def add_to(commands: Any) -> None:
    """Adds the parser."""
    parser = add_command(commands, "image", "find and read the faces in photos", run, _EXAMPLES)
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="files or folders")
    add_json(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write annotated pictures there")
    add_analysis(parser)
    add_unsure(parser)


def run(options: argparse.Namespace) -> int:
    """Reads every photo; one that cannot be read does not keep the others from it."""
    from fer_core.video.images import at_home, left_unread

    pipeline = open_pipeline(options)
    done: list[dict[str, Any]] = []
    failed = False
    try:
        for path in photos_in(options.photos):
            try:
                result = _read_one(path, pipeline, options)
                unread = left_unread(at_home(path))
            except FerError as error:
                message(str(error))
                failed = True
                continue
            if unread is not None:
                message(unread)
                failed = True
            if options.json:
                done.append(result.to_dict(source=path))
            else:
                _print_faces(path, result)
    finally:  # interrupted: what is done so far
        if options.json:
            print_json(done)
    return 2 if failed else 0


def photos_in(given: list[str]) -> Iterator[str]:
    """The files as given; for a folder the photos in it, or itself if it has none."""
    from fer_core.video.stills import is_folder, pictures_in

    for name in named(given):
        photos: list[Path] = []
        if name and is_folder(name):
            with suppress(SourceOpenError):
                photos = pictures_in(name)
        yield from [str(photo) for photo in photos] or [name]


def _read_one(path: str, pipeline: Any, options: argparse.Namespace) -> "FrameResult":
    from fer_core.types import Frame
    from fer_core.video.images import read_photo
    from fer_core.video.stills import is_folder

    if path and is_folder(path):
        raise SourceOpenError(f"{path} has no photos that can be read; give a folder with photos.")
    image, full_wh = read_photo(path)
    frame = Frame(image, index=0, time_s=0.0, full_wh=full_wh)
    if frame.wh != full_wh:
        message(_reduced(path, frame))
    result: FrameResult = pipeline.process(frame)
    if options.out is not None:
        from fer_core.overlay import annotate

        _write_picture(options.out, Path(path), annotate(image, result))
    return result


def _reduced(path: str, frame: "Frame") -> str:
    (w, h), (full_w, full_h) = frame.wh, frame.picture_wh
    return (
        f"{path} has {full_w} × {full_h} px and is read at {w} × {h} px; the smallest faces may be "
        "missed."
    )


def _write_picture(folder: Path, photo: Path, image: Any) -> None:
    import cv2

    from fer_core.files import write_bytes

    suffix = ".jpg" if photo.suffix.lower() in (".jpg", ".jpeg") else ".png"
    # OpenCV warns on stderr of a setting that the format does not know.
    settings = [cv2.IMWRITE_JPEG_QUALITY, 92] if suffix == ".jpg" else []
    ok, data = cv2.imencode(suffix, image, settings)
    with free_path(folder, photo.stem, suffix) as target:
        try:
            if not ok:
                raise OSError(0, "it cannot be encoded")
            write_bytes(target, data.tobytes())
        except OSError as error:
            raise OutputError(f"{target} cannot be written: {error.strerror}.") from error
    message(f"{photo} → {target}")


def _print_faces(path: str, result: "FrameResult") -> None:
    w, h = result.image_wh
    count = len(result.faces)
    line(f"{path}  {w}×{h}  {count or 'no'} {'face' if count == 1 else 'faces'}")
    table((_row(number, face) for number, face in result.numbered), right=(0,), indent=2)


def _row(number: int, face: "FaceResult") -> tuple[str, ...]:
    prediction = face.prediction
    x0, y0, x1, y1 = (round(v) for v in face.face.box_xyxy.tolist())
    # "not sure 40 %" would read as 40 % of doubt; --json has all numbers.
    percent = "" if face.unsure else f"{100 * prediction.confidence:3.0f} %"
    share = "" if face.unsure else bar(prediction.confidence)
    hints = face.quality.said()
    where = f"at {x0},{y0} {x1 - x0}×{y1 - y0}"
    return str(number), display_name(face.shows), percent, share, where, hints
