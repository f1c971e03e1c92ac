"""A network: layers with their shapes and parameters, and what leads to what. Models of Keras and PyTorch are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.demo.network import residual_network

if TYPE_CHECKING:
    from storage import Artifact

TYPE, ENTRY = "Graph", "resnet-18"


def log(artifact: Artifact) -> None:
    """Log it."""
    artifact.add(residual_network(blocks=[2, 2, 2, 2]), "resnet-18")
