"""Another last layer for a network, taught on a few faces that a person shows."""
