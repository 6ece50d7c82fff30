"""Models and detectors in the presenter, with a fake view and a fake core."""

from fakes import READY, make_proposed, make_row

from fer_core.config import DEFAULT_MODEL, Settings, load_settings
from ui.core.engine import first_usable
from ui.presenter.choices import ADD_MODEL, ADD_MODEL_FOLDER, OPEN_CASCADE
from ui.presenter.core import (
    Added,
    AddingFailed,
    DetectorFailed,
    DetectorReady,
    Downloaded,
    Downloading,
    ModelFailed,
    ModelPreparing,
    ModelReady,
)
from ui.presenter.models import ModelInfo


def test_a_model_is_swapped_and_a_broken_one_says_why(stand):
    stand.tick(*READY)
    stand.presenter.choices.choose_model("broken")
    assert stand.shown["message"].text == "model.json is missing"
    assert stand.shown["models"][1] == DEFAULT_MODEL
    stand.presenter.choices.choose_model("other")
    assert stand.shown["models"][1:] == ("other", True)
    stand.tick(ModelReady("other"))
    assert stand.shown["models"][1:] == ("other", False)
    assert load_settings()[0].model == "other"
    stand.presenter.choices.choose_model(DEFAULT_MODEL)
    stand.tick(ModelFailed(DEFAULT_MODEL, f"{DEFAULT_MODEL} cannot be read."))
    assert stand.shown["models"][1:] == ("other", False)
    assert stand.shown["message"].alarm


def test_the_model_in_use_can_be_picked_again_while_another_is_loaded(stand):
    stand.tick(*READY)
    stand.presenter.choices.choose_model("other")
    stand.presenter.choices.choose_model("other")
    stand.presenter.choices.choose_model(DEFAULT_MODEL)
    assert stand.core.called("use_model") == [("other",), (DEFAULT_MODEL,)]
    stand.tick(ModelReady("other"))
    assert stand.shown["models"][1:] == (DEFAULT_MODEL, True), "which is still on its way"
    stand.tick(ModelReady(DEFAULT_MODEL))
    assert stand.shown["models"][1:] == (DEFAULT_MODEL, False)


def test_the_detector_in_use_can_be_picked_again_while_another_is_loaded(stand):
    stand.tick(*READY)
    for name in ("haar:other.xml", "haar"):
        stand.presenter.choices.choose_detector(name)
    assert stand.core.called("use_detector") == [("haar:other.xml",), ("haar",)]
    stand.tick(DetectorReady("haar:other.xml"))
    assert stand.shown["detectors"][1:] == ("haar", True)


def test_without_the_wanted_model_the_usual_one_is_taken():
    models = tuple(ModelInfo(name, name) for name in ("a", Settings().model, "z"))
    assert first_usable(models, "z") == "z"
    assert first_usable(models, "gone") == Settings().model
    assert first_usable(models[2:], "gone") == "z"


def test_a_model_is_chosen_by_what_it_was_trained_on_and_how_good_it_is(new_stand):
    stand = new_stand(Settings(language="de"))
    stand.presenter.start()
    stand.tick(*READY)
    first, other, broken, soon, *add = stand.shown["models"][0]
    assert (first.title, first.note, first.figure) == ("Mimik 48 · small", "FER2013", "68,4 %")
    assert first.tip.splitlines()[1:] == [
        "Trainiert mit FER2013.",
        "Richtig bei 68,4 % der Gesichter von FER2013, Testbilder ohne Kopien.",
    ]
    assert (other.title, other.note) == ("My second (other)", "my pictures")
    assert (broken.note, soon.note) == ("kann nicht benutzt werden", "noch nicht trainiert")
    assert [choice.key for choice in add] == [ADD_MODEL, ADD_MODEL_FOLDER]


def test_a_model_that_is_not_trained_shows_its_command_to_copy(stand):
    stand.tick(*READY)
    stand.presenter.choices.choose_model("soon")
    assert not stand.core.called("use_model")
    assert stand.shown["models"][1:] == (DEFAULT_MODEL, False)
    message = stand.shown["message"]
    assert message.text.endswith("\npython main.py train soon")
    stand.tick(after_s=60)
    assert stand.shown["message"] is message, "what offers a button stays"
    message.action.run()
    assert stand.view.opened[-1] == ("copied", "python main.py train soon")
    assert "clipboard" in stand.shown["message"].text


