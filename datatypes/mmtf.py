"""Atoms of MMTF files: MessagePack, and the encodings of its fields as far as atoms need them.

Source: the MMTF specification 1.0 of the Protein Data Bank, and the MessagePack specification.
"""

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING, Any

from datatypes import limits
from datatypes.elements import element_of_name, element_of_symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["read_atoms"]

_MAX_DEPTH = 32
_FIXED = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q"}
_FIXED |= {0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
_LENGTHS = {1: ">B", 2: ">H", 4: ">I"}
#: First byte → (kind, bytes of the length).
_SIZED = {0xC4: ("bin", 1), 0xC5: ("bin", 2), 0xC6: ("bin", 4), 0xD9: ("str", 1), 0xDA: ("str", 2), 0xDB: ("str", 4)}
_SIZED |= {0xDC: ("array", 2), 0xDD: ("array", 4), 0xDE: ("map", 2), 0xDF: ("map", 4)}


def read_atoms(data: bytes) -> Iterator[tuple[str, tuple[float, float, float], str, str, str, int]]:
    """Give label, place, element, chain, residue and model of each atom.

    Raises
    ------
    ValueError
        If it is not MMTF, or fields differ in length.
    """
    fields, _ = _unpack(data, 0, 0)
    if not isinstance(fields, dict) or not isinstance(fields.get("numAtoms"), int):
        raise ValueError("no field numAtoms")
    count = fields["numAtoms"]
    limits.check_array_bytes("MMTF", count * 24)
    axes = [_decode(fields[name], count) for name in ("xCoordList", "yCoordList", "zCoordList")]
    names = list(_names(fields))
    if any(len(axis) != count for axis in axes) or len(names) != count:
        lengths = [len(axis) for axis in axes] + [len(names)]
        raise ValueError(f"{count} atoms announced, lists of {lengths}")
    for (label, *rest), x, y, z in zip(names, *axes, strict=True):
        element, chain, residue, model = rest
        yield label, (x, y, z), element, chain, residue, model


def _names(fields: dict[str, Any]) -> Iterator[tuple[str, str, str, str, int]]:
    """Give the names of all atoms, from the groups of their kinds: label, element, chain, residue, model."""
    kinds = fields["groupList"]
    order = _decode(fields["groupTypeList"], fields["numGroups"])
    numbers = _decode(fields["groupIdList"], fields["numGroups"])
    if len(order) != len(numbers):
        raise ValueError("groups without a number")
    places = itertools.chain(_chains(fields), itertools.repeat(("", 1)))
    for kind, number, (chain, model) in zip(order, numbers, places, strict=False):
        group = kinds[int(kind)]
        residue = f"{group['groupName']}{int(number)}"
        symbols = itertools.chain(group.get("elementList") or (), itertools.repeat(""))
        for atom, symbol in zip(group["atomNameList"], symbols, strict=False):
            element = element_of_symbol(str(symbol)) or element_of_name(str(atom), str(group["groupName"]))
            yield f"{residue}:{atom}", element, chain, residue, model


def _chains(fields: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Give chain and model of each group, as far as the file says them."""
    packed, sizes = fields.get("chainNameList"), fields.get("groupsPerChain")
    if not isinstance(packed, bytes) or not isinstance(sizes, list):
        return
    body = packed[12:]
    chains = [body[at : at + 4].rstrip(b"\0").decode("ascii", "replace") for at in range(0, len(body), 4)]
    models = [number for number, size in enumerate(fields.get("chainsPerModel") or (), 1) for _ in range(size)]
    for index, (chain, size) in enumerate(zip(chains, sizes, strict=False)):
        model = models[index] if index < len(models) else 1
        yield from itertools.repeat((chain, model), min(int(size), fields["numGroups"]))


def _decode(field: bytes, most: int) -> list[float]:
    """Decode an encoded list of numbers; `most` bounds what a run length may claim."""
    codec, length, parameter = struct.unpack(">iii", field[:12])
    if length > max(most, 0):
        raise ValueError(f"a list of {length} for {most} items")
    body = field[12:]
    if codec == 1:
        return list(struct.unpack(f">{len(body) // 4}f", body))
    if codec in (2, 3, 4):
        kind, width = {2: ("b", 1), 3: ("h", 2), 4: ("i", 4)}[codec]
        return list(struct.unpack(f">{len(body) // width}{kind}", body))
    if codec == 7:
        return _run_lengths(_ints(body), length)
    if codec == 8:
        return _sums(_run_lengths(_ints(body), length))
    if codec in (10, 12):
        steps = _recursive(struct.unpack(f">{len(body) // 2}h", body))
        return [number / parameter for number in (_sums(steps) if codec == 10 else steps)]
    if codec == 9:
        return [number / parameter for number in _run_lengths(_ints(body), length)]
    raise ValueError(f"encoding {codec} of numbers")


def _ints(body: bytes) -> list[int]:
    return list(struct.unpack(f">{len(body) // 4}i", body))


def _run_lengths(pairs: list[int], length: int) -> list[float]:
    if sum(pairs[1::2]) != length or any(count < 0 for count in pairs[1::2]):
        raise ValueError(f"runs that are not {length} long")
    return [float(value) for value, count in zip(pairs[::2], pairs[1::2], strict=True) for _ in range(count)]


def _sums(steps: list[float]) -> list[float]:
    total, sums = 0.0, []
    for step in steps:
        total += step
        sums.append(total)
    return sums


def _recursive(words: tuple[int, ...]) -> list[float]:
    """Join numbers that did not fit 16 bits: those at the border go on in the next one."""
    numbers, total = [], 0.0
    for word in words:
        total += word
        if word not in (32767, -32768):
            numbers.append(total)
            total = 0.0
    return numbers


def _unpack(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """Decode one MessagePack value; return it and where the next one begins."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    first = data[at]
    at += 1
    if first < 0x80 or first >= 0xE0:
        return first if first < 0x80 else first - 256, at
    if first < 0xC0:
        if first >= 0xA0:
            return _body(data, at, depth, "str", first & 31)
        kind, size = "array" if first >= 0x90 else "map", first & 15
        return _body(data, at, depth, kind, size)
    if first in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[first], at
    if layout := _FIXED.get(first):
        return struct.unpack_from(layout, data, at)[0], at + struct.calcsize(layout)
    if first not in _SIZED:
        raise ValueError(f"a value of kind {first:#x}")
    kind, width = _SIZED[first]
    return _body(data, at + width, depth, kind, struct.unpack_from(_LENGTHS[width], data, at)[0])


def _body(data: bytes, at: int, depth: int, kind: str, size: int) -> tuple[Any, int]:
    if at + size > len(data):
        raise ValueError("cut")
    if kind in ("bin", "str"):
        body = data[at : at + size]
        return body if kind == "bin" else body.decode("utf-8", "replace"), at + size
    items = []
    for _ in range(size * 2 if kind == "map" else size):
        item, at = _unpack(data, at, depth + 1)
        items.append(item)
    return dict(zip(items[::2], items[1::2], strict=True)) if kind == "map" else items, at
