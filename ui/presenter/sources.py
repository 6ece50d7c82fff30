"""Camera, Image and Video: what is shown, and the way out when it cannot be."""

from collections.abc import Sequence
from functools import partial

from fer_core.texts import Texts
from ui.presenter.adding import Adding
from ui.presenter.choices import Choices
from ui.presenter.panel import Panel
from ui.presenter.playlist import Playlist, is_address, kind_of, playlist, shown_name
from ui.presenter.saving import Saving
from ui.presenter.shell import Manner, Shell, Words
from ui.presenter.shown import CAMERA, IMAGE, VIDEO, Action, Card, Choice
from ui.presenter.words import failure


class Sources:
    """Opens things and moves through them.

    Attributes:
        pictures: those that the arrow keys go through, or None.
        cameras: those that were found, empty outside Camera.
    """

    def __init__(
        self, shell: Shell, panel: Panel, choices: Choices, saving: Saving, adding: Adding
    ) -> None:
        self._shell, self._panel = shell, panel
        self._choices, self._saving, self._adding = choices, saving, adding
        self._camera = shell.settings.camera
        self._video = ""
        self.pictures: Playlist | None = None
        self.cameras: tuple[Choice, ...] = ()

    def choose_mode(self, mode: str) -> None:
        """Camera, Image or Video was pressed."""
        {CAMERA: self.open_camera, IMAGE: self.ask_pictures, VIDEO: self.ask_video}[mode]()

    def open_camera(self) -> None:
        """Looks for cameras and shows the one that was used last, else the first."""
        self._begin(CAMERA, "loading.camera")
        self._shell.core.list_cameras()

    def choose_camera(self, key: str) -> None:
        """Another camera was picked."""
        self._shell.set(camera=key)
        self._open_listed_camera()

    def ask_pictures(self) -> None:
        """Asks for photos and opens them."""
        chosen = self._shell.view.ask_pictures()
        self._shell.view.show_mode(self._shell.mode)
        if chosen:
            self.open_paths(chosen)

    def ask_folder(self) -> None:
        """Asks for a folder of photos and opens it."""
        chosen = self._shell.view.ask_pictures_folder()
        if chosen:
            self.open_paths([chosen])

    def ask_video(self) -> None:
        """Asks for a video and plays it."""
        chosen = self._shell.view.ask_video()
        self._shell.view.show_mode(self._shell.mode)
        if chosen:
            self.open_paths([chosen])

    def paste(self) -> None:
        """Opens what is in the clipboard: a picture, or the path of one."""
        content = self._shell.view.clipboard()
        if isinstance(content, bytes) and content:
            self._begin(IMAGE, "loading.picture")
            self._shell.core.open_picture(content)
        elif content:
            self.open_paths([str(path) for path in content])
        else:
            self._shell.say("message.clipboard_empty")

    def open_paths(self, given: Sequence[str]) -> None:
        """Opens photos, a folder, a video, a cascade, a model: whatever was dropped or named."""
        kinds = [kind_of(path) for path in given]
        # A model may come with its .bin or labels.txt, in any order.
        if "model" in kinds:
            self._adding.begin(given[kinds.index("model")])
        elif kinds[0] == "cascade":
            self._choices.choose_detector(given[0])
        else:
            films = [path for path, kind in zip(given, kinds, strict=True) if kind == "video"]
            photos = [path for path in given if path not in films]
            if photos:
                self._open_photos(photos)
            if films and not photos:
                self._open_video(films.pop(0))
            if films:
                self._offer_film(films)

    def open_again(self) -> None:
        """Connects the camera once more, or opens the same photo or video again."""
        if self._shell.mode == CAMERA:
            self.open_camera()
        elif self._shell.mode == VIDEO and self._video:
            self._open_video(self._video)
        elif self._shell.mode == IMAGE and self.pictures is not None:
            self._show_listed(self.pictures)

    def jump(self, to_end: bool) -> None:
        """Home and End: the first or the last picture, the beginning or the end of a video."""
        if self._shell.mode == VIDEO:
            self._shell.core.seek(1.0 if to_end else 0.0)
        elif self.pictures is not None:
            self.move(len(self.pictures.paths) * (1 if to_end else -1))

    def move(self, by: int) -> None:
        """The arrow keys: other pictures of the folder, or single frames of a video."""
        if self._shell.mode == VIDEO:
            self._shell.core.step(by)
        elif self.pictures is not None and self.pictures.moved(by) != self.pictures:
            self._show_listed(self.pictures.moved(by))

    def play_or_pause(self) -> None:
        """Pauses a video or goes on; from its end it begins again."""
        progress = self._shell.core.progress()
        if self._shell.mode == VIDEO and progress is not None:
            self._shell.core.play(progress.status in ("paused", "ended"))

    def seek(self, share: float) -> None:
        """Jumps to a place of the video, 0..1."""
        self._shell.core.seek(share)

    def cameras_listed(self, cameras: tuple[Choice, ...]) -> None:
        """The search for cameras is over."""
        if self._shell.mode != CAMERA:
            return
        self.cameras = cameras
        if cameras or _is_no_name(self._shell.settings.camera):
            self._open_listed_camera()
        else:
            self._give_up(lambda texts: texts("message.no_camera"))

    def failed(self, english: str) -> None:
        """The source could not be opened, or ended for good; the sentence is the library's."""
        self._give_up(lambda texts: failure(texts, english, titled=True))

    def _give_up(self, words: Words) -> None:
        """A sentence and a way out."""
        self._saving.stop_recording()
        self._shell.core.close_source()
        self._panel.begin()
        self._shell.show_card(partial(self._problem_card, words, self._shell.mode))
        self._panel.show_all()
        self.show()

    def show_empty(self) -> None:
        """The window as it is before anything was opened."""
        self._shell.show_card(self._empty_card)

    def show(self) -> None:
        """Shows mode, cameras and tools."""
        view, mode = self._shell.view, self._shell.mode
        view.show_mode(mode)
        camera = self._camera
        view.show_cameras(self.cameras, shown_name(camera) if is_address(camera) else camera)
        self._saving.show()

    def _open_photos(self, given: Sequence[str]) -> None:
        found = playlist(given)
        if found is not None:
            self._show_listed(found)
            return
        self._begin(IMAGE, "loading.picture")
        self._give_up(lambda texts: texts("message.folder_empty", path=given[0]))

    def _open_video(self, path: str) -> None:
        self._begin(VIDEO, "loading.named", shown_name(path))
        self._video = path
        self._shell.core.open_video(path)

    def _offer_film(self, films: Sequence[str]) -> None:
        """What came along with what is opened is not lost."""
        names = ", ".join(shown_name(film) for film in films)

        def action(texts: Texts) -> Action:
            name = shown_name(films[0])
            return Action(texts("message.play_film", name=name), lambda: self.open_paths(films))

        self._shell.say("message.films_too", names=names, shows=Manner(action=action))

    def _show_listed(self, pictures: Playlist) -> None:
        keep = self._shell.mode == IMAGE and not self._shell.has_card
        self._begin(IMAGE, "loading.named", pictures.current.name, keep)
        self.pictures = pictures
        self._shell.core.open_picture(str(pictures.current))

    def _begin(self, mode: str, waiting: str, name: str = "", keep: bool = False) -> None:
        """A new source is on its way; with `keep` the last picture stays until it comes."""
        self._saving.stop_recording()
        self._shell.settled("source")
        self._shell.core.close_source()
        self._shell.mode = mode
        self.pictures = None
        if mode != CAMERA:
            self.cameras = ()
        self._panel.begin(keep)
        if not keep:
            self._shell.show_card(lambda: Card("looking", self._shell.texts(waiting, name=name)))
        self._panel.show_all()
        self.show()

    def _open_listed_camera(self) -> None:
        wanted, found = self._shell.settings.camera, self.cameras
        names = {camera.key.casefold(): camera.key for camera in found}
        if wanted.casefold() in names:
            self._camera = names[wanted.casefold()]
        else:
            self._camera = wanted if _is_no_name(wanted) else found[0].key
        self._begin(CAMERA, "loading.camera")
        self._shell.core.open_camera(self._camera)

    def _empty_card(self) -> Card:
        t = self._shell.texts
        actions = (
            Action(t("card.use_camera"), self.open_camera),
            Action(t("card.open_photo"), self.ask_pictures),
        )
        return Card("looking", t("card.empty_title"), t("card.empty_text"), actions, drop=True)

    def _problem_card(self, words: Words, mode: str) -> Card:
        t = self._shell.texts
        photo = Action(t("card.open_photo"), self.ask_pictures)
        actions = {
            CAMERA: (Action(t("card.try_again"), self.open_camera), photo),
            VIDEO: (
                Action(t("card.try_again"), self.open_again),
                Action(t("card.other_video"), self.ask_video),
            ),
        }.get(mode, (Action(t("card.other_photo"), self.ask_pictures),))
        return Card("warning", t("card.problem_title"), words(t), actions)


def _is_no_name(camera: str) -> bool:
    """Whether it is the number or the address of a camera, which no list has to know."""
    return camera.isdecimal() or is_address(camera)
