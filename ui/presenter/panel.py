"""The picture and what is beside and below it: faces, bars, timeline, status."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.presenter import faces
from ui.presenter.core import Look, Picture
from ui.presenter.film import FilmTimeline
from ui.presenter.history import History
from ui.presenter.shell import Shell
from ui.presenter.shown import CAMERA, VIDEO, FaceRow
from ui.presenter.zoom import Zoom

if TYPE_CHECKING:
    from fer_core.types import FrameResult


class Panel:
    """What is seen now, and which face is chosen.

    Attributes:
        picture: what is on the screen, or None.
        first_overlay: called once with the first picture that has a result.
        zoom: how closely the picture is looked at.
        film: the film as a whole, once something is known of it.
        caption: gives the line for the corner of the picture.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._history = History()
        self._chosen: int | None = None
        self._shown: int | None = None  # the chosen face, or the one that stands in for it
        self._marked: int | None = None
        self.picture: Picture | None = None
        self.first_overlay: Callable[[], None] | None = None
        self.zoom = Zoom()
        self.film = FilmTimeline(shell)
        self.film.chosen = lambda: self._shown
        self.caption: Callable[[], str] = lambda: ""

    @property
    def result(self) -> "FrameResult | None":
        """What was found in the picture."""
        return self.picture.result if self.picture is not None else None

    @property
    def shown(self) -> int | None:
        """The face in the panel."""
        return self._shown

    def begin(self, keep_picture: bool = False) -> None:
        """A new source: nothing of the one before is left, but for its picture where asked."""
        self._chosen = self._shown = self._marked = None
        self._history.clear()
        self.film.begin()
        self.zoom.fit()
        if not keep_picture:
            self.picture = None

    def take_picture(self, picture: Picture) -> None:
        """A new picture is there; what is beside it is always read from the same result."""
        self.picture = picture
        if self._shell.has_card:
            self._shell.show_card(None)
        self._shell.view.show_picture(picture)
        self.show_faces()
        if picture.result is not None and self.first_overlay is not None:
            self.first_overlay()
            self.first_overlay = None

    def take_result(self, result: "FrameResult") -> None:
        """One more result of the stream, for the timeline."""
        self._history.add(result)

    def choose(self, key: int | None) -> None:
        """A face of the list, or one in the picture, was chosen."""
        if key != self._chosen:
            self._chosen = key
            self.show_faces()
            self.show_timeline()

    def choose_at(self, x: float, y: float) -> None:
        """A click on the picture, px of the shown picture: the smallest face there."""
        hits = []
        for number, face in self.result.numbered if self.result else ():
            x0, y0, x1, y1 = face.face.box_xyxy.tolist()
            if x0 <= x <= x1 and y0 <= y <= y1:
                hits.append(((x1 - x0) * (y1 - y0), number))
        if hits:
            self.choose(min(hits)[1])

    def choose_next(self, by: int) -> None:
        """The next or the previous face of the list."""
        keys = [row.key for row in self._rows()]
        if keys:
            place = keys.index(self._shown) if self._shown in keys else -1
            self.choose(keys[(place + by) % len(keys)])

    def zoom_by(self, factor: float, at: tuple[float, float] | None = None) -> None:
        """Enlarges the picture around a place, px of the shown picture; None is its middle."""
        if self.picture is not None and not self._shell.has_card:
            self.zoom.by(factor, self.picture, at)
            self.redraw()

    def fit(self) -> None:
        """All of the picture again."""
        if self.zoom.fit():
            self.redraw()

    def drag(self, dx: float, dy: float) -> None:
        """The pointer drags an enlarged picture, px."""
        if self.picture is not None and self.zoom.move(dx, dy, self.picture):
            self.redraw()

    def redraw(self) -> None:
        """The room for the picture, or how it is drawn, changed."""
        s = self._shell.settings
        self._shell.core.look(
            Look(
                self._shell.view.picture_room(),
                s.language,
                mirror=s.mirror and self._shell.mode == CAMERA,
                caption=self.caption() if s.show_accuracy else "",
                selected=self._marked,
                text_px=self._shell.view.label_px(),
                zoom=self.zoom.factor,
                center=self.zoom.center,
            )
        )

    def show_all(self) -> None:
        """Shows everything again."""
        if self.picture is not None and not self._shell.has_card:
            self._shell.view.show_picture(self.picture)
        self.show_faces()
        self.show_timeline()
        self.redraw()

    def show_faces(self) -> None:
        """The list of faces, and the chosen one; without a choice, the largest."""
        shell, rows = self._shell, self._rows()
        shown = self._shown = self._face_to_show([row.key for row in rows])
        shell.view.show_faces(rows, shown)
        marked = shown if len(rows) > 1 else None
        if marked != self._marked:
            self._marked = marked
            self.redraw()
        detail, hint = None, "panel.no_face"
        if self.picture is None:
            hint = "panel.no_picture"
        elif self.picture.black and shown is None:
            hint = "panel.black_camera" if shell.mode == CAMERA else "panel.black"
        elif self.result is None or not self.result.model:
            hint = "panel.reading"
        elif shown is not None:
            detail = faces.detail(self.result, shown, shell.texts)
        shell.view.show_face(detail, shell.texts(hint))

    def show_timeline(self) -> None:
        """The last minute of a stream."""
        shell = self._shell
        live = shell.mode in (CAMERA, VIDEO) and not shell.has_card and not self.film.is_there
        shell.view.show_film(self.film.shown())
        shell.view.show_timeline(self._history.timeline(shell.texts, self._shown) if live else None)

    def _rows(self) -> tuple[FaceRow, ...]:
        if self.result is None:
            return ()
        return faces.rows(self.result, self._shell.texts)

    def _face_to_show(self, keys: list[int]) -> int | None:
        """The chosen face; without it the one shown so far, else the largest."""
        for wanted in (self._chosen, self._shown):
            if wanted in keys:
                return wanted
        if self.result is None or not keys:
            return None
        return max((min(face.face.wh_px), number) for number, face in self.result.numbered)[1]
