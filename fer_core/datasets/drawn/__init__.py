"""Pictures drawn together from heads and scenes, to train and measure a face finder on."""
