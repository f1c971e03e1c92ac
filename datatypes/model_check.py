"""Files of 3D models looked at before a decoder believes them: headers against sizes, references against what is there.

Decoders turn a lying, cut or empty file into an empty scene without a word, or ask for gigabytes that a header of a few
bytes promises. Here such a file is one clear error.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, NamedTuple

from datatypes import gltf_check
from datatypes.errors import UnreadableMediaError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FORMATS", "ModelInfo", "check_model", "external_files"]

#: Model formats that W&B names; point clouds (``pts.json``) are not among them.
FORMATS = ("babylon", "glb", "gltf", "obj", "stl")

_STL_HEADER = 84  # 80 bytes of anything and the number of triangles
_STL_TRIANGLE = 50


class ModelInfo(NamedTuple):
    """What a file of a model says that it holds, as far as that was checked."""

    vertices: int
    faces: int


def check_model(data: bytes, kind: str, subject: str) -> ModelInfo:
    """Check a model and count what it holds, without decoding it.

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : str
        One of `FORMATS`.
    subject : str
        Name for messages.

    Raises
    ------
    UnreadableMediaError
        If the file is not of that format, is cut, says more than it holds, or holds no geometry.
    """
    checks: dict[str, Callable[[bytes, str], tuple[int, int]]] = {
        "babylon": _check_babylon,
        "glb": gltf_check.check_glb,
        "gltf": gltf_check.check_gltf,
        "obj": _check_obj,
        "stl": _check_stl,
    }
    if not data:
        raise UnreadableMediaError(subject, "is empty", "Restore the file.")
    info = ModelInfo(*checks[kind](data, subject))
    if not info.vertices:
        raise UnreadableMediaError(subject, f"is a {kind} without geometry", "Export the model again.")
    return info


def external_files(data: bytes, kind: str) -> list[str]:
    """Return the names of other files that a model asks for: buffers, textures, materials; sorted.

    What cannot be read has none: the file is kept as it is all the same.
    """
    if kind == "obj":
        found = re.findall(rb"^mtllib[ \t]+(.+?)\s*$", data, re.MULTILINE)
        return sorted({name.decode("utf-8", "replace") for name in found})
    return gltf_check.external_files(data, kind) if kind in ("gltf", "glb") else []


def _check_stl(data: bytes, subject: str) -> tuple[int, int]:
    count = struct.unpack_from("<I", data, 80)[0] if len(data) >= _STL_HEADER else None
    if count is not None and len(data) == _STL_HEADER + count * _STL_TRIANGLE:
        return count * 3, count
    if data.lstrip()[:5].lower() == b"solid" and b"\0" not in data:
        return _check_text_stl(data, subject)
    if count is None:
        raise UnreadableMediaError(subject, f"has {len(data)} bytes, too few for an STL file", "Restore the file.")
    held = (len(data) - _STL_HEADER) / _STL_TRIANGLE
    problem = f"says {count:,} triangles and holds {held:,.10g}"
    raise UnreadableMediaError(subject, problem, "Restore the file; it is cut, or no STL.")


def _check_text_stl(data: bytes, subject: str) -> tuple[int, int]:
    words = data.lower()
    facets, vertices = len(re.findall(rb"\bfacet\s+normal\b", words)), len(re.findall(rb"\bvertex\b", words))
    ends = len(re.findall(rb"\bendfacet\b", words))
    if not facets or facets != ends or vertices != facets * 3 or b"endsolid" not in words:
        problem = f"opens {facets:,} facets, closes {ends:,} and has {vertices:,} vertices"
        raise UnreadableMediaError(subject, problem, "Restore the file; it is cut, or no STL.")
    return vertices, facets


def _check_obj(data: bytes, subject: str) -> tuple[int, int]:
    if b"\0" in data:
        raise UnreadableMediaError(subject, "is not an OBJ file: it holds zero bytes", "Restore the file.")
    vertices = faces = highest = 0
    for number, line in enumerate(data.replace(b"\\\n", b" ").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if words[0] == b"v":
            vertices += 1
            _check_numbers(words[1:4], number, subject)
        elif words[0] == b"f":
            if len(words) < 4:
                problem = f"has a face of {len(words) - 1} corners in line {number}"
                raise UnreadableMediaError(subject, problem, "Restore the file.")
            faces += len(words) - 3
            highest = max(highest, _highest_corner(words[1:], vertices, number, subject))
    if highest > vertices:
        problem = f"has faces that point to vertex {highest:,} of {vertices:,}"
        raise UnreadableMediaError(subject, problem, "Restore the file; it is cut.")
    return vertices, faces


def _check_numbers(words: list[bytes], number: int, subject: str) -> None:
    try:
        if len([float(word) for word in words]) == 3:
            return
    except ValueError:
        pass
    raise UnreadableMediaError(subject, f"has no place of three numbers in line {number}", "Restore the file.")


def _highest_corner(words: list[bytes], vertices: int, number: int, subject: str) -> int:
    highest = 0
    for word in words:
        index = word.partition(b"/")[0]
        place = int(index) if index.lstrip(b"-").isdigit() else 0
        if place == 0 or place < -vertices:
            shown = word[:40].decode("latin-1")
            problem = f"has the corner {shown!r} in line {number}, which is no vertex"
            raise UnreadableMediaError(subject, problem, "Restore the file.")
        highest = max(highest, place)
    return highest


def _check_babylon(data: bytes, subject: str) -> tuple[int, int]:
    from datatypes import babylon

    parts = babylon.read_parts(data, subject)
    return sum(len(part.vertices) for part in parts), sum(len(part.faces) for part in parts)
