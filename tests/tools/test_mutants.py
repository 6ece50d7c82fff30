from tools import mutants

LISTED = """
    fer_core.geometry.x_area__mutmut_1: killed
    fer_core.geometry.x_area__mutmut_2: survived
    fer_core.geometry.x__private__mutmut_1: timeout
    fer_core.geometry.x_clip__mutmut_1: not checked
    fer_core.models.spec.xǁModelSpecǁread__mutmut_11: no tests
    fer_core.models.spec.xǁModelSpecǁread__mutmut_12: killed
    ui.presenter.history.xǁHistoryǁadd__mutmut_3: not checked
something else
""".splitlines()


def test_each_module_has_its_share_of_what_was_tried():
    found = mutants.shares(mutants.by_module(LISTED))
    assert found == {"fer_core.geometry": (3, 2 / 3), "fer_core.models.spec": (2, 0.5)}
