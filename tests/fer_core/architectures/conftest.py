"""The networks are built on the backend that the app has; training adds TensorFlow."""

import os

os.environ.setdefault("KERAS_BACKEND", "openvino")
