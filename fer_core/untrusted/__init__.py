"""Bytes that other people made: looked into, by a child process, before anything uses them.

`gate.opened` is the only way from a path to a `CheckedModel`, and conversion, inspection, the
check dialog, the registry and export take nothing else. `cascades.checked` is the same for cascade
files, `child.call` the one way to do what can hang, fill the memory or crash.
"""
