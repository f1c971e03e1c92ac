"""Videos: every frame, the declared size, and frames that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.verifying.types.base import TypeCheck

if TYPE_CHECKING:
    from app.verifying.part import Part


class VideoCheck(TypeCheck):
    """Checks of videos."""

    tags: ClassVar[tuple[str, ...]] = ("video-file",)

    def inspect(self, part: Part, value: Any) -> None:
        """Decode every frame, and count them against what the file says."""
        value.facts()
        count, shape = 0, None
        for frame in value.frames():
            count, shape = count + 1, frame.shape
        if count != value.n_frames:
            part.problem("decode", f"holds {value.n_frames:,} frames, and {count:,} of them can be decoded")
        if shape is not None:
            for name, measured in (("width", shape[1]), ("height", shape[0])):
                declared = part.stored.get(name)
                if declared is not None and declared != measured:
                    part.problem("decode", f'says "{name}" {declared}, and its frames have {measured}')
        if part.record is None:
            _missing_frames(part, value)


def _missing_frames(part: Part, value: Any) -> None:
    """Compare frames with length times rate: SDKs that encode through moviepy drop the last one or two."""
    if value.format == "gif":
        _merged_frames(part, value)
        return
    rate, secs = value.fps, value.duration_secs
    wanted = round(rate * secs) if rate and secs else 0
    missing = wanted - value.n_frames
    if missing > 0:
        text = (
            f"holds {value.n_frames:,} frames where {secs:.3f} s at {rate:.3f} frames a second make {wanted:,}: W&B "
            f"has probably dropped {missing}, because its encoder leaves out the end"
        )
        part.finding("frames-missing", missing, text)


def _merged_frames(part: Part, value: Any) -> None:
    """Count frames of a GIF that are shown longer than the shortest: equal neighbours become one frame."""
    from datatypes import gif

    with value.open() as file:
        delays = gif.scan(file, value.path or "video").delays_cs
    shortest = min((delay for delay in delays if delay > 0), default=0)
    merged = sum(round(delay / shortest) - 1 for delay in delays) if shortest else 0
    if merged > 0:
        text = (
            f"some frames are shown longer than others, as long as {merged:,} more: W&B has probably merged equal "
            "neighbours, because its GIF encoder does"
        )
        part.finding("frames-merged", merged, text)
