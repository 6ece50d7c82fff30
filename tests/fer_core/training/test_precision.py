import pytest

from fer_core.training import precision


@pytest.mark.parametrize(
    ("asked", "machine_has_it", "policy"),
    [
        ("auto", True, "mixed_bfloat16"),
        ("auto", False, "float32"),
        ("float32", True, "float32"),
        ("mixed_bfloat16", False, "mixed_bfloat16"),
    ],
)
def test_bfloat16_is_used_where_the_machine_has_it(asked, machine_has_it, policy, monkeypatch):
    monkeypatch.setattr(precision, "_has_bfloat16", lambda: machine_has_it)
    assert precision.dtype_policy(asked) == policy
