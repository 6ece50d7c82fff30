"""Which parts of a face a prediction rests on: cover them one by one and see what is lost.

Zeiler and Fergus 2014, https://arxiv.org/abs/1311.2901, section 4.2. It asks the model nothing but
predictions, so it works for every model that the app runs.
"""

import numpy as np

from fer_core.models.classifier import Classifier


def occlusion_map(
    classifier: Classifier,
    crop: np.ndarray,
    *,
    label: str | None = None,
    patch: float = 0.25,
    steps: int = 9,
) -> np.ndarray:
    """How much probability is lost where a part of the face is covered with its mean colour.

    Args:
        crop: uint8 (H, W, 3) BGR or (H, W) grey.
        label: whose probability is looked at; by default the predicted expression.
        patch: side of the covered square as a share of the crop's, 0 to 1.
        steps: positions across and down; steps² + 1 predictions are made.

    Returns:
        float32 (H, W): mean drop of the probability under all squares over a pixel, -1 to 1;
        positive where the prediction rests.

    Raises:
        ValueError: the crop has the wrong dtype or shape, or the model does not know the label.
    """
    height, width = crop.shape[:2]
    whole = classifier.predict_probs([crop])[0]
    chosen = int(whole.argmax()) if label is None else classifier.labels.index(label)
    fill = crop.mean(axis=(0, 1)).astype(np.uint8)
    boxes = [
        (slice(y, y + max(1, round(patch * height))), slice(x, x + max(1, round(patch * width))))
        for y in _starts(height, patch, steps)
        for x in _starts(width, patch, steps)
    ]
    covered = []
    for box in boxes:
        picture = crop.copy()
        picture[box] = fill
        covered.append(picture)
    drops = whole[chosen] - classifier.predict_probs(covered)[:, chosen]
    total, count = np.zeros((2, height, width), np.float32)
    for box, drop in zip(boxes, drops, strict=True):
        total[box] += drop
        count[box] += 1
    return total / np.maximum(count, 1)


def _starts(length: int, patch: float, steps: int) -> list[int]:
    last = length - max(1, round(patch * length))
    return [int(start) for start in np.linspace(0, last, steps).round()]
