"""Whether a question asks for the rule itself, or for what comes of it for someone."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction

from assistant.language import language
from assistant.state import State
from assistant.understand.facts import topic_benefits
from assistant.understand.hints import is_relative
from assistant.understand.reading import Reading
from assistant.understand.roles import Roles
from assistant.understand.scope import SEGMENT
from assistant.understand.signs import claim_share
from assistant.understand.topics import Match
from calculators import Facts
from corpus.schema import Pack, Topic

_RULE, _SURE_RULE, _CLAIM = 0.25, 0.03, 0.8  # how sure the learned sign must be to overrule
_SUM_ASKS = frozenset(
    {"amount", "rate", "cap", "highest", "eligibility", "guarantee", "recipient", "units", "comparison", "money"}
)
_TEXT_ASKS = frozenset({"recipient", "units", "wording", "comparison", "summary"})
_AMOUNT_ASKS = frozenset({"amount", "highest"})
_RULE_ASKS = frozenset({"rate", "cap", "highest"})


def asks_for_content(reading: Reading) -> bool:
    """Whether something else than money or a party is asked of a clause: 按哪八个字的原则发放."""
    sums = any(figure.kind in ("money", "rate") for figure in reading.figures)
    return bool(language().speech["content_asked"].search(reading.text)) and not sums and not reading.asks & _SUM_ASKS


def asks_for_rule(state: State, facts: Facts, roles: Roles, pack: Pack, topic: Topic) -> bool:
    """Whether the rule itself is asked for, by the rules of asking; where the base is open, a clear learned sign overrules."""
    by_rules = _by_rules(state, facts, roles, pack, topic)
    bases = bases_of(topic, pack)
    told = any(name in bases for name, _ in facts.numbers) or any(entry.fact in bases for entry in roles.unsure)
    if asks_for_content(state.read) and not told:
        return True
    if told or not bases - {""}:
        return by_rules
    share = claim_share(state.turns)
    if by_rules:
        return share < _CLAIM
    if state.asked[-1] and not language().speech["question"].search(state.read.text):
        return False
    foremost = state.matches[0].topic is topic and not language().speech["compute"].search(state.read.text)
    return share <= (_RULE if foremost else _SURE_RULE)


def _by_rules(state: State, facts: Facts, roles: Roles, pack: Pack, topic: Topic) -> bool:
    """Whether the rule itself is asked for, not what comes of it for someone.

    The asker's own story or a base figure makes it a claim; a bare 封顶多少 or 比例 does not.
    """
    bases = bases_of(topic, pack)
    said = [number for (name, _), number in facts.numbers.items() if name in bases and not number.loose]
    written = {c.threshold.high for b in topic_benefits(pack, topic) for c in b.when if c.threshold}
    texts = _TEXT_ASKS - {"summary"} if state.read.asks & _AMOUNT_ASKS else _TEXT_ASKS
    pointed = [figure for figure in roles.expected if figure.high in _own_sums(topic, pack)]
    if pointed and "还是" in state.read.text and not state.read.asks & {"amount", "highest", "eligibility"}:
        return True  # 那个50万是所有券合一块还是一种券算一次
    if said:
        of_text = bool("wording" in state.read.asks or state.read.quotes or language().speech["of_text"].search(state.read.text))
        of_text = of_text and not language().speech["compute"].search(state.read.text)
        if of_text and not state.read.asks & {"amount", "highest"} and all(number.high in written for number in said):
            return True  # 那条写300万元以上，刚好300万算不算
        return asks_for_ceiling(state, roles, bases)
    if any(entry.fact in bases for entry in roles.unsure):
        return False
    if bases - {""} and _left_open(state.read) and not state.read.asks & (texts - {"wording"}):
        return False  # 成交额没说: what the rule needs is asked for
    asks_itself = language().speech["question"].search(state.read.text)
    if state.asked[-1] and not asks_itself and not state.read.asks & texts:
        return False  # an answer to our question
    if language().speech["compute"].search(state.read.text) and not state.read.asks & texts:
        return False
    if any(b.times for b in topic_benefits(pack, topic)) and language().speech["total_asked"].search(state.read.text):
        return False  # 奖补资金合计几万元, and how many firms is not said
    if "amount" not in state.read.asks and not _tells_sums(state.turns) and _contradicts(roles, state.matches, pack):
        return True  # 承担50%，我没记错吧
    claims = bool(language().speech["claim"].search(state.read.text))
    if "cap" in state.read.asks and not claims and not _tells_sums(state.turns):
        return True  # 我们好像都沾边，单个企业一年封顶多少
    if state.read.own or any(turn.own for turn in state.turns[:-1]):
        sums = any(figure.kind in ("money", "count") for figure in state.read.figures)
        return bool(state.read.asks & texts) and (not sums or "recipient" in state.read.asks)
    claims = claims or any(f.kind == "rate" and is_relative(state.read.text, f) for f in state.read.figures)  # 不良率6%
    return not claims or bool(state.read.asks & (texts | _RULE_ASKS))


def bases_of(topic: Topic, pack: Pack) -> frozenset[str]:
    """The facts that the topic's rules multiply."""
    return frozenset(b.of or b.times or b.each for b in topic_benefits(pack, topic))


def _own_sums(topic: Topic, pack: Pack) -> set[Fraction]:
    tokens = [token for b in topic_benefits(pack, topic) for token in (b.figure, b.cap) if token is not None]
    return {token.high for token in tokens if token.kind == "money"}


def asks_for_ceiling(state: State, roles: Roles, bases: AbstractSet[str]) -> bool:
    """Whether a turn asks for the ceiling alone after a sum was worked out: 哦，那这一项封顶是多少."""
    now = state.read
    if not any(turn.asks & _AMOUNT_ASKS for turn in state.turns[:-1]):
        return False
    anew = any(entry.fact in bases for entry in roles.said) or any(figure.kind == "money" for figure in now.figures)
    own = language().speech["claim"].search(now.text) or language().speech["compute"].search(now.text)
    return "cap" in now.asks and not anew and not own


def _contradicts(roles: Roles, matches: Sequence[Match], pack: Pack) -> bool:
    """Whether a rate is named that no rule of the subjects at hand has."""
    benefits = [benefit for match in matches for benefit in topic_benefits(pack, match.topic)]
    written = {end for b in benefits if b.figure for end in (b.figure.low, b.figure.high)}
    return bool(roles.rates) and not any(rate.high in written for rate in roles.rates)


def _left_open(reading: Reading) -> bool:
    """Whether the speaker says that something was not told or is not known yet: 金额未录入, 还没统计出来."""
    return any(
        language().speech["left_open"].search(segment[0]) and not language().speech["of_text"].search(segment[0])
        for segment in SEGMENT.finditer(reading.text)
    )


def _tells_sums(turns: Sequence[Reading]) -> bool:
    return any(
        figure.kind in ("money", "count") and figure.value > 2 and figure.unit != "条"
        for turn in turns
        for figure in turn.figures
    )
