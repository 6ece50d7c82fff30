"""The web page: the same library in a browser. It knows fer_core, never the window or `cli`."""
