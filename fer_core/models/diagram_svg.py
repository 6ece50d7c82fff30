"""A network as a drawing: one box a layer, from top to bottom, lines for what reads what."""

from html import escape

from fer_core.models.diagram import Diagram, Layer

_WIDE, _HIGH, _GAP, _LANE = 280, 44, 20, 310
_COLORS = {
    "convolution": "#4f6fe8",
    "grouped convolution": "#4f6fe8",
    "transposed convolution": "#4f6fe8",
    "dense": "#a45fc4",
    "max pooling": "#1a9a76",
    "average pooling": "#1a9a76",
    "global average pooling": "#1a9a76",
    "add": "#c98a12",
    "multiply": "#c98a12",
    "join": "#c98a12",
}
_OTHER = "#8a93a6"


def svg(diagram: Diagram, title: str) -> str:
    """The drawing; its texts and lines are in `currentColor`, so that it suits light and dark.

    Args:
        diagram: of a model.
        title: what it is called.
    """
    places = _placed(diagram.layers)
    lanes = 1 + max((lane for lane, _ in places), default=0)
    ranks = 1 + max((rank for _, rank in places), default=0)
    side = 30 if any(_is_long(diagram, places, layer) for layer in diagram.layers) else 0
    width, height = lanes * _LANE + side, ranks * (_HIGH + _GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-label="{escape(title)}" font-size="13"'
        ' font-family="system-ui, DejaVu Sans, sans-serif">'
    ]
    for layer in diagram.layers:
        for source in layer.inputs:
            parts.append(_line(places[source], places[layer.id]))
    parts += [_box(layer, *places[layer.id]) for layer in diagram.layers]
    return "\n".join([*parts, "</svg>"])


def shown_shape(shape: tuple[int, ...]) -> str:
    """`24×24×48`; what may have any size is `?`."""
    return "×".join("?" if side < 0 else str(side) for side in shape)


def _placed(layers: tuple[Layer, ...]) -> list[tuple[int, int]]:
    """Lane and rank of each: below all that it reads, below one of those if that is free."""
    places: list[tuple[int, int]] = []
    taken: set[tuple[int, int]] = set()
    for layer in layers:
        rank = 1 + max((places[source][1] for source in layer.inputs), default=-1)
        lane = min((places[source][0] for source in layer.inputs), default=0)
        while (lane, rank) in taken:
            lane += 1
        places.append((lane, rank))
        taken.add((lane, rank))
    return places


def _is_long(diagram: Diagram, places: list[tuple[int, int]], layer: Layer) -> bool:
    return any(places[layer.id][1] - places[source][1] > 1 for source in layer.inputs)


def _at(place: tuple[int, int]) -> tuple[float, float]:
    """The upper left corner of a box."""
    return place[0] * _LANE + 6, place[1] * (_HIGH + _GAP) + 4


def _line(source: tuple[int, int], target: tuple[int, int]) -> str:
    (x0, y0), (x1, y1) = _at(source), _at(target)
    if target[1] - source[1] == 1:
        path = (
            f"M{x0 + _WIDE / 2} {y0 + _HIGH} C{x0 + _WIDE / 2} {y0 + _HIGH + _GAP} "
            f"{x1 + _WIDE / 2} {y1 - _GAP} {x1 + _WIDE / 2} {y1}"
        )
    else:  # past the boxes between
        right = max(x0, x1) + _WIDE + 22
        path = (
            f"M{x0 + _WIDE} {y0 + _HIGH / 2} C{right} {y0 + _HIGH / 2} {right} {y0 + _HIGH} "
            f"{right} {y0 + _HIGH + _GAP} L{right} {y1 - _GAP} C{right} {y1 + _HIGH / 2} "
            f"{right} {y1 + _HIGH / 2} {x1 + _WIDE} {y1 + _HIGH / 2}"
        )
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-opacity=".45"/>'


def _box(layer: Layer, lane: int, rank: int) -> str:
    x, y = _at((lane, rank))
    color = _COLORS.get(layer.kind, _OTHER)
    count = f"{layer.parameters:,}" if layer.parameters else ""
    head = f"{layer.kind} · {shown_shape(layer.shape)}" if layer.shape else layer.kind
    return (
        f"<g><title>{escape(layer.kind)} {escape(layer.detail)}</title>"
        f'<rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="8" fill="{color}"'
        f' fill-opacity=".16" stroke="{color}"/>'
        f'<text x="{x + 10}" y="{y + 18}" fill="currentColor" font-weight="600">'
        f"{escape(_short(head, 34))}</text>"
        f'<text x="{x + 10}" y="{y + 35}" fill="currentColor" font-size="11.5">'
        f"{escape(_short(layer.detail, 28))}</text>"
        f'<text x="{x + _WIDE - 10}" y="{y + 35}" fill="currentColor" font-size="11.5"'
        f' text-anchor="end">{count}</text></g>'
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
