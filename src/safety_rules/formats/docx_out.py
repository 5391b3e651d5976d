"""Documents as .docx: built from a layout with a content control for each slot, and filled by the controls' tags.

A district's own template takes the place of the built one: it needs the same tags, wherever they stand, and nothing in
it is run. A control of a list stands around what is repeated: a paragraph or a table row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safety_rules.formats.safe import CONTROL, replacing
from safety_rules.language.errors import LedgerError

if TYPE_CHECKING:
    from docx.document import Document

Values = Mapping[str, str | Sequence[Mapping[str, str]]]
SLOT = re.compile(r"(\{\w+\})")
BODY, TITLE, BLACK, SONG = "仿宋", "方正小标宋简体", "黑体", "宋体"
STAND_IN = {BODY: "仿宋_GB2312", TITLE: "华文中宋", BLACK: "SimHei", SONG: "SimSun"}
MARGINS = {
    "gb9704": (37, 28, 35, 26),
    "enforcement": (25, 28, 25, 26),
    "list": (28, 20, 25, 20),
}  # top, left, bottom, right in mm
WIDE = ("list",)  # frames that lie on their side
LOOKS: dict[str, tuple[str, float, str, float, bool]] = {  # font, size in pt, alignment, first line in characters, bold
    "body": (BODY, 16, "JUSTIFY", 2, False),
    "title": (TITLE, 22, "CENTER", 0, False),
    "number": (BODY, 16, "CENTER", 0, False),
    "to": (BODY, 16, "LEFT", 0, False),
    "head": (BLACK, 16, "LEFT", 2, False),
    "item": (BODY, 16, "JUSTIFY", 2, False),
    "line": (BODY, 14, "LEFT", 0, False),
    "sign": (BODY, 16, "RIGHT", 0, False),
    "annex": (BLACK, 16, "LEFT", 0, False),
    "note": (BODY, 12, "LEFT", 0, False),
    "copies": (BODY, 12, "LEFT", 0, False),
    "cell": (BODY, 12, "LEFT", 0, False),
}
LINE = {"gb9704": 28.95, "enforcement": 24.0, "list": 26.0}
NUMBERED = ("— ", "PAGE", " —")  # what stands at the foot, fields in capitals
FEET = {"gb9704": NUMBERED, "list": NUMBERED, "enforcement": ("共 ", "NUMPAGES", " 页　第 ", "PAGE", " 页")}
LAST = ("sign", "copies")  # what must not stand alone on a page


def built(layout: Mapping[str, Any]) -> Document:
    """Return the document of a layout with its slots as empty content controls. Raises LedgerError where the extra is missing."""
    document = _blank(layout["frame"])
    for block in layout["blocks"]:
        style = block.get("style", "body")
        if "table" in block:
            _table(document, block)
        elif "list" in block:
            _wrapped(_paragraph(document, block["p"], style)._p, block["list"])
        else:
            _paragraph(document, block["p"], style)
    return document


def _keep_signatures_together(document: Document) -> None:
    """Keep seal, day and copies on one page with the line before them: no page holds signatures alone."""
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    found = [
        p for p in document.element.body.iter(qn("w:p")) if not any(a.tag == qn("w:tc") for a in p.iterancestors())
    ]
    for before, after in pairwise(Paragraph(p, document._body) for p in found):
        if after.style is not None and after.style.name in LAST:
            before.paragraph_format.keep_with_next = True


def opened(path: Path) -> Document:
    """Return a district's own template; raises LedgerError where it is no document."""
    docx = _docx()
    try:
        return docx.Document(str(path))  # type: ignore[no-any-return]
    except Exception as error:
        raise LedgerError(f"`{path.name}` is no .docx document: {error}") from None


def fill(document: Document, values: Values, name: str) -> None:
    """Put values where their content controls stand; raises LedgerError for a control that nothing fills."""
    for control in list(_outer(document.element.body)):
        _fill(control, values, name)
    _keep_signatures_together(document)


def write(document: Document, path: Path, *read: Path) -> None:
    """Write a document; its file is complete or absent."""
    with replacing(path, *read) as temporary, temporary.open("wb") as file:
        document.save(file)


def _docx() -> Any:
    try:
        import docx
    except ImportError:
        raise LedgerError("documents need the extra `documents`: pip install 'safety-rules[documents]'") from None
    return docx


def _blank(frame: str) -> Document:
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    document: Document = _docx().Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(297), Mm(210)) if frame in WIDE else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if frame in WIDE else WD_ORIENT.PORTRAIT
    section.top_margin, section.left_margin, section.bottom_margin, section.right_margin = map(Mm, MARGINS[frame])
    section.footer_distance = Mm(MARGINS[frame][2] - 14)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, side if FEET[frame] is NUMBERED else "CENTER")
        for part in FEET[frame]:
            run = paragraph.add_run("" if part.isupper() else part)
            _font(run, SONG, 14 if FEET[frame] is NUMBERED else 10.5)
            if part.isupper():
                _field(run, part)
    document.core_properties.author, document.core_properties.language = "", "zh-CN"
    for look in LOOKS:
        _style(document, look, LINE[frame])
    _stand_ins(document)
    return document


