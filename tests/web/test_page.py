"""The page in a real browser whose camera shows a film of a face."""

from pathlib import Path

import cv2
import pytest

from fer_core import paths
from tests.web.conftest import new_tab, scene

ANSWERED = ".face .says:not(:empty)"
PORTRAIT = paths.resources_dir() / "Samples" / "portrait.jpg"


@pytest.fixture(scope="module")
def clip(web_folder):
    path = web_folder / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 5, (640, 480))
    for index in range(5):
        writer.write(scene(index))
    writer.release()
    return path


def go(page, view):
    page.click(f"nav [data-view={view}]")
    page.wait_for_selector(f"#{view}:not([hidden])")


def test_live_labels_appear_and_the_camera_goes_off(tab):
    tab.click("#start")
    tab.wait_for_selector(ANSWERED)
    assert "happiness" in tab.inner_text("#faces")
    assert "ms" in tab.inner_text("#status")
    assert tab.is_hidden("#over")
    tab.evaluate("window.kept = document.getElementById('video').srcObject.getTracks()[0]")
    assert tab.evaluate("window.kept.readyState") == "live"
    tab.click("#stop")
    assert tab.evaluate("window.kept.readyState") == "ended"
    assert tab.is_visible("#over")


def test_the_camera_goes_off_with_another_view(tab):
    tab.click("#start")
    tab.wait_for_selector(ANSWERED)
    tab.evaluate("window.kept = document.getElementById('video').srcObject.getTracks()[0]")
    go(tab, "models")
    assert tab.evaluate("window.kept.readyState") == "ended"


def test_pause_halts_the_picture_and_the_key_p_goes_on(tab):
    tab.click("#start")
    tab.wait_for_selector(ANSWERED)
    tab.click("#pause")
    assert tab.inner_text("#chip") == "Paused"
    assert tab.evaluate("document.getElementById('video').paused")
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("p")
    assert not tab.evaluate("document.getElementById('video').paused")


def test_the_model_is_switched_while_the_picture_runs(tab, other_model):
    tab.click("#start")
    tab.wait_for_selector(ANSWERED)
    tab.select_option("#model", other_model)
    tab.wait_for_selector("#chip[hidden]", state="attached")
    tab.wait_for_selector(ANSWERED)
    assert tab.evaluate("localStorage.getItem('mimik.model')") == other_model
    tab.reload()
    tab.wait_for_selector("html[data-ready]")
    assert tab.input_value("#model") == other_model


def test_no_camera_is_said(launch, site):
    with new_tab(launch(), site) as page:
        page.click("#start")
        page.wait_for_selector("#stage[data-state=problem]")
        assert "No camera found" in page.inner_text("#over")
        assert page.is_visible("#open-film")


def test_a_camera_that_is_not_allowed_is_said(launch, site):
    # Without the option that allows it, a browser without a window denies it.
    with new_tab(
        launch("--use-fake-device-for-media-stream", "--deny-permission-prompts"), site
    ) as page:
        page.click("#start")
        page.wait_for_selector("#stage[data-state=problem]")
        assert "not allowed" in page.inner_text("#over")


def test_a_picture_without_a_face_is_said(launch, site, empty_film):
    options = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={empty_film}",
    )
    with new_tab(launch(*options), site) as page:
        page.click("#start")
        page.wait_for_selector("#chip:not([hidden])")
        page.wait_for_selector("#status:not(:empty)")
        assert page.inner_text("#chip") == "No face in the picture"


def test_a_film_that_no_browser_plays_is_said(tab, tmp_path):
    (tmp_path / "film.mp4").write_bytes(b"no film at all")
    tab.set_input_files("#film-file", str(tmp_path / "film.mp4"))
    tab.wait_for_selector("#stage[data-state=problem]")
    assert "cannot be played" in tab.inner_text("#over")


