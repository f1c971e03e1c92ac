"""Atoms of CIF files: the dialect of crystals (``_atom_site_label``) and that of proteins (``_atom_site.id``).

Source: the CIF 1.1 syntax of the International Union of Crystallography, as far as a table of atoms needs it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CifAtom", "read_atoms"]

_TOKEN = re.compile(r"'((?:[^']|'(?=\S))*)'(?=\s|$)|\"((?:[^\"]|\"(?=\S))*)\"(?=\s|$)|(\S+)")
_RESERVED = re.compile(r"(data_|save_|loop_|stop_|global_)", re.IGNORECASE)
_PARTS = ("label", "auth_asym_id", "label_asym_id", "auth_seq_id", "label_comp_id", "label_atom_id", "label_alt_id")
_UNKNOWN = (".", "?")


class CifAtom(NamedTuple):
    """A row of a table of atoms; texts are empty where the file does not say."""

    label: str
    place: tuple[float, float, float]
    symbol: str
    name: str
    chain: str
    residue: str
    model: int


def read_atoms(lines: list[str]) -> Iterator[CifAtom]:
    """Give each atom; places are in ångström, or fractions of the cell where only these are given.

    Raises
    ------
    ValueError
        If a table of atoms is not whole.
    """
    names: list[str] = []
    values: list[str] = []
    in_head = in_loop = False
    pairs: dict[str, str] = {}
    waiting = ""
    for text, quoted in _tokens(lines):
        if not quoted and (text.startswith("_") or _RESERVED.match(text)):
            if in_loop and not in_head:
                yield from _rows(names, values)
                names, values, in_loop = [], [], False
            if text.lower() == "loop_":
                names, values, in_loop, in_head = [], [], True, True
            elif text.startswith("_") and in_head:
                names.append(_plain(text))
            else:
                waiting, in_loop, in_head = _plain(text), False, False
        elif in_loop:
            in_head = False
            if _is_atoms(names):
                values.append(text)
        elif waiting.startswith("_atom_site."):
            pairs[waiting] = text
    if in_loop:
        yield from _rows(names, values)
    if pairs:
        yield from _rows(list(pairs), list(pairs.values()))


def _plain(name: str) -> str:
    """Name of an item, the two dialects in one spelling."""
    lower = name.lower()
    return lower.replace("_atom_site_", "_atom_site.", 1) if lower.startswith("_atom_site_") else lower


def _is_atoms(names: list[str]) -> bool:
    return any(name in names for name in ("_atom_site.cartn_x", "_atom_site.fract_x"))


def _tokens(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Give each word and whether it was quoted; a text between semicolons is one word."""
    block: list[str] | None = None
    for line in lines:
        if line.startswith(";"):
            if block is None:
                block = [line[1:]]
            else:
                yield "\n".join(block), True
                block = None
        elif block is not None:
            block.append(line)
        else:
            for match in _TOKEN.finditer(line):
                if match[3] is not None and match[3].startswith("#"):
                    break
                yield (match[3], False) if match[3] is not None else (match[1] or match[2] or "", True)
    if block is not None:
        raise ValueError("a text without an end")


def _rows(names: list[str], values: list[str]) -> Iterator[CifAtom]:
    if not _is_atoms(names):
        return
    if len(values) % len(names):
        raise ValueError(f"{len(values)} values in a table of {len(names)} columns")
    kind = "cartn" if "_atom_site.cartn_x" in names else "fract"
    axes = [names.index(f"_atom_site.{kind}_{axis}") for axis in "xyz"]
    parts = [names.index(f"_atom_site.{part}") for part in _PARTS if f"_atom_site.{part}" in names]
    columns = {name.removeprefix("_atom_site."): index for index, name in enumerate(names)}
    models: dict[str, int] = {}
    for start in range(0, len(values), len(names)):
        row = values[start : start + len(names)]

        def first(*fields: str, row: list[str] = row) -> str:
            found = (row[columns[field]] for field in fields if field in columns)
            return next((text for text in found if text not in _UNKNOWN), "")

        label = ":".join(row[part] for part in parts if row[part] not in _UNKNOWN)
        x, y, z = (_number(row[axis]) for axis in axes)
        residue = first("label_comp_id", "auth_comp_id") + first("auth_seq_id", "label_seq_id")
        number = first("pdbx_pdb_model_num")
        yield CifAtom(
            label,
            (x, y, z),
            first("type_symbol"),
            first("label_atom_id", "auth_atom_id", "label"),
            first("auth_asym_id", "label_asym_id"),
            residue,
            models.setdefault(number, len(models) + 1),
        )


def _number(text: str) -> float:
    """A number, whose uncertainty in brackets is left off; NaN where it is unknown."""
    return float("nan") if text in _UNKNOWN else float(text.partition("(")[0])
