"""Word documents in a Chinese face; control characters, which the format refuses, are left out."""

from typing import Any

from evals.sheets import printable

_FACE = "宋体"


def document(title: str, subtitle: str = "") -> Any:
    """An empty document with its title."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt

    file = Document()
    normal = file.styles["Normal"]
    normal.font.size = Pt(10.5)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FACE)
    file.core_properties.title = title
    file.core_properties.author = "明策"
    file.add_heading(title, level=0)
    if subtitle:
        paragraph(file, subtitle)
    return file


def paragraph(file: Any, text: str, style: str | None = None) -> Any:
    """A paragraph of plain text at the end of a document."""
    return file.add_paragraph(printable(text), style=style)