def test_a_photo_survives_a_reload_and_is_seen_by_nobody_else(tab, with_camera, site):
    go(tab, "files")
    tab.set_input_files("#upload", str(PORTRAIT))
    tab.wait_for_selector("#result img")
    assert "happiness" in tab.inner_text("#result")
    tab.reload()
    tab.wait_for_selector("#result img")
    assert "portrait.jpg" in tab.inner_text("#jobs")
    with new_tab(with_camera, f"{site}#files") as other:
        other.wait_for_selector("#choose")
        assert other.inner_text("#jobs") == ""
    with tab.expect_download() as download:
        tab.click("#result a[href*=csv]")
    assert Path(download.value.path()).read_text().count("\n") == 2
    tab.click("[data-act^=remove]")
    tab.wait_for_selector("#jobs:empty", state="attached")


def test_a_film_has_a_timeline_that_goes_where_it_is_clicked(tab, clip):
    go(tab, "files")
    tab.set_input_files("#upload", str(clip))
    tab.wait_for_selector("#result video")
    tab.wait_for_selector("canvas.timeline")
    box = tab.locator("canvas.timeline").bounding_box()
    tab.locator("canvas.timeline").click(position={"x": box["width"] / 2, "y": 10})
    assert tab.evaluate("document.querySelector('#result video').currentTime") == pytest.approx(
        0.5, abs=0.02
    )
    tab.locator("canvas.timeline").press("Home")
    assert tab.evaluate("document.querySelector('#result video').currentTime") == 0


def test_what_is_no_picture_is_refused_in_plain_words(tab, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam")
    go(tab, "files")
    tab.set_input_files("#upload", str(tmp_path / "letter.txt"))
    tab.wait_for_selector("#files-problem:not([hidden])")
    assert "letter.txt: This is neither a photo" in tab.inner_text("#files-problem")


def test_a_card_turns_to_its_architecture_and_activates_its_model(tab, other_model):
    go(tab, "models")
    card = tab.locator("[data-model=mimik]")
    card.get_by_role("button", name="Architecture").press("Enter")
    card.locator(".diagram svg").wait_for()
    assert card.locator(".diagram rect").count() > 50
    tab.locator(f"[data-model={other_model}]").get_by_role("button", name="Activate").click()
    tab.locator(f"[data-model={other_model}]").get_by_role("button", name="Active").wait_for()


def test_the_table_is_sorted_by_a_column(tab):
    go(tab, "models")
    tab.click("#compare th:nth-child(3) button")
    assert tab.get_attribute("#compare th:nth-child(3)", "aria-sort") == "descending"
    shown = tab.locator("#compare tbody td:nth-child(3)").all_inner_texts()
    numbers = [float(text.removesuffix(" %")) for text in shown if text != "–"]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) > 3


def test_all_of_it_is_reached_by_keyboard(tab):
    names = []
    for _ in range(14):
        tab.keyboard.press("Tab")
        names.append(
            tab.evaluate("document.activeElement.id || document.activeElement.textContent")
        )
    for wanted in ("start", "open-film", "film", "model", "theme", "language"):
        assert wanted in names, names


def test_the_page_speaks_german(with_camera, site):
    with new_tab(with_camera, f"{site}?lang=de") as page:
        assert page.inner_text("#start") == "Kamera starten"
        assert page.get_attribute("html", "lang") == "de"
        page.goto(site)
        page.wait_for_selector("html[data-ready]")
        assert page.inner_text("#start") == "Kamera starten"  # it is remembered


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_nothing_bars_whoever_reads_by_ear_or_sees_little(with_camera, site, scheme, width, height):
    from axe_playwright_python.sync_playwright import Axe

    size = {"width": width, "height": height}
    with new_tab(with_camera, site, color_scheme=scheme, viewport=size, bypass_csp=True) as page:
        for view in ("live", "files", "models"):
            go(page, view)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            across = page.evaluate("document.documentElement.scrollWidth")
            assert across <= width, f"{view} is wider than the screen"
        page.goto(f"{site}docs")
        page.wait_for_selector("html[data-ready]")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
