"""Training of the face finder on pictures drawn together."""
