"""A small cascade as OpenCV writes one, with one thing in it that can be put wrong."""

from pathlib import Path
from typing import Any

_WHOLE = {
    "stage_type": "BOOST", "kind": "HAAR", "width": 20, "height": 20, "categories": 0,
    "threshold": 0.5, "nodes": "1 0 0 0.2 -1 -2 1 0.2", "leaves": "1 -1 1",
    "rects": "<_>2 3 8 9 -1.</_><_>2 3 4 9 2.</_>", "tilted": 1, "x": 10, "after": "",
}  # fmt: skip


def make_cascade(path: Path, **changes: Any) -> Path:
    """A Haar cascade of one stage and one tree of two nodes, which few windows pass."""
    v = _WHOLE | changes
    tilted = f"<_>{v['x']} 2 4 5 -1.</_><_>{v['x']} 2 2 5 2.</_>"
    features = (
        f"<_><rects>{v['rects']}</rects><tilted>0</tilted></_>"
        f"<_><rects>{tilted}</rects><tilted>{v['tilted']}</tilted></_>"
    )
    if v["kind"] == "LBP":
        features = f"<_><rect>{v['x'] - 9} 2 4 5</rect></_>" * 2
    path.write_text(
        '<?xml version="1.0"?>\n<opencv_storage><cascade type_id="opencv-cascade-classifier">'
        f"<stageType>{v['stage_type']}</stageType><featureType>{v['kind']}</featureType>"
        f"<height>{v['height']}</height><width>{v['width']}</width>"
        "<stageParams><maxWeakCount>1</maxWeakCount></stageParams>"
        f"<featureParams><maxCatCount>{v['categories']}</maxCatCount></featureParams>"
        "<stageNum>1</stageNum><stages><_><maxWeakCount>1</maxWeakCount>"
        f"<stageThreshold>{v['threshold']}</stageThreshold><weakClassifiers><_>"
        f"<internalNodes>{v['nodes']}</internalNodes><leafValues>{v['leaves']}</leafValues></_>"
        f"</weakClassifiers></_></stages><features>{features}</features>{v['after']}</cascade>"
        "</opencv_storage>\n",
        encoding="utf-8",
    )
    return path
