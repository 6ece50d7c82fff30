"""The networks are built on the backend that the app has; training adds TensorFlow."""

import os

import pytest

from fer_core.models.spec import InputSpec

os.environ.setdefault("KERAS_BACKEND", "openvino")


@pytest.fixture
def grey_48() -> InputSpec:
    """Grey faces of 48×48 px, 0 to 1."""
    return InputSpec(
        width=48,
        height=48,
        color="gray",
        layout="nhwc",
        scale=1 / 255,
        mean=(0.0,),
        std=(1.0,),
        interpolation="area",
        equalize=False,
        crop_margin=0.0,
        align=False,
    )
