"""The page in a real browser whose camera shows a film of a face."""

from tests.web.conftest import new_tab

ANSWERED = ".face .says:not(:empty)"


def test_live_labels_appear_and_the_camera_goes_off(tab):
    tab.click("#start")
    tab.wait_for_selector(ANSWERED)
    assert "happiness" in tab.inner_text("#faces")
    assert "ms" in tab.inner_text("#status")
    track = "document.getElementById('video').srcObject?.getTracks()[0]"
    tab.evaluate(f"window.kept = {track}")
    assert tab.evaluate("window.kept.readyState") == "live"
    tab.click("#stop")
    assert tab.evaluate("window.kept.readyState") == "ended"
    assert tab.is_visible("#over")


def test_the_model_is_switched_while_the_picture_runs(tab):
    tab.click("#start")
    tab.wait_for_selector(ANSWERED)
    tab.select_option("#model", "mimik-48")
    tab.wait_for_selector("#chip[hidden]", state="attached")
    tab.wait_for_selector(ANSWERED)
    assert tab.evaluate("localStorage.getItem('mimik.model')") == "mimik-48"


def test_no_camera_is_said(launch, site):
    with new_tab(launch(), site) as page:
        page.click("#start")
        page.wait_for_selector("#stage[data-state=problem]")
        assert "No camera found" in page.inner_text("#over")