def _field(run: Any, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", None, "end"):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = name
        run._r.append(element)


def _stand_ins(document: Document) -> None:
    """Name for each font the one that stands in where a machine has it not."""
    fonts = next(p for p in document.part.package.iter_parts() if p.partname.endswith("/fontTable.xml"))
    told = "".join(f'<w:font w:name="{n}"><w:altName w:val="{a}"/></w:font>' for n, a in STAND_IN.items())
    fonts._blob = fonts.blob.replace(b"</w:fonts>", told.encode() + b"</w:fonts>")


def _font(run: Any, name: str, size: float, bold: bool = False) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run.font.name, run.font.size, run.font.bold = "Times New Roman", Pt(size), bold
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _style(document: Document, look: str, line: float) -> None:
    """Add the paragraph style of a look, so that a district changes it in one place, and every program shows it."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    font, size, side, indent, bold = LOOKS[look]
    style = document.styles.add_style(look, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.font.name, style.font.size, style.font.bold = "Times New Roman", Pt(size), bold
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    shape = style.paragraph_format
    shape.alignment = getattr(WD_ALIGN_PARAGRAPH, side)
    shape.space_before = shape.space_after = Pt(0)
    if indent:
        shape.first_line_indent = Pt(size * indent)
    if look != "cell":
        shape.line_spacing = Pt(max(line, size * 1.4) if look == "title" else line)
    shape.page_break_before = look == "annex"
    shape.keep_with_next = look in ("head", "title")


def _paragraph(parent: Any, text: str, style: str) -> Any:
    paragraph = parent.add_paragraph(style=style)
    for part in SLOT.split(text):
        if not part:
            continue
        run = paragraph.add_run("" if SLOT.fullmatch(part) else part)
        if SLOT.fullmatch(part):
            _wrapped(run._r, part[1:-1])
    return paragraph


def _table(document: Document, block: Mapping[str, Any]) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    table = document.add_table(rows=2, cols=len(block["columns"]), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, block["widths"], strict=True):
        column.width = Mm(width)
    for row, texts in zip(table.rows, (block["columns"], block["cells"]), strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text, width in zip(row.cells, texts, block["widths"], strict=True):
            cell.width = Mm(width)
            paragraph = _paragraph(cell, text, "cell")
            cell._tc.remove(paragraph._p.getprevious())
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _wrapped(table.rows[1]._tr, block["table"])


def _wrapped(element: Any, tag: str) -> None:
    """Put a content control around an element."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    control, properties, content = (OxmlElement(n) for n in ("w:sdt", "w:sdtPr", "w:sdtContent"))
    for name in ("w:alias", "w:tag"):
        part = OxmlElement(name)
        part.set(qn("w:val"), tag)
        properties.append(part)
    element.addprevious(control)
    content.append(element)
    control.append(properties)
    control.append(content)


def _outer(element: Any) -> Iterator[Any]:
    """Yield the controls in an element that stand in no other of them."""
    for child in element:
        if _tag(child):
            yield child
        else:
            yield from _outer(child)


def _tag(control: Any) -> str:
    from docx.oxml.ns import qn

    tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
    return "" if tag is None else str(tag.get(qn("w:val"), ""))


def _fill(control: Any, values: Values, name: str) -> None:
    from docx.oxml.ns import qn

    tag = _tag(control)
    if tag not in values:
        known = ", ".join(f"`{v}`" for v in values)
        raise LedgerError(f"the template of `{name}` has a control `{tag}`, which nothing fills; there are {known}")
    value, content = values[tag], control.find(qn("w:sdtContent"))
    if isinstance(value, str):
        _say(content, value)
        return
    patterns = list(content)
    for item in value:
        for pattern in patterns:
            made = deepcopy(pattern)
            content.append(made)
            for inner in list(_outer(made)):
                _fill(inner, item, name)
    for pattern in patterns:
        content.remove(pattern)
    if not len(content):  # a control may not be empty: what holds nothing goes
        control.getparent().remove(control)


def _say(content: Any, value: str) -> None:
    """Put text into the first run of a control, its lines parted by breaks; formulas and fields are text."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    runs = list(content.iter(qn("w:r")))
    for run in runs:
        for old in [e for e in run if e.tag != qn("w:rPr")]:
            run.remove(old)
    for at, line in enumerate(CONTROL.sub("", value).split("\n")):
        if at:
            runs[0].append(OxmlElement("w:br"))
        text = OxmlElement("w:t")
        text.set(qn("xml:space"), "preserve")
        text.text = line
        runs[0].append(text)
