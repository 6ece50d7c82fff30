"""Our own face finder: one small convolutional network, run by OpenVINO like every model."""
