"""The text of a policy that was published as a web page: one line a block, blanks for non-breaking ones."""

from bs4 import BeautifulSoup
from bs4.element import Tag

_BLOCKS = ("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote", "section", "article")


def html_to_text(markup: str) -> str:
    """Plain text of an HTML page; every innermost block is a line. Scripts, styles and comments are dropped."""
    soup = BeautifulSoup(markup, "html.parser")
    for junk in soup(["script", "style", "noscript", "template"]):
        junk.decompose()
    for line_break in soup("br"):
        line_break.replace_with("\n")
    root = soup.body or soup
    lines = []
    for block in root.find_all(_BLOCKS):
        if isinstance(block, Tag) and not block.find(_BLOCKS):
            text = block.get_text().replace("\xa0", " ").rstrip()
            if text.strip():
                lines.append(text)
    if not lines:
        lines = [root.get_text().replace("\xa0", " ")]
    return "\n".join(lines) + "\n"
