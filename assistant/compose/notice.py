"""What the document is: its status and period, in every answer on money."""

from assistant.compose.draft import Draft
from assistant.compose.wording import Wording
from corpus.schema import Meta, Quote
from corpus.text import find_all

_KINDS = {
    "draft": "征求意见稿，不是正式文件，不能当作定稿或兑现依据",
    "in_force": "现行文件",
    "expired": "已失效",
    "trial": "试行文件",
}


def expired(meta: Meta, today: str) -> bool:
    """Whether the document's period is over on a day (ISO dates)."""
    return today > meta.valid_to


def notice_text(meta: Meta, today: str, words: Wording) -> str:
    """Status and period in one sentence."""
    template = (
        "{status}，{period}，期限已过；金额按文本测算，不是承诺"
        if expired(meta, today)
        else "{status}，{period}；金额按文本测算，不是承诺"
    )
    return words(template, status=words.own(meta.status_text), period=_period(meta, words))


def _period(meta: Meta, words: Wording) -> str:
    return words.own(meta.period).replace("-", "–")


def add_notice(draft: Draft) -> None:
    """The notice in full once a conversation and in each batch line, a badge after that."""
    state = draft.state
    meta = state.policy.meta
    if draft.first:
        draft.say("说明", notice_text(meta, state.desk.today, draft.words))
    else:
        draft.say("说明", draft.words("{status}，按文本测算", status=draft.words.own(meta.status_text)))


def status_lines(draft: Draft) -> None:
    """The answer to a question about the document itself."""
    state = draft.state
    meta = state.policy.meta
    words = draft.words
    draft.result(
        words("这份文件是{status}" if meta.status == "draft" else "这份文件：{status}", status=words.own(meta.status_text))
    )
    draft.say("文件", words("《{name}》（原文标题：{title}）", name=words.own(meta.name), title=meta.title))
    draft.say("性质", words(_KINDS[meta.status]))
    over = "{period}，截至今天期限已过" if expired(meta, state.desk.today) else "{period}"
    draft.say("期限", words(over, period=_period(meta, words)))
    for inferred in meta.inferred:
        draft.say("推断", words.own(inferred))
    title = state.policy.document.clauses[0]
    spans = find_all(title.text, meta.status_text) or find_all(title.text, meta.title)
    if spans:
        start, end = title.start + spans[0][0], title.start + spans[0][1]
        draft.cite_silently(Quote(title.id, state.policy.document.source[start:end], start, end))
