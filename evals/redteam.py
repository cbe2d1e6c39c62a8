"""How much of a lie reaches the user, and how much honest talk does not: `make redteam`.

Honest replies of a model (evals/replies/honest.jsonl, written by hand beside real questions) are turned into lies by seeded
mutation and put through the production check; so are finished answers of the engine, through the check of finished texts.
A lie that is let through has slipped. Lies written by hand (hostile.jsonl) are counted apart, by their sort: words without
any figure that are false about conditions or procedures are the hard ones.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.table import Table

from assistant.desk import open_desk, today
from assistant.pipeline import STEPS, answer
from assistant.settings import load_settings
from assistant.state import Answer, Conversation, Desk, State
from assistant.talk.step import checked, open_box, salvaged
from assistant.talk.talker import Reply
from assistant.talk.toolbox import Toolbox
from assistant.verify import faults, figures_of
from evals.library import index
from evals.mutations import Honest, mutated
from evals.spellings import lie, plain_rates, plain_sums

REPLIES = Path(__file__).with_name("replies")
TEXTS = 0.25  # the share of finished texts among the mutated replies
CHUNK = 500


class Tally(NamedTuple):
    """What one chunk of work came to: mutated replies by sort, those that slipped with an example each."""

    tried: Counter[str]
    slipped: Counter[str]
    examples: list[str]


def read_replies(name: str) -> list[dict[str, Any]]:
    """The written replies of a file, honest or hostile."""
    text = (REPLIES / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@lru_cache(maxsize=4)
def _desk(pack: str) -> Desk:
    settings = replace(load_settings(), policy=pack, model=None)
    return replace(open_desk(settings, vectors=False), today=today(), notice_always=True)


@lru_cache(maxsize=1000)
def state_of(set_name: str, turns: tuple[str, ...]) -> State:
    """The engine's verified state for a conversation of a question set."""
    desk = _desk(index()[set_name].card.pack)
    conversation = Conversation()
    for turn in turns[:-1]:
        _, conversation = answer(turn, desk, conversation)
    state = State(desk, turns[-1], conversation)
    for step in STEPS[:-1]:
        state = step(state)
    return state


def shown_words(state: State, reply: Reply, box: Toolbox) -> str:
    """What of a reply is shown: all of it, the sentences that pass, or nothing."""
    if checked(state, reply, box)[0] is not None:
        return reply.words
    answer, left = salvaged(state, reply, box)
    return left if answer is not None else ""


def passes(row: dict[str, Any], *, whole: bool = False) -> bool:
    """Whether a written reply is shown, in part or (`whole`) as it is."""
    state = state_of(row["set"], tuple(row["turns"]))
    reply = Reply(kind=row["kind"], words=row["words"])
    shown = shown_words(state, reply, open_box(state))
    return shown == row["words"] if whole else bool(shown)


def fuzz(seed: int, count: int) -> Tally:
    """Mutate and check `count` replies, seeded."""
    rng = random.Random(seed)
    rows = read_replies("honest")
    tally = Tally(Counter(), Counter(), [])
    while tally.tried.total() < count:
        row = rng.choice(rows)
        state = state_of(row["set"], tuple(row["turns"]))
        assert state.answer is not None
        if rng.random() < TEXTS:
            forged = forged_text(state, rng)
            if forged is None:
                continue
            text, sort = forged
            let_through = not faults(state, replace(state.answer, text=text))
        else:
            box = open_box(state)
            found = mutated(Honest(row["words"], row["kind"], state.answer, box), rng)
            text, sort = found.words, found.sort
            shown = shown_words(state, Reply.model_validate({"kind": found.kind, "words": text}), box)
            let_through = bool(shown) and (shown == text or not found.piece or _bare(found.piece) in _bare(shown))
        tally.tried[sort] += 1
        if let_through:
            tally.slipped[sort] += 1
            tally.examples.append(f"{sort}｜{row['turns'][-1][:60]}｜{text[:300]}")
    return tally


def _bare(text: str) -> str:
    """A text without stops and blanks, to look for a piece in what is left of it."""
    return re.sub(r"[\s，。；！？,.;!?]+", "", text)


