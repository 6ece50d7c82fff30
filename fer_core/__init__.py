"""The library behind Mimik: find faces, read what they express.

```python
import fer_core as fer

classifier = fer.load_classifier("mimik")
predictions = classifier.predict([crop, ...])
pipeline = fer.load_pipeline(model="mimik", detector="finder")
with fer.open_source("clip.mp4") as source:
    for result in pipeline.run(source):
        ...
```

Importing it loads no engine: names are looked up on first use.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fer_core.detection import create_detector
    from fer_core.errors import FerError
    from fer_core.models.classifier import Classifier, load_classifier
    from fer_core.models.registry import ModelRegistry
    from fer_core.models.spec import ModelSpec
    from fer_core.pipeline import FerPipeline, load_pipeline
    from fer_core.types import Face, FaceResult, Frame, FrameResult, Prediction
    from fer_core.video import open_source
    from fer_core.video.images import read_image

__version__ = "0.1.0"

# Who uses the library decides where its log goes; without this, warnings would go to the terminal.
logging.getLogger(__name__).addHandler(logging.NullHandler())

_HOME = {
    "Classifier": "fer_core.models.classifier",
    "Face": "fer_core.types",
    "FaceResult": "fer_core.types",
    "FerError": "fer_core.errors",
    "FerPipeline": "fer_core.pipeline",
    "Frame": "fer_core.types",
    "FrameResult": "fer_core.types",
    "ModelRegistry": "fer_core.models.registry",
    "ModelSpec": "fer_core.models.spec",
    "Prediction": "fer_core.types",
    "create_detector": "fer_core.detection",
    "load_classifier": "fer_core.models.classifier",
    "load_pipeline": "fer_core.pipeline",
    "open_source": "fer_core.video",
    "read_image": "fer_core.video.images",
}

__all__ = [
    "Classifier",
    "Face",
    "FaceResult",
    "FerError",
    "FerPipeline",
    "Frame",
    "FrameResult",
    "ModelRegistry",
    "ModelSpec",
    "Prediction",
    "create_detector",
    "load_classifier",
    "load_pipeline",
    "open_source",
    "read_image",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fer_core' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
