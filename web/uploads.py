"""What an upload is, told from its first bytes, and what lies in a job's folder."""

#: File in a job's folder: how far it is, and what came of it.
PROGRESS, RESULT = "progress.json", "result.json"
#: What may be downloaded → its file.
FILES = {
    "picture": "picture.jpg",
    "plain": "plain.jpg",
    "video": "annotated.mp4",
    "csv": "faces.csv",
    "json": "faces.json",
}
TYPES = {
    "picture": "image/jpeg",
    "plain": "image/jpeg",
    "video": "video/mp4",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
#: So many bytes tell what a file is.
HEAD_BYTES = 16
_PICTURES = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
)
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


def sniffed(head: bytes) -> tuple[str, str] | None:
    """("photo" or "film", suffix) of a file that begins so; None if it is neither."""
    for magic, suffix in _PICTURES:
        if head.startswith(magic):
            return "photo", suffix
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "photo", ".webp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return "photo", ".avif"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "film", ".avi"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "film", ".mkv"
    return ("film", ".mp4") if head[4:8] in _BOXES else None