def forged_text(state: State, rng: random.Random) -> tuple[str, str] | None:
    """A finished answer with one lie in it, and its sort; None where this one has no place for the lie drawn."""
    reply = state.answer
    assert reply is not None
    sorts = (_other_figure, _other_figure, _user_figure, _no_bound, _other_token, _bent_quote, _promise, _more)
    sort = rng.choice(sorts)
    text = sort(state, reply, rng)
    return None if text is None or text == reply.text else (text, f"text: {sort.__name__[1:].replace('_', ' ')}")


def _known(state: State, reply: Answer) -> set[Fraction]:
    document = state.policy.document
    cited = {citation.clause for citation in reply.citations} | {finding.topic.clause for finding in state.findings}
    texts = [clause.text for clause_id in cited if (clause := document.clause(clause_id))]
    figures = [f for text in (*texts, reply.text, state.policy.meta.title) for f in figures_of(text)]
    return {end for figure in (*figures, *state.figures) for end in (figure.low, figure.high, figure.high * 10_000)}


def _other_figure(state: State, reply: Answer, rng: random.Random) -> str | None:
    """A figure of the text changed to one that nobody has said."""
    spans = list(re.finditer(r"\d+(?:\.\d+)?(?=万元|%|‰|亿元)", reply.text))
    if not spans:
        return None
    match, known = rng.choice(spans), _known(state, reply)
    scale = {"万": Fraction(10_000), "亿": Fraction(10**8), "%": Fraction(1, 100), "‰": Fraction(1, 1000)}[
        reply.text[match.end()]
    ]
    value = Fraction(rng.randint(3, 997))
    if value * scale in known:
        return None
    return f"{reply.text[: match.start()]}{value}{reply.text[match.end() :]}"


def _user_figure(state: State, reply: Answer, rng: random.Random) -> str | None:
    """The user's own sum in the place of the result."""
    told = [f for f in state.figures if f.kind == "money" and not f.is_range and f.high]
    due = {end for total in reply.totals for end in (total.amount.low, total.amount.high)}
    ruled = {end for b in state.policy.benefits.values() for t in (b.figure, b.cap) if t for end in (t.low, t.high)}
    told = [f for f in told if f.high not in due and f.high not in ruled]
    head = re.search(r"(?<=：)(?:最高)?[\d.]+(?:万|亿)?元(?=\*\*)", reply.text)
    if not told or head is None or not reply.totals:
        return None
    return reply.text[: head.start()] + rng.choice(plain_sums(rng.choice(told).high)) + reply.text[head.end() :]


def _no_bound(_: State, reply: Answer, __: random.Random) -> str | None:
    """最高 and 平均 dropped from the line of the result."""
    if not any(total.amount.kind in ("upper_bound", "average") for total in reply.totals):
        return None
    head, gap, rest = reply.text.partition("\n\n")
    return re.sub("最高|平均不高于|平均", "", head) + gap + rest


def _other_token(_: State, reply: Answer, rng: random.Random) -> str | None:
    """A clause's number that the policy does not have."""
    spans = list(re.finditer(r"\[\d+(?:\.\d+)*\]", reply.text))
    if not spans:
        return None
    match = rng.choice(spans)
    return f"{reply.text[: match.start()]}[{rng.randint(7, 99)}.{rng.randint(7, 99)}]{reply.text[match.end() :]}"


def _bent_quote(_: State, reply: Answer, rng: random.Random) -> str | None:
    """A word changed inside a quote."""
    spans = [m for m in re.finditer(r"(?<=\])[^“\n]{0,40}“([^”]{12,})”", reply.text) if "依据" in reply.text[: m.start()]]
    if not spans:
        return None
    match = rng.choice(spans)
    at = rng.randint(match.start(1) + 1, match.end(1) - 2)
    return f"{reply.text[:at]}{rng.choice(['不', '均', '可重复', '全额', '每月'])}{reply.text[at + rng.randint(0, 1) :]}"


def _promise(_: State, reply: Answer, rng: random.Random) -> str:
    return f"{reply.text}\n- {rng.choice(['保证能拿到', '一定能拿到', '已批准', '肯定会给', '马上到账', '绝对没问题'])}"


