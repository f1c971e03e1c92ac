"""What `Image` accepts, each turned into a side file and a record of what that cost."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from datatypes import png
from datatypes.errors import RejectedTypeError, RejectedValueError
from datatypes.extras import need
from datatypes.fidelity import FidelityRecord, array_source, measure_error
from datatypes.payload import BytesPayload, PathPayload, Payload, SourcePayload
from datatypes.picture import open_picture
from datatypes.pixels import Stored, guess_mode, store_array, tensor_pixels
from datatypes.ports import SourceFile

if TYPE_CHECKING:
    import PIL.Image
    from numpy.typing import NDArray

__all__ = ["FILE_TYPES", "Picture", "load_picture"]

#: Formats that arrays and Pillow images are encoded in.
FILE_TYPES = ("png", "jpg", "jpeg", "bmp")

#: Modes of Pillow that PNG holds as they are.
_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
#: Modes of Pillow that an array of the same values holds, and PNG does not.
_ARRAY_MODES = ("I", "F", "I;16B", "I;16L", "I;16N")
_NEAREST = {"RGBa": "RGBA", "La": "LA", "PA": "RGBA", "RGBX": "RGB"}


class Picture(NamedTuple):
    """A side file and what is known of it."""

    payload: Payload
    format: str
    size: tuple[int, int]
    record: FidelityRecord | None
    exact: NDArray[Any] | None = None


def load_picture(data: Any, mode: str | None, file_type: str | None, *, exact: bool) -> Picture:
    """Turn what was given into a side file.

    Parameters
    ----------
    data : object
        See `Image`.
    mode : str, optional
        Mode of Pillow to convert arrays to.
    file_type : str, optional
        One of `FILE_TYPES` for what is encoded here.
    exact : bool
        Keep the array too.

    Raises
    ------
    RejectedValueError, RejectedTypeError, MissingMediaError, UnreadableMediaError
        If it is no picture.
    """
    if file_type is not None and file_type not in FILE_TYPES:
        raise RejectedValueError("file_type", f"is {file_type!r}", f"Use one of {', '.join(FILE_TYPES)}.")
    kind = file_type or "png"
    if isinstance(data, SourceFile):
        return _from_payload(SourcePayload(data.source, data.name), data.name)
    if isinstance(getattr(data, "source_file", None), SourceFile):  # an entry of an artifact
        return load_picture(data.source_file, mode, file_type, exact=exact)
    if isinstance(data, str | os.PathLike):
        return _from_path(data)
    if hasattr(data, "read"):
        return _from_file_object(data)
    module = type(data).__module__
    if module.startswith("matplotlib") or getattr(data, "__name__", "") == "matplotlib.pyplot":
        return _from_figure(data)
    if module.startswith("PIL."):
        return _from_pil(data, kind, exact=exact)
    if module.partition(".")[0] == "torch" and hasattr(data, "detach"):
        array = data.detach().cpu().numpy()
        return _encode(store_array(tensor_pixels(array), "tensor"), mode, kind, array if exact else None)
    return _from_array(data, mode, kind, exact=exact)


def _from_path(path: str | os.PathLike[str]) -> Picture:
    text = os.fspath(path)
    if "://" in text:
        raise RejectedValueError(text, "is an address, and nothing is fetched", "Use add_reference, or pass a file.")
    return _from_payload(PathPayload(path), text)


def _from_payload(payload: Payload, subject: str) -> Picture:
    with payload.open() as file:
        size = open_picture(file, subject).size
    record = FidelityRecord("lossless", {"kind": "file", "sha256": payload.sha256})
    return Picture(payload, payload.extension.removeprefix("."), size, record)


def _from_file_object(file: Any) -> Picture:
    if hasattr(file, "seek"):
        file.seek(0)
    data = file.read()
    name = getattr(file, "name", None)
    subject = name if isinstance(name, str) else "file object"
    if not isinstance(data, bytes):
        raise RejectedTypeError(subject, "gives text, not bytes", 'Open it with mode "rb".')
    image = open_picture(io.BytesIO(data), subject)
    extension = {"JPEG": "jpg", "TIFF": "tif", "MPO": "jpg"}.get(image.format or "", (image.format or "").lower())
    payload = BytesPayload(data, f".{extension}")
    return Picture(
        payload, extension, image.size, FidelityRecord("lossless", {"kind": "file", "sha256": payload.sha256})
    )


def _from_figure(figure: Any) -> Picture:
    if hasattr(figure, "gcf"):
        figure = figure.gcf()
    elif hasattr(figure, "get_figure") and not hasattr(figure, "savefig"):
        figure = figure.get_figure()
    if not hasattr(figure, "savefig"):
        found = type(figure).__name__
        raise RejectedTypeError("matplotlib object", f"is {found} outside a figure", "Pass a figure or its axes.")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    size = open_picture(buffer, "figure", load=False).size
    return Picture(BytesPayload(buffer.getvalue(), ".png"), "png", size, None)


def _from_array(data: Any, mode: str | None, kind: str, *, exact: bool) -> Picture:
    import numpy as np

    if hasattr(data, "numpy"):
        data = data.numpy()
    if not isinstance(data, np.ndarray):
        remedy = "Pass a path, a file object, a picture of Pillow, an array, a tensor or a figure."
        raise RejectedTypeError("data_or_path", f"is {type(data).__name__}", remedy)
    return _encode(store_array(data), mode, kind, data if exact else None)


def _encode(stored: Stored, mode: str | None, kind: str, exact: NDArray[Any] | None) -> Picture:
    pixels, record = stored
    size = (pixels.shape[1], pixels.shape[0])
    if exact is not None:
        record = FidelityRecord("lossless", record.source)
    if kind == "png" and mode in (None, guess_mode(pixels)):
        return Picture(BytesPayload(png.encode(pixels), ".png"), kind, size, record, exact)
    pil = need("PIL.Image", "Image with a mode or another file_type than png")
    image = pil.fromarray(pixels)
    steps = list(record.steps)
    if mode is not None and mode != image.mode:
        image = _convert(image, mode)
        steps.append(f"convert to mode {mode}")
    if kind in ("jpg", "jpeg") and image.mode in ("RGBA", "LA", "P"):
        image = image.convert("RGB")
        steps.append("drop transparency")
    return _save(image, kind, record, steps, pixels, exact)


def _convert(image: PIL.Image.Image, mode: str) -> PIL.Image.Image:
    try:
        return image.convert(mode)
    except ValueError as error:
        remedy = "Use a mode of Pillow, such as L, RGB or RGBA."
        raise RejectedValueError("mode", f"{mode!r} cannot be made from {image.mode}", remedy) from error


def _save(
    image: PIL.Image.Image,
    kind: str,
    record: FidelityRecord,
    steps: list[str],
    given: NDArray[Any],
    exact: NDArray[Any] | None = None,
) -> Picture:
    """Encode by Pillow, decode again, and measure the whole way from `given` to what a reader gets."""
    import numpy as np

    name = "JPEG" if kind in ("jpg", "jpeg") else kind.upper()
    buffer = io.BytesIO()
    try:
        image.save(buffer, name)
    except (OSError, ValueError) as error:
        problem = f"cannot be stored as {kind} ({error})"
        raise RejectedValueError(f"picture of mode {image.mode}", problem, "Convert it, or use png.") from error
    payload = BytesPayload(buffer.getvalue(), f".{kind}")
    if exact is not None:
        return Picture(payload, kind, image.size, record, exact)
    back = open_picture(io.BytesIO(payload.data), "picture")
    shown = np.asarray(back)
    if shown.shape == given.shape and np.array_equal(shown, given) and record.verdict == "lossless":
        return Picture(payload, kind, image.size, record)
    if shown.shape != given.shape:  # measured in the colours of the source: what was lost stays lost
        channels = 1 if given.ndim == 2 else given.shape[2]
        shown = np.asarray(back.convert({1: "L", 3: "RGB", 4: "RGBA"}.get(channels, "RGB")))
    measured = measure_error(given, shown.astype(given.dtype) if shown.dtype == bool else shown)
    kept = {key: value for key, value in record.measures.items() if key in ("clipped", "dropped")}
    lossy = FidelityRecord("lossy", record.source, [*steps, f"encode {name}"], **{**kept, **measured})
    return Picture(payload, kind, image.size, lossy)


def _from_pil(image: PIL.Image.Image, kind: str, *, exact: bool) -> Picture:
    import numpy as np

    if image.mode in _ARRAY_MODES:
        array = np.asarray(image)
        array = array.astype(np.uint16) if image.mode.startswith("I;") else array
        stored = _whole_numbers(array) if image.mode == "I" else store_array(array, "PIL")
        return _encode(stored, None, kind, array if exact else None)
    if image.mode not in _PNG_MODES:
        return _recoloured(image, kind, exact=exact)
    array = np.asarray(image)
    record = FidelityRecord("lossless", {**array_source(array, "PIL"), "mode": image.mode})
    plain = not any(key in image.info for key in ("icc_profile", "transparency", "gamma"))
    if kind == "png" and plain and image.mode in ("L", "LA", "RGB", "RGBA", "I;16"):
        return Picture(BytesPayload(png.encode(array), ".png"), kind, image.size, record, array if exact else None)
    steps = []
    if kind in ("jpg", "jpeg") and image.mode in ("RGBA", "LA", "P"):
        image, steps = image.convert("RGB"), ["drop transparency"]
    return _save(image, kind, record, steps, array, array if exact else None)


def _whole_numbers(array: NDArray[Any]) -> Stored:
    """Store Pillow's 32-bit whole numbers as 16-bit grey, which is what PNG has."""
    import numpy as np

    source = array_source(array, "PIL")
    pixels = np.clip(array, 0, 65535).astype(np.uint16)
    clipped = int(np.count_nonzero(pixels != array))
    if not clipped:
        return Stored(pixels, FidelityRecord("lossless", source))
    steps = [f"clip {clipped} values to [0, 65535]"]
    return Stored(pixels, FidelityRecord("lossy", source, steps, **measure_error(array, pixels), clipped=clipped))


def _recoloured(image: PIL.Image.Image, kind: str, *, exact: bool) -> Picture:
    """Bring a mode that no picture file here holds (CMYK, YCbCr, LAB, HSV …) to RGB, and measure the way back."""
    import numpy as np

    given = np.asarray(image)
    mode = _NEAREST.get(image.mode, "RGB")
    shown = _convert(image, mode)
    steps = [f"convert {image.mode} to {mode}"]
    record = FidelityRecord("lossless", {**array_source(given, "PIL"), "mode": image.mode})
    if exact:
        return _save(shown, kind, record, steps, given, given)
    saved = _save(shown, kind, FidelityRecord("lossless"), [], np.asarray(shown))
    stored = open_picture(io.BytesIO(saved.payload.read()), "picture")
    try:
        measured = measure_error(given, np.asarray(stored.convert(image.mode)))
    except ValueError:  # Pillow has no way back from RGB to this mode
        measured = {}
    steps += saved.record.steps if saved.record else []
    return saved._replace(record=FidelityRecord("lossy", record.source, steps, **measured))
