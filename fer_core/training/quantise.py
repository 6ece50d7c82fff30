"""Eight bits for a network that is trained: the same answers in half the time.

NNCF (Apache-2.0, from the makers of OpenVINO) reads samples, notes what passes between the layers,
and lays kernels and what they see on 256 steps. What costs next to nothing and is felt the most
stays as it is: the first kernel, the last ones, depthwise kernels and those on maps of one cell
(squeeze and excitation).
"""

import logging
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.errors import ConfigError
from fer_core.models.engine import core, import_openvino, read_network

_KERNELS = ("Convolution", "GroupConvolution", "MatMul")


def quantise_file(network: Path, samples: Sequence[np.ndarray]) -> float:
    """Writes an OpenVINO network anew, with eight bits.

    Args:
        network: its .xml, the weights beside it.
        samples: inputs as for `quantised`; half of them are what both forms are compared on.

    Returns:
        The share of those for which both have the same number highest, 0..1.
    """
    openvino = import_openvino()
    before = read_network(network)
    after = quantised(before, samples[::2])
    first, second = (
        core().compile_model(one, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        for one in (before, after)
    )
    same = [first(one)[0].argmax() == second(one)[0].argmax() for one in samples[1::2]]
    with tempfile.TemporaryDirectory(dir=network.parent) as work:
        made = Path(work, network.name)
        openvino.save_model(after, made, compress_to_fp16=True)
        for part in (made.with_suffix(".bin"), made):  # OpenVINO still looks into the old ones
            os.replace(part, network.with_name(part.name))
    return float(np.mean(same))


def quantised(network: Any, samples: Iterable[np.ndarray]) -> Any:
    """The network with eight bits where that serves.

    Args:
        network: openvino.Model of one input.
        samples: a few hundred inputs of one row each, as the network takes them, float32.

    Returns:
        Another openvino.Model, of the same input and output.

    Raises:
        ConfigError: NNCF is not installed.
    """
    nncf = _import_nncf()
    kernels = [op for op in network.get_ordered_ops() if op.get_type_name() in _KERNELS]
    depthwise = [op for op in kernels if op.get_type_name() == "GroupConvolution"]
    stay = [*kernels[:1], *depthwise, *filter(_is_one_cell, kernels)]
    names = {op.get_friendly_name() for op in stay} | _last_kernels(network)
    rows = [np.asarray(sample, np.float32) for sample in samples]
    return nncf.quantize(
        network.clone(),
        nncf.Dataset(rows),
        subset_size=len(rows),
        preset=nncf.QuantizationPreset.MIXED,
        ignored_scope=nncf.IgnoredScope(names=sorted(names)),
    )


def _import_nncf() -> Any:
    os.environ.setdefault("NNCF_CI", "1")  # or it would count its use over the network
    import_openvino()  # before NNCF imports all of it
    loggers = logging.getLoggerClass()
    try:
        import nncf
    except ImportError as error:
        raise ConfigError(
            "Quantising needs NNCF; pip install -r requirements-train.txt and try again."
        ) from error
    finally:
        logging.setLoggerClass(loggers)  # it has put its own in the place of everybody's
    nncf.set_log_level(logging.ERROR)
    return nncf


def _is_one_cell(kernel: Any) -> bool:
    """Whether a convolution's map (N, C, 1, 1) has one cell."""
    shape = kernel.output(0).get_partial_shape()
    cells = list(shape)[2:] if shape.rank.is_static and len(shape) == 4 else []
    return bool(cells) and all(side.is_static and side.get_length() == 1 for side in cells)


def _last_kernels(network: Any) -> set[str]:
    """Names of the kernels behind which none is."""
    found: set[str] = set()
    seen: set[str] = set()
    open_ends = list(network.get_results())
    while open_ends:
        for value in open_ends.pop().input_values():
            node = value.get_node()
            if node.get_type_name() in _KERNELS:
                found.add(node.get_friendly_name())
            elif node.get_friendly_name() not in seen:
                seen.add(node.get_friendly_name())
                open_ends.append(node)
    return found