def test_a_conversion_says_that_it_goes_on_until_it_is_over(stand):
    stand.tick(*READY)
    stand.presenter.choices.choose_model("other")
    stand.tick(ModelPreparing("other"))
    stand.tick(after_s=60)
    assert stand.shown["message"].busy
    stand.tick(ModelReady("other"))
    assert stand.shown["message"] is None


def test_a_model_folder_is_added_as_a_file_is(stand):
    stand.tick(*READY)
    stand.presenter.choices.choose_model(ADD_MODEL_FOLDER)
    assert not stand.core.called("look_at_model"), "the person closed the question"
    stand.view.answers["model_folder"] = "saved"
    stand.presenter.choices.choose_model(ADD_MODEL_FOLDER)
    assert stand.core.called("look_at_model") == [("saved",)]


def test_a_model_of_the_person_is_checked_added_and_used(stand, tmp_path):
    stand.tick(*READY)
    stand.view.answers["model"] = "mine.keras"
    stand.presenter.choices.choose_model(ADD_MODEL)
    assert stand.core.called("look_at_model") == [("mine.keras",)]
    stand.tick(AddingFailed("mine.keras is no model."))
    assert stand.shown["message"].text == "mine.keras is no model."
    stand.presenter.sources.open_paths(["mine.keras"])
    proposed = make_proposed()
    stand.tick(proposed)
    assert stand.view.opened[-1] == ("add_model", proposed)
    stand.tick(AddingFailed("The name is taken."))
    assert stand.shown["adding_problem"] == "The name is taken."
    form = make_row().form
    stand.presenter.adding.confirm(form, "mine")
    assert stand.core.called("add_model") == [(form, "mine", False)]
    stand.tick(Added("mine"))
    assert stand.core.called("use_model") == [("mine",)]


def test_a_second_model_takes_the_dialog_of_the_first_over(stand):
    stand.view.open_add_model = lambda proposed: stand.presenter.adding.closed()
    stand.tick(make_proposed("second.keras"))
    stand.tick(AddingFailed("The name is taken."))
    assert stand.shown["adding_problem"] == "The name is taken."


def test_a_dialog_that_is_closed_right_after_add_leaves_the_model_in_use(stand):
    stand.tick(*READY, make_proposed())
    adding = stand.presenter.adding
    adding.confirm(make_row().form, "mine")
    adding.closed()
    stand.tick(Added("mine"))
    assert stand.core.called("use_model") == []
    assert stand.shown["message"].text == "mine was added; choose it under Model to use it."
    stand.tick(Added("other"))  # a file that brought its model.json has no dialog
    assert stand.core.called("use_model") == [("other",)]


def test_a_model_may_be_dropped_with_what_lies_beside_it(stand):
    stand.tick(*READY)
    stand.presenter.sources.open_paths(["net.bin", "net.xml", "net.labels.txt"])
    assert stand.core.called("look_at_model") == [("net.xml",)]


def test_a_cascade_of_the_person_becomes_the_detector(stand, tmp_path):
    stand.tick(*READY)
    cascade = tmp_path / "my cascade.xml"
    cascade.write_text('<opencv_storage type_id="opencv-cascade-classifier"/>')
    stand.view.answers["cascade"] = str(cascade)
    stand.presenter.choices.choose_detector(OPEN_CASCADE)
    stand.tick(DetectorFailed(str(cascade), "It is no cascade."))
    stand.presenter.sources.open_paths([str(cascade)])
    assert stand.core.called("use_detector") == [(str(cascade),)] * 2
    stand.tick(DetectorFailed(str(cascade), "It is no cascade."))
    assert stand.shown["detectors"][1] == "haar"


def test_yunet_is_downloaded_only_when_the_person_agrees(stand):
    stand.tick(*READY)
    stand.presenter.choices.choose_detector("yunet")
    assert stand.view.opened[-1] == ("download",)
    assert not stand.core.called("download_yunet")
    stand.presenter.choices.download()
    stand.tick(Downloading(50, 200))
    assert stand.shown["download"] == (0.25, "")
    stand.tick(Downloaded())
    assert stand.core.called("use_detector") == [("yunet",)]


def test_a_detector_instead_of_a_broken_one_is_said_and_not_kept(stand):
    stand.tick(READY[0])
    stand.tick(DetectorFailed("finder", "It is broken.", "haar"), DetectorReady("haar", True))
    message = stand.shown["message"]
    assert message.text == "It is broken. The detector haar is used instead."
    assert stand.shown["detectors"][1] == "haar"
    assert stand.presenter.settings.detector == "finder"
