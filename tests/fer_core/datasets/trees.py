"""Tiny data sets of every form, written by the tests."""

import csv
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import cv2
import numpy as np

from fer_core.expressions import LABEL_ORDERS

FER = LABEL_ORDERS["fer2013"]


def picture(seed: int, size: int = 48, color: bool = False) -> np.ndarray:
    """Smooth noise, different for each seed."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (6, 6, 3) if color else (6, 6), np.uint8)
    return cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)


def write_picture(path: Path, image: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())


def fer_rows(per_class: int = 3) -> list[tuple[int, np.ndarray, str]]:
    usages = ("Training", "PublicTest", "PrivateTest")
    return [
        (label, picture(1000 * u + 10 * label + i), usage)
        for u, usage in enumerate(usages)
        for label in range(7)
        for i in range(per_class)
    ]


def fer_csv(rows: list[tuple[int, np.ndarray, str]], *, icml: bool = False) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["emotion", " Usage", " pixels"] if icml else ["emotion", "pixels", "Usage"])
    for label, image, usage in rows:
        text = " ".join(map(str, image.ravel()))
        writer.writerow([label, usage, text] if icml else [label, text, usage])
    return stream.getvalue().encode()


def fer_plain(folder: Path) -> Path:
    (folder / "fer2013.csv").write_bytes(fer_csv(fer_rows()))
    return folder


def fer_icml(folder: Path) -> Path:
    (folder / "icml_face_data.csv").write_bytes(fer_csv(fer_rows(), icml=True))
    return folder / "icml_face_data.csv"


def fer_xz(folder: Path) -> Path:
    (folder / "fer2013.csv.xz").write_bytes(lzma.compress(fer_csv(fer_rows())))
    return folder


def fer_gz(folder: Path) -> Path:
    (folder / "fer2013.csv.gz").write_bytes(gzip.compress(fer_csv(fer_rows())))
    return folder


def fer_zip(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "fer2013.csv.zip", "w") as archive:
        archive.writestr("fer2013.csv", fer_csv(fer_rows()))
    return folder


def fer_tar_gz(folder: Path) -> Path:
    data = fer_csv(fer_rows())
    with tarfile.open(folder / "fer2013.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("fer2013/fer2013.csv")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return folder


def fer_mosaic(folder: Path) -> Path:
    rows, columns = fer_rows(), 10
    tiles = np.zeros((-(-len(rows) // columns) * columns, 48, 48), np.uint8)
    tiles[: len(rows)] = [image for _, image, _ in rows]
    mosaic = tiles.reshape(-1, columns, 48, 48).swapaxes(1, 2).reshape(-1, columns * 48)
    votes = np.zeros((len(rows), 10), np.int64)
    votes[:, :2] = (8, 2)
    np.savez(
        folder / "fer2013_mosaic_q95.npz",
        mosaic_jpeg=cv2.imencode(".jpg", mosaic, [cv2.IMWRITE_JPEG_QUALITY, 95])[1],
        columns=columns,
        emotion=np.array([label for label, _, _ in rows]),
        usage=np.repeat([0, 1, 2], len(rows) // 3),
        ferplus_votes=votes,
    )
    return folder


def fer_folders(folder: Path) -> Path:
    words = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    for number, (label, image, usage) in enumerate(fer_rows()):
        top = "train" if usage == "Training" else "test"
        write_picture(folder / "fer" / top / words[label] / f"{usage}_{number}.png", image)
    return folder / "fer"


def votes_csv(votes: list[list[int]], removed: set[int]) -> str:
    head = (
        "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
    )
    lines = [head]
    for number, row in enumerate(votes):
        name = "" if number in removed else f"fer{number:07}.png"
        lines.append(",".join(["Training", name, *map(str, row)]))
    return "\n".join(lines) + "\n"


def ferplus(folder: Path) -> Path:
    rows = fer_rows()
    (folder / "fer2013.csv").write_bytes(fer_csv(rows))
    order = LABEL_ORDERS["ferplus"]
    votes = []
    for label, _, _ in rows:
        row = [0] * 10
        row[order.index(FER[label])], row[8] = 8, 2
        votes.append(row)
    (folder / "fer2013new.csv").write_text(votes_csv(votes, set()), encoding="utf-8")
    return folder


def _raf_rows() -> list[tuple[str, int, int]]:
    return [
        (f"{split}_{number:05}", label, 100 * s + number)
        for s, split in enumerate(("train", "test"))
        for number, label in enumerate([*range(1, 8)] * 3, 1)
    ]


def rafdb(folder: Path) -> Path:
    root = folder / "basic"
    for stem, _, seed in _raf_rows():
        write_picture(root / f"Image/aligned/{stem}_aligned.jpg", picture(seed, 100, True))
    labels = root / "EmoLabel/list_patition_label.txt"
    labels.parent.mkdir(parents=True)
    labels.write_text("".join(f"{stem}.jpg {label}\n" for stem, label, _ in _raf_rows()))
    return folder


def rafdb_tar(folder: Path) -> Path:
    rafdb(folder)
    with tarfile.open(folder / "rafdb_basic.tar", "w") as archive:
        archive.add(folder / "basic", "basic")
    return folder / "rafdb_basic.tar"


def rafdb_folders(folder: Path) -> Path:
    for stem, label, seed in _raf_rows():
        split = stem.partition("_")[0]
        write_picture(folder / f"DATASET/{split}/{label}/{stem}.jpg", picture(seed, 100, True))
    return folder / "DATASET"


def ferg(folder: Path) -> Path:
    words = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")
    for c, character in enumerate(("aia", "bonnie", "jules", "malcolm", "mery", "ray")):
        for w, word in enumerate(words):
            name = f"{character}_{word}"
            write_picture(
                folder / f"FERG_DB_256/{character}/{name}/{name}_1.png",
                picture(c * 7 + w, 64, True),
            )
    return folder


def ferg_zip(folder: Path) -> Path:
    ferg(folder)
    with zipfile.ZipFile(folder / "ferg.zip", "w") as archive:
        for file in sorted(folder.rglob("*.png")):
            archive.write(file, file.relative_to(folder).as_posix())
    return folder / "ferg.zip"


def _affectnet_rows(train: int = 3) -> list[tuple[str, int, int]]:
    rows = [("train", label, i) for label in range(11) for i in range(train)]
    return rows + [("test", label, i) for label in range(11) for i in range(1)]


def affectnet_csv(folder: Path) -> Path:
    head = (
        "subDirectory_filePath,face_x,face_y,face_width,face_height,"
        "facial_landmarks,expression,valence,arousal"
    )
    texts = {"train": [head], "test": [head]}
    for split, label, i in _affectnet_rows():
        name = f"{label}/{split}{i}.jpg"
        seed = 500 * (split == "test") + 10 * label + i
        write_picture(folder / "Manually_Annotated_Images" / name, picture(seed, 64, True))
        texts[split].append(f"{name},8,8,40,40,1;2;3,{label},0.1,-0.2")
    (folder / "training.csv").write_text("\n".join(texts["train"]))
    (folder / "validation.csv").write_text("\n".join(texts["test"]))
    return folder


def affectnet_npy(folder: Path) -> Path:
    tops = {"train": "train_set", "test": "val_set"}
    for number, (split, label, i) in enumerate(_affectnet_rows()):
        top = folder / tops[split]
        write_picture(top / f"images/{number}.jpg", picture(number + i, 64, True))
        (top / "annotations").mkdir(exist_ok=True)
        np.save(top / f"annotations/{number}_exp.npy", np.array(str(label)))
        np.save(top / f"annotations/{number}_val.npy", np.array("0.5"))
    return folder


def jaffe(folder: Path) -> Path:
    from PIL import Image

    for s, subject in enumerate(("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM")):
        for e, code in enumerate(("AN", "DI", "FE", "HA", "NE", "SA", "SU")):
            image = Image.fromarray(picture(s * 7 + e, 64))
            if s == e:
                image = image.convert("P")  # As some of the original files are.
            image.save(folder / f"{subject}.{code}1.{s * 7 + e}.tiff")
    return folder


_CK = ("anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise")


def ckplus(folder: Path) -> Path:
    for s in range(12):
        subject, code = f"S{s + 5:03}", s % 7 + 1
        for frame in range(1, 6):
            name = f"{subject}_001_{frame:08}"
            path = folder / f"cohn-kanade-images/{subject}/001/{name}.png"
            write_picture(path, picture(s * 10 + frame, 64))
        emotion = folder / f"Emotion/{subject}/001/{subject}_001_00000005_emotion.txt"
        emotion.parent.mkdir(parents=True)
        emotion.write_text(f"   {code:.7e}\n")
    unlabelled = folder / "cohn-kanade-images/S099/001/S099_001_00000001.png"
    write_picture(unlabelled, picture(999, 64))
    return folder


def ckplus48(folder: Path) -> Path:
    for s in range(12):
        for frame in (7, 8, 9):
            name = f"CK+48/{_CK[s % 7]}/S{s + 5:03}_001_{frame:08}.png"
            write_picture(folder / name, picture(s * 10 + frame))
    return folder


def folder_splits(folder: Path) -> Path:
    for t, top in enumerate(("train", "val", "test")):
        for w, word in enumerate(("Happy", "sad", "Neutral")):
            for i in range(4):
                path = folder / f"Ünï set/{top}/{word}/{i}.png"
                write_picture(path, picture(100 * t + 10 * w + i))
    return folder / "Ünï set"


def folder_one_tree(folder: Path) -> Path:
    for w, word in enumerate(("joy", "anger")):
        for i in range(20):
            write_picture(folder / f"mine/{word}/{i}.jpg", picture(100 * w + i))
    return folder / "mine"