def _more(state: State, reply: Answer, rng: random.Random) -> str | None:
    """A sentence with a figure from nowhere."""
    known = _known(state, reply)
    piece = lie(rng)
    figures = figures_of(piece)
    if not figures or any(f.high in known or f.low in known or f.kind == "count" for f in figures):
        return None
    return f"{reply.text}\n- 另可得{piece}"


def respelt(seed: int) -> Iterator[tuple[str, bool]]:
    """Finished answers with their figures in other spellings, and whether the check lets them pass."""
    rng = random.Random(seed)
    for row in read_replies("honest"):
        state = state_of(row["set"], tuple(row["turns"]))
        assert state.answer is not None
        if not state.answer.totals or state.read.script != "simplified":
            continue
        text = re.sub(
            r"(?<![\d.至-])(\d+(?:\.\d+)?)(万元|%)(?![\d-])(?![^（）\n]*）)",
            lambda m: _respelt(m, rng),
            _unquoted(state.answer.text),
        )
        yield text, not faults(state, replace(state.answer, text=text))


def _unquoted(text: str) -> str:
    """The text up to its quotes: what they say keeps its spelling."""
    return "\n".join(line for line in text.splitlines() if "“" not in line and "×" not in line)


def _respelt(match: re.Match[str], rng: random.Random) -> str:
    value = Fraction(match[1])
    spelt = plain_sums(value * 10_000) if match[2] == "万元" else plain_rates(value / 100)
    return rng.choice(spelt)


def _tables(tallies: Sequence[Tally], console: Console) -> tuple[int, int]:
    tried: Counter[str] = sum((t.tried for t in tallies), Counter())
    slipped: Counter[str] = sum((t.slipped for t in tallies), Counter())
    table = Table(title="改坏的答复")
    for title in ("种类", "条数", "放行"):
        table.add_column(title, justify="left" if title == "种类" else "right")
    for sort, count in sorted(tried.items()):
        table.add_row(sort, str(count), str(slipped[sort]))
    console.print(table)
    for tally in tallies:
        for example in tally.examples[:5]:
            console.print(f"放行：{example}", markup=False)
    return tried.total(), slipped.total()


def _written(console: Console) -> None:
    rows = read_replies("hostile")
    let: Counter[str] = Counter(row["lie"] for row in rows if passes(row, whole=True))
    console.print(
        f"手写的谎话 {len(rows)} 条，放行 {let.total()}：" + ("、".join(f"{k} {n}" for k, n in let.most_common()) or "无")
    )


def main(
    replies: Annotated[int, typer.Option(help="改坏多少条")] = 20_000,
    seed: Annotated[int, typer.Option(help="随机种子")] = 1,
    workers: Annotated[int, typer.Option(help="几个进程")] = 2,
    show: Annotated[bool, typer.Option("--show", help="列出误拦的诚实答复")] = False,
) -> None:
    """Print what slipped and what was refused by mistake; the last line sums up."""
    console = Console(width=140)
    chunks = [(seed * 1_000_003 + number, min(CHUNK, replies - number * CHUNK)) for number in range(-(-replies // CHUNK))]
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        tallies = list(pool.map(fuzz, *zip(*chunks, strict=True)))
    tried, slipped = _tables(tallies, console)
    _written(console)
    rows = read_replies("honest")
    cut = sum(not passes(row, whole=True) for row in rows)
    honest = [(row["words"], passes(row)) for row in rows] + list(respelt(seed))
    console.print(f"诚实的答复 {len(rows)} 条，{cut} 条少了句子或没有显示")
    blind = read_replies("honest-blind")
    whole, part = sum(passes(row, whole=True) for row in blind), sum(passes(row) for row in blind)
    console.print(f"没有据以改过的诚实答复 {len(blind)} 条，{whole} 条照原样、{part - whole} 条少了句子显示")
    refused = [words for words, passed in honest if not passed]
    for words in refused if show else ():
        console.print(f"误拦：{words[:300]}", markup=False)
    console.print(f"{tried} replies, {slipped} slipped, {len(refused)} of {len(honest)} honest refused")
    raise typer.Exit(0 if slipped == 0 and len(refused) * 100 <= len(honest) else 1)


if __name__ == "__main__":
    typer.run(main)
