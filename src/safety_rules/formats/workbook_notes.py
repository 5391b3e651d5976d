"""What stands beside the cells of a workbook's sheet: comments at cells, and texts in boxes over them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree

Tree = Callable[[str], ElementTree.Element]
CELL = re.compile(r"^([A-Z]{1,3})([0-9]{1,7})$")
OURS = "safety-rules"  # the author of the comments in our own results, which say what was wrong with a cell
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


class Beside(NamedTuple):
    """A text beside the cells, at a row that counts from 1; `cell` is where it is said, nothing for a box."""

    row: int
    cell: str
    text: str


def beside_cells(part: str, there: set[str], tree: Tree) -> tuple[Beside, ...]:
    """Return the texts beside the cells of a sheet's part; `tree` reads one of the parts that are `there`."""
    folder, _, name = part.rpartition("/")
    links = f"{folder}/_rels/{name}.rels"
    if links not in there:
        return ()
    found: list[Beside] = []
    for link in tree(links):
        kind, target = link.get("Type", "").rpartition("/")[2], link.get("Target", "")
        at = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if at in there and kind == "comments":
            found += _comments(tree(at))
        elif at in there and kind == "drawing":
            found += _boxes(tree(at))
    return tuple(b for b in found if b.text)


def _comments(root: ElementTree.Element) -> Iterator[Beside]:
    authors = [e.text or "" for e in root.iter() if e.tag.endswith("}author")]
    ours = {str(i) for i, name in enumerate(authors) if name == OURS}
    for comment in (e for e in root.iter() if e.tag.endswith("}comment") and e.get("authorId") not in ours):
        at = CELL.match(comment.get("ref", ""))
        said = "".join(t.text or "" for t in comment.iter() if t.tag.endswith("}t"))
        yield Beside(int(at[2]) if at else 1, comment.get("ref", ""), " ".join(said.split()))


def _boxes(root: ElementTree.Element) -> Iterator[Beside]:
    for anchor in root:
        rows = (e.text for e in anchor.iter() if e.tag.endswith("}row"))
        row = next((int(r) + 1 for r in rows if r and r.isdigit()), 1)
        yield Beside(row, "", " ".join("".join(t.text or "" for t in anchor.iter(f"{DRAWN}t")).split()))
