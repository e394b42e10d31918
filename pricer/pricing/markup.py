"""Markup in a pasted description: what a browser's copy would have left of it.

Only elements that HTML has are taken for markup, so that "<3", "width < 5 in" and "<Brand>" stay as they were written.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
        "header hr li main nav ol p pre section table tbody thead tfoot tr ul",
    )
)
_CELLS = frozenset(("td", "th", "option"))
_HIDDEN = frozenset(("script", "style", "template", "noscript"))
_INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo big body button center cite code col colgroup del details em font head html i iframe img "
        "input ins kbd label link mark meta picture q s samp select small source span strike strong sub summary sup "
        "svg textarea time title tt u var video wbr",
    )
)
_KNOWN = _BLOCKS | _CELLS | _HIDDEN | _INLINE
_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(_KNOWN, key=len, reverse=True))})(?=[\s/>])[^<>]*>|<!--[^<>]{{0,2000}}-->", re.I
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.I)
_AMPERSANDS = re.compile(r"&(?:amp;)+", re.I)
_LONGEST = 200_000  # characters; no page of a product has more
_PASSES = 4  # shops escape markup that holds escaped markup


def without_markup(text: str) -> str:
    """`text` as a browser would copy it; as it is where it holds neither a tag of HTML nor an entity."""
    if len(text) > _LONGEST or not ("<" in text or "&" in text):
        return text
    for _ in range(_PASSES):
        if _TAG.search(text):
            cleaned = _as_copied(text)
        elif _ENTITY.search(text):
            cleaned = html.unescape(_AMPERSANDS.sub("&amp;", text))
        else:
            break
        if cleaned == text:
            break
        text = cleaned
    return text


def _as_copied(text: str) -> str:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in reader.text().split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    """Collects what is shown: a new line for each block, nothing of scripts and styles."""

    CDATA_CONTENT_ELEMENTS = ()  # an unclosed <script> would swallow the rest

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._shown: list[str] = []
        self._hidden: list[str] | None = None  # what stands in a script that may yet turn out to be unclosed
        self._hidden_by = ""

    def text(self) -> str:
        """All that is shown, blocks on lines of their own."""
        return "".join([*self._shown, *(self._hidden or ())])

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's own signature
        if tag not in _KNOWN:
            self._write(self.get_starttag_text() or "")
        elif tag in _HIDDEN and self._hidden is None:
            self._hidden, self._hidden_by = [" "], tag
        else:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _KNOWN:
            self._write(f"</{tag}>")
        elif self._hidden is not None and tag == self._hidden_by:
            self._hidden = None
            self._write(" ")
        else:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        self._write(" ".join(re.split(r"\s+", data)))

    def handle_decl(self, decl: str) -> None:
        self._write("" if decl.lower().startswith("doctype") else f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self._write(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self._write(f"<?{data}>")

    def _break(self, tag: str) -> None:
        self._write("\n" if tag in _BLOCKS else " " if tag in _CELLS else "")

    def _write(self, text: str) -> None:
        (self._shown if self._hidden is None else self._hidden).append(text)
