"""What stands under a heading: its clauses by number and title."""

from assistant.compose.draft import Draft
from assistant.state import Answer, State
from assistant.understand.headings import named_heading
from corpus.schema import Quote


def add_contents(state: State) -> Answer | None:
    """The clauses under the heading that the question names; None where it names none."""
    pack = state.policy
    heading = named_heading(pack, state.read.text)
    below = [clause for clause in pack.document.clauses if heading is not None and clause.id.startswith(f"{heading.id}.")]
    if heading is None or not below:
        return None
    draft = Draft(state)
    draft.result(f"{heading.id} {draft.words.own(heading.title)}")
    for clause in below:
        draft.say("", f"[{clause.id}] {draft.words.own(clause.title)}")
        end = clause.start + len(clause.text.split("。")[0])
        draft.cite_silently(Quote(clause.id, pack.document.source[clause.start : end], clause.start, end))
    return draft.answer("answer", "contents")
