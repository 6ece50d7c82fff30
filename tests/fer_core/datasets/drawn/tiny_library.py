"""The sample library of the project, with boxes in its scenes where a test wants them."""

import csv

from fer_core.datasets.drawn import sample

BOX, MARKS, head = sample.BOX, sample.MARKS, sample.head


def write(folder, heads=24, scenes=24, scene_boxes=()):
    """`scene_boxes`: (left, top, width, height, score) in each scene."""
    sample.write(folder, heads, scenes)
    with (folder / "boxes.csv").open("a", newline="", encoding="utf-8") as stream:
        for number in range(scenes):
            for box, (*place, score) in enumerate(scene_boxes):
                row = [f"scenes/{number:04}.jpg", box, *place, *[""] * 10, score]
                csv.writer(stream).writerow(row)
    return folder
