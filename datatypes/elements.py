"""Chemical elements: their symbols, and the element that an atom's name most likely means."""

from __future__ import annotations

import re

__all__ = ["SYMBOLS", "element_of_name", "element_of_symbol"]

#: In the order of their numbers, so that the place of a symbol is its number.
SYMBOLS: tuple[str, ...] = tuple(
    re.findall(
        r"[A-Z][a-z]?",
        "HHeLiBeBCNOFNeNaMgAlSiPSClArKCaScTiVCrMnFeCoNiCuZnGaGeAsSeBrKrRbSrYZrNbMoTcRuRhPdAgCdInSnSbTeIXeCsBaLaCePrNd"
        "PmSmEuGdTbDyHoErTmYbLuHfTaWReOsIrPtAuHgTlPbBiPoAtRnFrRaAcThPaUNpPuAmCmBkCfEsFmMdNoLrRfDbSgBhHsMtDsRgCnNhFlMcLvTsOg",
    )
)

_KNOWN = {symbol.upper(): symbol for symbol in SYMBOLS} | {"D": "H", "T": "H"}  # isotopes of hydrogen have own letters

#: Two letters that mean the element also where names begin with the letter of a commoner one.
_TWO = frozenset({"AL", "BR", "CL", "CR", "CU", "FE", "LI", "MG", "MN", "MO", "NI", "PT", "RU", "SE", "SI", "ZN"})
_WORD = re.compile(r"[A-Za-z]+")


def element_of_symbol(text: str) -> str:
    """Return the symbol in its usual spelling of ``"O2-"``, ``"CL"``, ``"c"``; empty for what is none."""
    found = _WORD.match(text.strip())
    return _KNOWN.get(found[0].upper(), "") if found else ""


def element_of_name(name: str, residue: str = "") -> str:
    """Return the element that an atom's name means: ``"CA"`` is carbon, but calcium in a residue ``"CA"``.

    Parameters
    ----------
    name : str
        As force fields and the Protein Data Bank write it: ``"1HB2"``, ``"OW"``, ``"CL1"``.
    residue : str, optional
        Name of its residue: an ion is called like it.

    Returns
    -------
    str
        A symbol; empty if the name does not say.
    """
    found = _WORD.search(name)
    if found is None:
        return ""
    if found[0][:2] in SYMBOLS and found[0][1:2].islower():  # crystals: "Na1"
        return found[0][:2]
    word = found[0].upper()
    alone = _WORD.search(residue)
    if alone is not None and word == alone[0].upper() and word[:2] in _KNOWN:
        return _KNOWN[word[:2]]
    if word[:2] in _TWO:
        return _KNOWN[word[:2]]
    return _KNOWN.get(word[0]) or _KNOWN.get(word[:2], "")
