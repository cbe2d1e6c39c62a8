"""政策问答: the conversation, its sources, the conversations of this browser."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant.compose.wording import Wording
from assistant.desk import of_today
from assistant.pipeline import answer
from assistant.screening import Fault, read_number
from assistant.state import Answer, Conversation, Desk
from calculators.money import decimal_text, yuan_text
from corpus.errors import MingceError
from ui.chats import Shelf, cut, shelf_of
from ui.export.conversation import conversation_markdown, conversation_word
from ui.export.place import place_for
from ui.pages.panel import acted, panel
from ui.progress import answered
from ui.render import page_html
from ui.render.thread import Pending, Turn, sources_html, thread_html
from ui.review import UNANSWERED, report
from ui.words import Words


@dataclass(frozen=True, slots=True)
class Session:
    """The open conversation as the server knows it."""

    chat: str = ""
    turns: tuple[Turn, ...] = ()
    talk: Conversation = field(default_factory=Conversation)


@dataclass(frozen=True, slots=True)
class ChatDesk:
    """What the desk's events do; gradio apart, so that they can be called."""

    desk: Desk
    words: Words
    data: Path

    def thread(self, session: Session, pending: Pending | None = None) -> str:
        """The conversation's HTML."""
        pack = self.desk.packs[session.talk.pack_id or self.desk.default]
        wording = Wording(pack, self.words.language == "en")
        return thread_html(session.turns, self.words, pending, [wording.own(text) for text in pack.meta.examples])

    def bar(self, shelf: Shelf) -> str:
        """The toolbar with the list of conversations."""
        return page_html("chats.html.j2", self.words, shelf=shelf)

    def sources(self, session: Session, turn: int = -1) -> str:
        """The sources of a turn; of the last one by default."""
        chosen = session.turns[turn] if -len(session.turns) <= turn < len(session.turns) else None
        return sources_html(chosen, self.words)

    def known(self, session: Session, shelf: Shelf) -> Session:
        """The session of the open conversation: what the server does not know of it is answered anew.

        A server that was started again, or a page that was loaded again, knows nothing of it; the model is not asked then.
        """
        current = shelf.current
        if current is None:
            return Session()
        asked = tuple(turn.question for turn in session.turns)[-len(current.turns) :]
        if session.chat == current.id and asked == current.turns:
            return session
        begun = session.chat == current.id and bool(asked) and asked == current.turns[: len(asked)]
        found = session if begun else Session(current.id)
        quiet = replace(of_today(self.desk), talker=None)
        for question in current.turns[len(asked) if begun else 0 :]:
            said, talk = answer(question, quiet, found.talk)
            found = Session(current.id, (*found.turns, self._turn(question, said, talk)), talk)
        return found

    def ask(self, question: str, session: Session, shelf: Shelf) -> Iterator[tuple[Session, Shelf, Pending | None]]:
        """The states of the page while a question is answered; the last has no pending turn."""
        question = cut(question)
        session = self.known(session, shelf)
        shelf = shelf.asked(question)  # at once: who opens another conversation now, or loads the page again, finds it
        yield session, shelf, Pending(question, self.words("正在查条文……"))
        for step in answered(question, of_today(self.desk), session.talk):
            if isinstance(step, str):
                yield session, shelf, Pending(question, f"{step}……")
                continue
            said, talk = step
            turn = self._turn(question, said, talk)
            session = Session(shelf.open, (*session.turns, turn), talk)
            yield session, shelf, None
            if said.status in UNANSWERED:
                report(self.data, [t.question for t in session.turns], said, "没有答上")

    def _turn(self, question: str, said: Answer, talk: Conversation) -> Turn:
        return Turn(question, said, self.desk.packs[talk.pack_id], script=talk.turns[-1].reading.script)

    def rate(self, session: Session, turn: int, why: str | None) -> Session | None:
        """The session with a turn rated, `why` None for useful; None where the opinion could not be kept."""
        if not 0 <= turn < len(session.turns):
            return session
        rated = session.turns[turn]
        if why is not None:
            questions = [t.question for t in session.turns[: turn + 1]]
            if not report(self.data, questions, rated.answer, why.strip() or "用户点了没用") and rated.rating != "bad":
                return None
        changed = replace(rated, rating="good" if why is None else "bad")
        return replace(session, turns=(*session.turns[:turn], changed, *session.turns[turn + 1 :]))

    def export(self, session: Session, kind: str) -> Path:
        """The conversation as a file, md or docx."""
        day = of_today(self.desk).today
        path = place_for(f"{self.words('政策问答')}-{day}.{kind}")
        if kind == "docx":
            conversation_word(path, session.turns, day)
        else:
            path.write_text(conversation_markdown(session.turns, day), encoding="utf-8")
        return path


