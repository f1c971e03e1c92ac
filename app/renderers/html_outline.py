"""What an HTML document says of itself: title, first words, what acts in it, what it asks others for.

Found by patterns whose time grows with the text and no faster, not by a parser: a browser alone knows what a document
means, and nothing here decides about safety. It only says in words what the frame's policy does.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import NamedTuple
from urllib.parse import urlsplit

__all__ = ["Outline", "outline"]

#: Characters that are looked through; a longer document says what it says in these.
_MOST = 16 << 20

_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TAG = re.compile(
    r"<(script|img|link|iframe|frame|embed|object|video|audio|source|track|image|input)\b([^<>]{0,8000})", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"""\s(src|href|xlink:href|data|srcset|poster)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)
_RELATION = re.compile(r"""\srel\s*=\s*["']?([^"'>]*)""", re.IGNORECASE)
_STYLE_ADDRESS = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])([^"')\s]{1,2000})""", re.IGNORECASE)
_HANDLER = re.compile(r"""<[a-z][^<>]{0,4000}?\son[a-z]{3,24}\s*=""", re.IGNORECASE)
_SCRIPT_LINK = re.compile(r"""(?:href|src|action)\s*=\s*["']?\s*javascript:""", re.IGNORECASE)
_STYLES = re.compile(
    r"""<style\b[^<>]*>(.*?)(?:</style|$)|\sstyle\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE | re.DOTALL
)
_SCRIPT = re.compile(r"(<script\b[^<>]*>).*?(?:</script|$)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^<>]*>([^<]*)", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(r"<h[12][^<>]*>(.{1,500}?)</h[12]", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r"<(script|style|head|template|noscript)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"<[^<>]*>")
_DATA = re.compile(
    r'\stype\s*=\s*["\']?(?!module|text/javascript|application/javascript|text/ecmascript)[\w.+/-]+', re.IGNORECASE
)

_KINDS = {
    "script": "script", "img": "image", "image": "image", "input": "image", "link": "style sheet", "iframe": "frame",
    "frame": "frame", "embed": "frame", "object": "frame", "video": "medium/media", "audio": "medium/media",
    "source": "medium/media", "track": "medium/media",
}  # fmt: skip


class Outline(NamedTuple):
    """What was found.

    Attributes
    ----------
    title : str
        Text of ``<title>``, else of the first heading.
    words : str
        First visible text, at most some hundred characters.
    scripts : int
        Scripts that the document brings along.
    handlers : int
        Handlers in attributes, and links that are scripts.
    outside : dict of str to int
        What lies elsewhere, by kind.
    hosts : tuple of str
        Where, sorted.
    """

    title: str
    words: str
    scripts: int
    handlers: int
    outside: dict[str, int]
    hosts: tuple[str, ...]

    @property
    def acts(self) -> bool:
        """Whether scripts would change anything."""
        return bool(self.scripts or self.handlers)


def outline(document: str) -> Outline:
    """Look through a document."""
    text = _SCRIPT.sub(r"\1", _COMMENT.sub("", document[:_MOST]))  # what stands in scripts is no tag
    outside: Counter[str] = Counter()
    hosts: set[str] = set()
    scripts = 0
    for tag, attributes in _TAG.findall(text):
        name = tag.lower()
        addresses = [found for found in map(_outside, _addresses(attributes)) if found is not None]
        if name == "script" and not re.search(r"\ssrc\s*=", attributes, re.IGNORECASE):
            scripts += not _DATA.search(attributes)
        elif addresses and (name != "link" or _is_style(attributes)):
            outside[_KINDS[name]] += 1
            hosts.update(addresses)
    for inside, attribute in _STYLES.findall(text):
        found = [
            host
            for host in map(_outside, _STYLE_ADDRESS.findall(html.unescape(inside or attribute)))
            if host is not None
        ]
        if found:
            outside["file of styles/files of styles"] += len(found)
            hosts.update(found)
    handlers = len(_HANDLER.findall(text)) + len(_SCRIPT_LINK.findall(text))
    visible = _HIDDEN.sub(" ", text[: 1 << 20])
    heading = _TITLE.search(text) or _HEADING.search(visible)
    title = _plain(heading[1])[:120] if heading else ""
    words = _plain(visible[:20_000])[:400]
    return Outline(title, words, scripts, handlers, dict(outside), tuple(sorted(hosts - {""})))


def _addresses(attributes: str) -> list[str]:
    return [html.unescape(value.strip("\"'")).strip() for _, value in _ADDRESS.findall(attributes)]


def _is_style(attributes: str) -> bool:
    relation = _RELATION.search(attributes)
    return relation is not None and "stylesheet" in relation[1].lower()


def _outside(address: str) -> str | None:
    """Return the host of an address that leads out of the document, empty for one without a host; None for others."""
    scheme = address.partition(":")[0].lower()
    if not address or address.startswith("#") or scheme in ("data", "blob", "about", "javascript"):
        return None
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_ANY_TAG.sub(" ", markup)).split())
