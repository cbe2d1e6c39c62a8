"""What a count counts: the thing of its fact, another thing, or nothing of it (a target, a whole)."""

import re
from collections.abc import Set as AbstractSet

from assistant.language import language
from assistant.understand.hints import after
from assistant.understand.hints import before as before_words
from assistant.understand.reading import Reading
from corpus.figures import Figure
from corpus.schema import Fact

_COUNTED_REACH = 8
_CLAUSE_MARK = re.compile("[，,。；;！？!?]")


def miscounted(
    reading: Reading,
    figure: Figure,
    fact: Fact,
    deeds: AbstractSet[str],
    kinds: AbstractSet[str] = frozenset(),
    recipients: AbstractSet[str] = frozenset(),
) -> bool:
    """Whether the thing counted is another: 培育了5家科技型中小企业 counts no 高新技术企业.

    A deed behind the figure is no thing: 任务50家完成了58家.
    """
    if not fact.counts or figure.kind != "count" or not figure.value:
        return False
    if figure.text[0] == "一" and any(reading.text.startswith(deed, figure.end) for deed in deeds):
        inside = _CLAUSE_MARK.split(reading.text[figure.end :])[0]
        if any(o.unit == figure.unit and figure.end <= o.start < figure.end + len(inside) for o in reading.figures):
            return True  # 一家培育了2家: the first is who did it
    behind = [m for m in reading.mentions if m.start >= figure.end and m.start - figure.end <= _COUNTED_REACH]
    if fact.jointly and behind and not _only_named(reading, figure.end, behind[0].start):
        return True
    if any(m.term in fact.counts and not _CLAUSE_MARK.search(reading.text[figure.end : m.start]) for m in behind):
        return False  # 11家评上高新技术企业
    if fact.jointly:
        return True  # 加速器2家 counts no accelerators
    if behind and behind[0].term not in deeds and reading.text[figure.end : behind[0].start] in ("", "的", " "):
        return behind[0].term not in fact.counts
    ahead = [m.term for m in reading.mentions if m.end == figure.start and m.term not in fact.counts]
    if any(term in kinds for term in ahead):
        return True  # 科技型中小企业12家
    told = any(m.term in fact.counts or m.term in fact.words for m in reading.mentions)
    if not told and any(term in recipients for term in ahead):
        return True  # 国家级孵化器1家
    if figure.text[0] == "一" and not language().speech["excess"].search(before_words(reading.text, figure, 4)):
        return True  # 一家一家算 counts nothing
    return figure.unit != fact.unit or bool(language().speech["counted_things"].match(after(reading.text, figure, 6)))


def _only_named(reading: Reading, start: int, stop: int) -> bool:
    """Whether nothing but terms and a 的 or 新 stands between: 两家国家级孵化器, not 两个牌子——众创空间."""
    plain = [i for i in range(start, stop) if not any(m.start <= i < m.end for m in reading.mentions)]
    return all(reading.text[i] in "的新老 " for i in plain)


def is_beware(reading: Reading, figure: Figure, fact: Fact) -> bool:
    """Whether the words before a figure make it another than this fact: a target, a total."""
    lead = before_words(reading.text, figure, 6)
    direct = any(word in lead[-4:] for word in fact.beware)
    if sum(other.unit == figure.unit for other in reading.figures) < 2:  # 一共认定了63家, and no target beside it
        direct = direct or any(lead.removesuffix("了").endswith(word + deed) for word in fact.beware for deed in fact.words)
    if sum(other.unit == figure.unit for other in reading.figures) < 2 and fact.minus:
        direct = direct or bool(language().speech["in_all"].search(before_words(reading.text, figure, 18)))
    return direct and not language().speech["excess"].search(lead)
