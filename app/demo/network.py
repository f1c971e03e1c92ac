"""ResNet as a graph: layers, shapes and parameters computed from the paper's table, no framework needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import datatypes as dt

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["residual_network"]


class _Builder:
    """Adds layer after layer, keeping count of shape and parameters."""

    def __init__(self) -> None:
        self.graph = dt.Graph("torch")
        self.channels, self.side = 3, 224

    def layer(self, name: str, class_name: str, before: Any, parameters: int = 0) -> Any:
        shape = [None, self.channels, self.side, self.side] if self.side else [None, self.channels]
        node = self.graph.add_node(
            id=name, name=name, class_name=class_name, output_shape=shape, num_parameters=parameters
        )
        for one in before:
            self.graph.add_edge(one, node)
        return node

    def convolution(self, name: str, before: Any, channels: int, kernel: int, stride: int) -> Any:
        """Add a convolution without bias and its batch normalisation."""
        count = kernel * kernel * self.channels * channels
        self.channels, self.side = channels, self.side // stride
        node = self.layer(f"{name}.conv", "Conv2d", [before], count)
        return self.layer(f"{name}.norm", "BatchNorm2d", [node], 2 * channels)

    def block(self, name: str, before: Any, channels: int, stride: int) -> Any:
        """Add a basic block: two convolutions of 3×3 and the way around them."""
        given = (self.channels, self.side)
        node = self.layer(f"{name}.relu1", "ReLU", [self.convolution(f"{name}.1", before, channels, 3, stride)])
        node = self.convolution(f"{name}.2", node, channels, 3, 1)
        if given != (self.channels, self.side):
            self.channels, self.side = given
            before = self.convolution(f"{name}.shortcut", before, channels, 1, stride)
        return self.layer(f"{name}.relu2", "ReLU", [self.layer(f"{name}.add", "Add", [node, before])])


def residual_network(blocks: Sequence[int]) -> dt.Graph:
    """Return a residual network for pictures of 224×224 pixels and 1,000 classes.

    Parameters
    ----------
    blocks : sequence of int
        Basic blocks in each of the four stages: ``[2, 2, 2, 2]`` is ResNet-18 with 11,689,512 parameters.

    Notes
    -----
    Source: K. He and others, "Deep residual learning for image recognition", CVPR 2016, table 1.
    """
    build = _Builder()
    node = build.layer("input", "Input", [])
    node = build.layer("stem.relu", "ReLU", [build.convolution("stem", node, 64, 7, 2)])
    build.side //= 2
    node = build.layer("stem.pool", "MaxPool2d", [node])
    for stage, count in enumerate(blocks):
        for number in range(count):
            stride = 2 if stage and not number else 1
            node = build.block(f"stage{stage + 1}.{number + 1}", node, 64 * 2**stage, stride)
    features, build.side = build.channels, 0
    node = build.layer("pool", "AdaptiveAvgPool2d", [node])
    build.channels = 1000
    build.layer("classes", "Linear", [node], features * 1000 + 1000)
    return build.graph
