"""Which subjects of a policy a turn brings up.

Greedy cover: the topic that explains most words is taken, its words are spent, and a further topic must have a strong
word of its own (of `a + b`, the a). So 培育高新技术企业 of an incubator does not bring up the firm's own recognition.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from assistant.language import language
from assistant.understand.reading import Reading
from assistant.understand.terms import Mention
from corpus.figures import scan
from corpus.schema import Pack, Topic
from corpus.text import squeeze

STRONG, WEAK, REF = 3.0, 1.0, 6.0
_PAIR_REACH = 60


@dataclass(frozen=True, slots=True)
class Match:
    """A topic that a turn brings up, with the words that did and their weight."""

    topic: Topic
    score: float
    spans: frozenset[tuple[int, int]]
    strong: bool


def match_topics(
    reading: Reading, pack: Pack, boosts: dict[str, float] | None = None, carried: Sequence[Topic] = ()
) -> tuple[Match, ...]:
    """The topics of a turn, the best explained first; `boosts` adds what retrieval found per clause (at most 1).

    Words that fit a topic `carried` over from the last turn speak of it, and bring up no other topic by themselves.
    """
    boosts = boosts or {}
    referred = {clause for number in reading.clause_refs if (clause := resolve_clause(pack, number))}
    remaining = list(pack.topics)
    spent: set[tuple[int, int]] = set()
    found: list[Match] = []
    for topic in carried:
        match = _score(topic, reading, referred, set(), boosts)
        words = {*topic.weak, *(part for phrase in topic.strong for part in phrase.split(" + "))}
        spent |= {(m.start, m.end) for m in reading.mentions if m.term in words}
        if match is not None:
            found.append(match)
        remaining.remove(topic)
    while remaining:
        scored = [match for topic in remaining if (match := _score(topic, reading, referred, spent, boosts)) is not None]
        if not scored:
            break
        best = _anchored(max(scored, key=lambda match: match.score), scored, reading)
        found.append(best)
        spent |= best.spans
        remaining = [topic for topic in remaining if topic.id != best.topic.id]
        if best.score >= REF and best.topic.clause in referred:
            remaining = [topic for topic in remaining if topic.clause != best.topic.clause or is_named(topic, reading)]
    if not found and reading.unsaid:  # 孵化器还是众创空间他没说: the subject is clear, the choice is open
        return match_topics(replace(reading, mentions=(*reading.mentions, *reading.unsaid), unsaid=()), pack, boosts, carried)
    return tuple(found)


def _anchored(best: Match, scored: Sequence[Match], reading: Reading) -> Match:
    """The topic to take first: one named by a word of its own goes before one that only pairs of its words make up."""
    singles = {
        match.topic.id for match in scored if any(phrase_spans(p, reading.mentions) for p in match.topic.strong if " + " not in p)
    }
    if best.topic.id in singles:
        return best
    holders = [match for match in scored if match.topic.id in singles and len(best.spans - match.spans) < 2]
    return max(holders, key=lambda match: match.score) if holders else best


def is_named(topic: Topic, reading: Reading) -> bool:
    """Whether a strong word of a topic stands in the turn."""
    return any(phrase_spans(phrase, reading.mentions) for phrase in topic.strong)


def _score(
    topic: Topic, reading: Reading, referred: set[str], spent: set[tuple[int, int]], boosts: dict[str, float]
) -> Match | None:
    spans: set[tuple[int, int]] = set()
    score, fresh = 0.0, False
    for phrase in topic.strong:
        hit = phrase_spans(phrase, reading.mentions)
        anchors = phrase_spans(phrase.split(" + ")[0], reading.mentions) & hit
        if anchors - spent:
            new = hit - spans
            spans |= hit
            fresh = True
            score += STRONG if new else 0.0
    if topic.clause in referred:
        score, fresh = score + REF, True
    if not fresh:
        return None
    for word in topic.weak:
        for mention in reading.mentions:
            span = (mention.start, mention.end)
            if mention.term == word and span not in spans:
                if span not in spent:
                    score += WEAK
                spans.add(span)
    return Match(topic, score + boosts.get(topic.clause, 0.0), frozenset(spans), True)


def phrase_spans(phrase: str, mentions: Sequence[Mention]) -> set[tuple[int, int]]:
    """The places of all words of `a + b`, near one another; empty where one is missing."""
    words = [word.strip() for word in phrase.split(" + ")]
    places = [[m for m in mentions if m.term == word] for word in words]
    if not all(places):
        return set()
    first = places[0]
    if len(words) == 1:
        return {(m.start, m.end) for m in first}
    best: set[tuple[int, int]] = set()
    for anchor in first:
        group = {(anchor.start, anchor.end)}
        for others in places[1:]:
            near = min(others, key=lambda m: abs(m.start - anchor.start))
            if abs(near.start - anchor.start) > _PAIR_REACH:
                break
            group.add((near.start, near.end))
        else:
            best |= group
    return best


def figure_topics(reading: Reading, pack: Pack) -> tuple[Match, ...]:
    """The topic whose own figures a turn quotes, where just one topic has them: 20-30（含）万那个."""
    pointed = bool(language().speech["pointing"].search(reading.text)) and not reading.own
    kinds = ("money", "rate") if pointed else ("rate",)
    said = {(figure.low, figure.high) for figure in reading.figures if figure.kind in kinds}
    found = []
    for topic in pack.topics:
        tokens = [t for name in topic.benefits for t in (pack.benefits[name].figure, pack.benefits[name].cap) if t is not None]
        tokens += [c.threshold for name in topic.benefits for c in pack.benefits[name].when if c.threshold is not None]
        tokens += [cap.cap for cap in pack.joint_caps if set(cap.over) & set(topic.benefits)]
        written = {(token.low, token.high) for token in tokens}
        clause = pack.document.clause(topic.clause)
        if not topic.benefits and clause is not None:
            written |= {(f.low, f.high) for f in scan(squeeze(clause.text).text) if f.kind in ("money", "rate")}
        if written & said:
            found.append(Match(topic, 1.0, frozenset(), False))
    ruled = [match for match in found if match.topic.benefits]
    found = ruled if len(ruled) == 1 else found  # a clause may hold a subject without rules beside the one with the rule
    return tuple(found) if len(found) == 1 else ()


def compared_topics(reading: Reading, pack: Pack, known: Sequence[Match]) -> tuple[Match, ...]:
    """Further topics of a comparison that only their own rate names: 一个100%一个2.5%，差在哪."""
    if "comparison" not in reading.asks:
        return ()
    rates: dict[str, set[Fraction]] = {}
    for topic in pack.topics:
        figures = [pack.benefits[name].figure for name in topic.benefits]
        rates[topic.id] = {end for f in figures if f is not None and f.kind == "rate" for end in (f.low, f.high)}
    covered = {rate for match in known for rate in rates[match.topic.id]}
    found: list[Match] = []
    for figure in reading.figures:
        holders = [topic for topic in pack.topics if figure.kind == "rate" and figure.high in rates[topic.id] - covered]
        if len(holders) == 1 and all(holders[0] is not match.topic for match in (*known, *found)):
            found.append(Match(holders[0], 1.0, frozenset(), False))
    return tuple(found)


def weak_topics(reading: Reading, pack: Pack) -> Iterable[Match]:
    """Topics with several weak words and no strong one, for turns that bring up nothing outright."""
    for topic in pack.topics:
        spans = {(m.start, m.end) for m in reading.mentions if m.term in topic.weak}
        distinct = {m.term for m in reading.mentions if m.term in topic.weak}
        if len(distinct) >= 2:
            yield Match(topic, float(len(distinct)), frozenset(spans), False)


def resolve_clause(pack: Pack, number: str) -> str | None:
    """The clause that people mean by a number: its id, or the item of the longest series that bears the number."""
    exact = pack.document.clause(number)
    if exact is not None:
        return exact.id
    if "." in number:
        return None
    bearing = [clause for clause in pack.document.clauses if clause.number == number and clause.id != "0"]
    depth = {clause.id: clause.id.count(".") for clause in bearing}
    if not bearing:
        return None

    def series(clause_id: str) -> int:
        chapter = clause_id.split(".")[0]
        return sum(c.id.split(".")[0] == chapter and c.id.count(".") == depth[clause_id] for c in pack.document.clauses)

    return max(bearing, key=lambda clause: (series(clause.id), depth[clause.id])).id
