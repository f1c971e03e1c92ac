"""Previews of values in cells: small, made when a browser asks for them, kept by digest."""

from __future__ import annotations

import functools
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from datatypes.ports import MediaSource

__all__ = ["array_picture", "is_picture", "is_value", "media_cell", "type_of"]

#: Longest side of the picture of an array, and of an array that gets one.
_ARRAY_SIDE = 320
_MAX_ARRAY_SIDE = 4096

#: Bars of a histogram in a cell.
_BARS = 32

#: Colours of viridis at equal steps; between them it is close to straight. Source: matplotlib, CC0.
_VIRIDIS = (
    (68, 1, 84), (72, 36, 117), (65, 68, 135), (53, 95, 141), (42, 120, 142), (33, 145, 140), (34, 168, 132),
    (68, 191, 112), (122, 209, 81), (189, 223, 38), (253, 231, 37),
)  # fmt: skip


def is_value(document: Any) -> bool:
    """Whether stored JSON is that of a value of ours."""
    from datatypes.wire import is_value_json

    return isinstance(document, dict) and is_value_json(document)


def type_of(tag: str) -> tuple[str, str]:
    """Return the name of a type as the documentation spells it, and its icon."""
    from app.renderers import for_tag
    from app.renderers.fallback import type_icon
    from datatypes.registry import class_for_tag

    renderer = for_tag(tag)
    if renderer.TAG:
        return renderer.TYPE_NAME, renderer.ICON
    cls = class_for_tag(tag)
    return (cls.__name__ if cls is not None else tag), type_icon(tag)


def media_cell(
    document: dict[str, Any], source: MediaSource | None, url_for_bytes: Callable[..., str]
) -> dict[str, Any]:
    """Return the cell of a value: its type, a line about it, and what can be shown of it at once.

    Parameters
    ----------
    document : dict
        Stored JSON.
    source : MediaSource
        Where its files are.
    url_for_bytes : callable
        `app.media.url_for_bytes`.
    """
    from datatypes.wire import tag_of

    tag = tag_of(document) or ""
    name, icon = type_of(tag)
    cell: dict[str, Any] = {"k": "media", "tag": tag, "type": name, "icon": icon, "t": _line_about(document)}
    width, height = document.get("width"), document.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        cell["w"], cell["h"] = width, height
    if tag == "image-file" and source is not None:
        cell["src"] = url_for_bytes(
            functools.partial(_picture, document, source), "image/webp", _ident(document, source)
        )
    elif tag == "histogram":
        cell["bars"] = _bars(document)
    else:
        hook = getattr(_renderer(tag), "preview", None)  # a renderer that knows a cheap picture of its values says so
        if hook is not None and source is not None:
            make = functools.partial(_hooked, hook, document, source)
            cell["src"] = url_for_bytes(make, "image/webp", _ident(document, source))
    return cell


def _renderer(tag: str) -> Any:
    from app.renderers import for_tag

    return for_tag(tag)


def _ident(document: dict[str, Any], source: Any) -> str:
    text = json.dumps(document, sort_keys=True)
    where = f"{getattr(source, 'qualified_name', '')}@{getattr(source, 'digest', '')}"
    return f"cell/{where}/{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _line_about(document: dict[str, Any]) -> str:
    """Return what tells a value from its neighbours: its caption, its size, or the name of its file."""
    caption = document.get("caption")
    if isinstance(caption, str) and caption:
        return caption[:200]
    width, height = document.get("width"), document.get("height")
    if isinstance(width, int) and isinstance(height, int):
        return f"{width:,}×{height:,}"
    columns, rows = document.get("ncols"), document.get("nrows")
    if isinstance(columns, int) and isinstance(rows, int):
        return f"{rows:,} rows × {columns:,} columns"
    path = document.get("path")
    if not isinstance(path, str):
        return ""
    size = document.get("size")
    from app.text import human_size

    return human_size(size) if isinstance(size, int) and not isinstance(size, bool) else path.rpartition("/")[2]


def _picture(document: dict[str, Any], source: Any) -> bytes:
    """Return the preview of a picture with its masks and boxes, as WebP."""
    from app import thumbnails
    from datatypes.base import WBValue

    value = WBValue.init_from_json(document, source)
    ident = json.dumps(document, sort_keys=True)
    return thumbnails.of_value(value, source, ident)


def _hooked(hook: Callable[[Any], bytes], document: dict[str, Any], source: Any) -> bytes:
    from datatypes.base import WBValue

    return hook(WBValue.init_from_json(document, source))


def _bars(document: dict[str, Any]) -> list[float]:
    """Return the bars of a histogram, from 0 to 1; of many bins the sums of neighbours."""
    values = document.get("values")
    counts = [float(item) for item in values if isinstance(item, int | float)] if isinstance(values, list) else []
    width = max(1, -(-len(counts) // _BARS))
    sums = [sum(counts[start : start + width]) for start in range(0, len(counts), width)]
    top = max(sums, default=0.0)
    return [round(item / top, 4) if top > 0 else 0.0 for item in sums]


def is_picture(array: NDArray[Any]) -> bool:
    """Whether an array can be drawn: two dimensions, or three with the channels last."""
    sides = array.shape[:2]
    has_form = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (1, 3, 4))
    return has_form and array.dtype.kind in "buif" and min(sides) >= 2 and max(sides) <= _MAX_ARRAY_SIDE


def array_picture(array: NDArray[Any]) -> bytes:
    """Return an array as WebP: one channel in viridis from its least to its largest value, else as colours."""
    import numpy as np
    import PIL.Image

    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    values = array.astype(np.float64)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if array.ndim == 3 and array.dtype == np.uint8:
        low, high = 0.0, 255.0
    scaled = np.nan_to_num((values - low) / (high - low) if high > low else values * 0, nan=0.0, posinf=1.0, neginf=0.0)
    if array.ndim == 2:
        table = np.array(_VIRIDIS, dtype=np.float64)
        at = scaled * (len(table) - 1)
        below = np.minimum(at.astype(np.intp), len(table) - 2)
        rest = (at - below)[:, :, None]
        pixels = table[below] * (1 - rest) + table[below + 1] * rest
    else:
        pixels = scaled * 255
    picture = PIL.Image.fromarray(np.rint(pixels).astype(np.uint8))
    picture.thumbnail((_ARRAY_SIDE, _ARRAY_SIDE), PIL.Image.Resampling.BOX)
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", lossless=True, quality=50, method=2)
    return buffer.getvalue()
