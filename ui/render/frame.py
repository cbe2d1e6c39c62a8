"""What stands on every page: the band, the status of the document, the foot."""

from dataclasses import dataclass

from assistant.compose.notice import expired
from assistant.compose.wording import Wording
from corpus.schema import Pack
from ui.render import page_html
from ui.words import Words


@dataclass(frozen=True, slots=True)
class Notice:
    """What a document is, in a line."""

    id: str
    status: str
    name: str
    period: str
    over: bool


def notice_of(pack: Pack, today: str, words: Words) -> Notice:
    """The status of a pack's document on a day (ISO)."""
    wording = Wording(pack, words.language == "en")
    meta = pack.meta
    period = wording.own(meta.period).replace("-", "–")
    return Notice(meta.id, wording.own(meta.status_text), wording.own(meta.name), period, expired(meta, today))


def band_html(pack: Pack, today: str, words: Words) -> str:
    """The head of a page with the status notice."""
    return page_html("band.html.j2", words, notice=notice_of(pack, today, words))


def foot_html(pack: Pack, today: str, words: Words, machine: str = "") -> str:
    """The foot of a page; `machine` names the language model where one is configured."""
    return page_html("foot.html.j2", words, notice=notice_of(pack, today, words), machine=machine)
