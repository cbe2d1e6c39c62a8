"""What the document is: its status and period, in every answer on money."""

from assistant.compose.draft import Draft
from corpus.schema import Meta, Quote
from corpus.text import find_all

_KINDS = {"draft": "征求意见稿，不是正式文件", "in_force": "现行文件", "expired": "已失效", "trial": "试行文件"}


def expired(meta: Meta, today: str) -> bool:
    """Whether the document's period is over on a day (ISO dates)."""
    return today > meta.valid_to


def notice_text(meta: Meta, today: str) -> str:
    """Status and period in one sentence."""
    over = "，期限已过" if expired(meta, today) else ""
    return f"文件状态：{meta.status_text}，{meta.period.replace('-', '–')}{over}；金额按文本测算，不是承诺"


def add_notice(draft: Draft) -> None:
    """The notice in full once a conversation and in each batch line, a badge after that."""
    state = draft.state
    meta = state.policy.meta
    if state.desk.notice_always or not state.conversation.turns:
        draft.say("说明", notice_text(meta, state.desk.today))
    else:
        draft.say("说明", f"{meta.status_text}，按文本测算")


def status_lines(draft: Draft) -> None:
    """The answer to a question about the document itself."""
    state = draft.state
    meta = state.policy.meta
    kind = _KINDS[meta.status]
    over = "，截至今天期限已过" if expired(meta, state.desk.today) else ""
    draft.result(f"这份文件是{meta.status_text}" if meta.status == "draft" else f"这份文件：{meta.status_text}")
    draft.say("文件", f"《{meta.name}》（原文标题：{meta.title}）")
    draft.say("性质", kind + ("，不能当作定稿或兑现依据" if meta.status == "draft" else ""))
    draft.say("期限", f"{meta.period.replace('-', '–')}{over}")
    for inferred in meta.inferred:
        draft.say("推断", inferred)
    title = state.policy.document.clauses[0]
    spans = find_all(title.text, meta.status_text) or find_all(title.text, meta.title)
    if spans:
        start, end = title.start + spans[0][0], title.start + spans[0][1]
        draft.cite_silently(Quote(title.id, state.policy.document.source[start:end], start, end))