def build_chat(desk: Desk, words: Words, data: Path, store: Any) -> Any:
    """Lay out and wire the desk inside the open gradio Blocks; returns what a page load must call. `store` is the browser's."""
    import gradio as gr

    room = ChatDesk(desk, words, data)
    session = gr.State(Session(), time_to_live=6 * 3600)
    with gr.Row(elem_id="chat-desk", equal_height=False):
        with gr.Column(elem_id="chat-main", min_width=300):
            bar = panel(room.bar(Shelf()), "chat-bar")
            thread = panel(room.thread(Session()), "thread")
            with gr.Row(elem_id="chat-input", equal_height=True):
                box = gr.Textbox(
                    show_label=False,
                    container=False,
                    placeholder=words("输入问题，按回车发送"),
                    lines=1,
                    max_lines=5,
                    max_length=4000,
                    elem_id="question",
                    label=words("问题"),
                )
                send = gr.Button(words("提问"), variant="primary", elem_id="send", min_width=90)
                stop = gr.Button(words("停止"), elem_id="stop", min_width=90, visible=desk.talker is not None)
            download = gr.DownloadButton(visible="hidden", elem_id="chat-file")
        with gr.Column(elem_id="chat-side", min_width=300):
            sources = panel(room.sources(Session()), "sources")

    outputs = [thread, sources, bar, session, store]

    def shown(state: Session, shelf: Shelf, pending: Pending | None = None) -> Any:
        aside = gr.skip() if pending else room.sources(state)
        return room.thread(state, pending), aside, room.bar(shelf), state, shelf.stored()

    def ask(question: str, state: Session, stored: Any) -> Any:
        if not question.strip():
            yield tuple(gr.skip() for _ in outputs)
            return
        try:
            for now, shelf, pending in room.ask(question.strip(), state, shelf_of(stored)):
                yield shown(now, shelf, pending)
        except MingceError as error:
            gr.Warning(words("出错：{error}", error=str(error)))
            yield shown(state, shelf_of(stored))

    def act(event: gr.EventData, state: Session, stored: Any) -> Any:
        said = acted(event)
        shelf = shelf_of(stored)
        what = said.get("do", "")
        if what == "say":
            yield from ask(said.get("says", ""), state, stored)
            return
        if what == "say-number":
            figure = figure_said(said.get("number", ""), room.known(state, shelf))
            if isinstance(figure, Fault):
                gr.Warning(words(figure.template, **figure.values))
            yield from ask("" if isinstance(figure, Fault) else figure, state, stored)
            return
        state = room.known(state, shelf)
        if what == "sources":
            turn = said.get("turn", "")
            aside = room.sources(state, int(turn) if turn.isdecimal() else -1)
            yield gr.skip(), aside, gr.skip(), state, gr.skip()
            return
        if what == "rate":
            turn = said.get("turn", "")
            why = None if said.get("good") else said.get("why", "")
            rated = room.rate(state, int(turn) if turn.isdecimal() else -1, why)
            if rated is None:
                gr.Warning(words("意见没有存下，请稍后再试"))
            state = rated or state
            yield room.thread(state), gr.skip(), gr.skip(), state, gr.skip()
            return
        if what in ("new", "open", "drop"):
            chat = said.get("chat", "")
            shelf = shelf.fresh() if what == "new" else shelf.opened(chat) if what == "open" else shelf.dropped(chat)
            yield shown(room.known(state, shelf), shelf)
            return
        yield tuple(gr.skip() for _ in outputs)

    def export(event: gr.EventData, state: Session, stored: Any) -> Any:
        said = acted(event)
        state = room.known(state, shelf_of(stored))
        if said.get("kind") not in ("md", "docx") or not state.turns:
            return gr.skip()
        return str(room.export(state, said["kind"]))

    def restore(state: Session, stored: Any) -> Any:
        shelf = shelf_of(stored)
        if shelf.current is None:  # a first question may already be on its way, and must not be wiped out
            return *(gr.skip() for _ in range(2)), room.bar(shelf), gr.skip(), gr.skip()
        return shown(room.known(state, shelf), shelf)

    def stopped(state: Session, stored: Any) -> Any:
        return shown(state, shelf_of(stored).taken_back(tuple(turn.question for turn in state.turns)))

    wiring: dict[str, Any] = {"api_visibility": "private", "concurrency_limit": 16, "show_progress": "hidden"}
    asking = gr.on([box.submit, send.click], ask, [box, session, store], outputs, js=_js("asking", 3), **wiring)
    going_on = thread.act(act, [session, store], outputs, js=_js("live", 2), **wiring)
    bar.act(act, [session, store], outputs, js=_js("live", 2), cancels=[asking, going_on], **wiring)
    stop.click(stopped, [session, store], outputs, js=_js("live", 2), cancels=[asking, going_on], **wiring)
    file = bar.file(export, [session, store], download, js=_js("live", 2), **wiring)
    file.success(fn=None, js="() => window.mingce.download('#chat-file')")
    return {"fn": restore, "inputs": [session, store], "outputs": outputs, "js": _js("live", 2)}


def _js(name: str, count: int) -> str:
    """Puts what the browser keeps now into the last of an event's inputs."""
    call = "window.mingce.asking(3)" if name == "asking" else f"window.mingce.live('chats', {count})"
    return f"(...values) => {call}(...values)"


def figure_said(typed: str, session: Session) -> str | Fault:
    """What a figure that was put into the open question's field says in words, or what is wrong with it."""
    asks = session.turns[-1].answer.asks if session.turns else ()
    fact = session.turns[-1].pack.facts.get(asks[0].fact) if asks else None
    if fact is None:
        return typed
    number = read_number(typed, fact)
    if isinstance(number, Fault):
        return number
    ends = dict.fromkeys((number.low, number.high))
    return "到".join(yuan_text(end) if fact.type == "money" else f"{decimal_text(end)}{fact.unit}" for end in ends)
