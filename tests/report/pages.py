"""What a page says, taken out of its HTML again."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote


@dataclass
class Read(HTMLParser):
    """tables: title -> rows of cells; data: figure -> rows of its CSV; links: every address; words: text of the figures' SVGs."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    data: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._into: list[str] | None = None
        self._caption = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "xlink:href", "action", "srcset")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if "download" in found:
            head, _, body = (found["href"] or "").partition(",")
            assert head.startswith("data:text/csv")
            self.data[(found["download"] or "").removesuffix(".csv")] = list(csv.DictReader(io.StringIO(unquote(body))))
        if tag == "caption":
            self._into = [""]
        elif tag == "tr" and self._caption:
            self.tables[self._caption].append([])
        elif tag in ("td", "th") and self._caption:
            self.tables[self._caption][-1].append("")
            self._into = self.tables[self._caption][-1]

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption" and self._into is not None:
            self._caption = self._into[0]
            self.tables[self._caption] = []
        if tag in ("caption", "td", "th"):
            self._into = None
        elif tag == "table":
            self._caption = ""

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._into is not None:
            self._into[-1] += data


def read_page(html: str) -> Read:
    """Parse a page of the report."""
    page = Read()
    page.feed(html)
    return page
