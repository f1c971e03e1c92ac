"""Cards with previews, as one component: artifacts of a store, values of an artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.components import mount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["gallery"]


def gallery(cards: Sequence[Mapping[str, Any]], *, key: str, wide: bool = False) -> None:
    """Draw cards.

    Parameters
    ----------
    cards : sequence of mapping
        Each with ``title``, ``href``, ``icon``, ``pictures`` (addresses, one, or up to four for a collage), ``note``
        (text at the right of the title), ``text`` (a second line), ``chips`` (list of ``{"text", "kind"}``),
        ``problem`` (instead of a preview), and where there is one ``badge`` (of fidelity, as the inspector has it),
        ``bar`` (address of the counts of `app.records`).
    key : str
        Place on the page.
    wide : bool
        Cards of artifacts, which are wider than those of values.
    """
    mount("gallery", {"cards": [dict(card) for card in cards], "wide": wide}, key=key, scripts=("fidelity.js",))
