"""我能申领什么: what happened, the questions that matter, every benefit's result; saved, compared, exported."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.desk import of_today
from assistant.screening import Profile, ProfileError, Screening, gate_of, read_profile, screen, write_profile
from assistant.state import Desk
from ui.export.place import place_for
from ui.export.sheet import sheet_excel, sheet_word
from ui.pages.panel import acted, panel
from ui.render import page_html
from ui.render.frame import notice_of
from ui.render.screening import form_html, results_html
from ui.words import Words

_MAX_FILE = 200_000
NAMES = ("测算单", "填写记录")


@dataclass(frozen=True, slots=True)
class Variants:
    """Profile A, and B where two are compared; `active` is the one that is filled in."""

    first: Profile
    second: Profile | None = None
    active: str = "a"

    @property
    def current(self) -> Profile:
        """The profile that is filled in."""
        return self.second if self.active == "b" and self.second is not None else self.first

    def filled(self, profile: Profile) -> "Variants":
        """With the profile that is filled in replaced."""
        return replace(self, second=profile) if self.active == "b" else replace(self, first=profile)


@dataclass(frozen=True, slots=True)
class ScreenerDesk:
    """What the desk's events do; gradio apart."""

    desk: Desk
    words: Words

    def screened(self, profile: Profile) -> Screening:
        """The results of a profile."""
        return screen(self.desk.packs[profile.policy], profile)

    def shown(self, variants: Variants) -> tuple[str, str, str]:
        """Toolbar, form and results."""
        current = self.screened(variants.current)
        both = variants.second is not None
        empty = not current.profile.events
        tools = page_html("screen_tools.html.j2", self.words, variant=variants.active, both=both, empty=empty)
        form = form_html(current, self.words, variant=variants.active, both=both)
        day = of_today(self.desk).today
        notice = notice_of(current.pack, day, self.words)
        if variants.second is None:
            return tools, form, results_html(current, self.words, None, notice, day)
        other = self.screened(variants.first if variants.active == "b" else variants.second)
        pair = (other, current) if variants.active == "b" else (current, other)
        return tools, form, results_html(current, self.words, pair, notice, day)

    def read(self, text: str) -> Profile:
        """A profile that a browser or a file holds, without what its policy does not know; raises ProfileError."""
        if len(text) > _MAX_FILE:
            raise ProfileError(f"文件太大（{len(text)} 字），填写记录不会超过 {_MAX_FILE} 字")
        profile = read_profile(text, tuple(self.desk.metas))
        pack = self.desk.packs[profile.policy]
        events = tuple(option.id for option in gate_of(pack))
        known = {key: answer for key, answer in profile.answers.items() if key.partition("/")[2].partition("@")[0] in pack.facts}
        return replace(profile, events=tuple(event for event in profile.events if event in events), answers=known)

    def changed(self, variants: Variants, said: dict[str, str]) -> Variants:
        """The variants after an event of a panel."""
        what = said.get("do", "")
        if said.get("profile"):  # every button tells what stands in the form at that moment
            variants = variants.filled(self.read(said["profile"]))
        if what == "clear":
            return Variants(Profile(variants.first.policy))
        if what == "copy":
            return Variants(variants.first, variants.first, "b")
        if what == "switch" and variants.second is not None:
            return replace(variants, active="a" if variants.active == "b" else "b")
        return Variants(variants.first) if what == "single" else variants

    def export(self, variants: Variants, kind: str) -> Path:
        """The file of a kind: json the profile, docx or xlsx the calculation sheet of all variants."""
        profiles = [variants.first, *([variants.second] if variants.second else [])]
        day = of_today(self.desk).today
        path = place_for(f"{self.words(NAMES[kind == 'json'])}-{day}.{kind}")
        if kind == "json":
            path.write_text(write_profile(variants.current), encoding="utf-8")
        elif kind == "docx":
            sheet_word(path, [self.screened(profile) for profile in profiles], day)
        else:
            sheet_excel(path, [self.screened(profile) for profile in profiles], day)
        return path

    def stored(self, variants: Variants) -> str:
        """The variants as the browser stores them, JSON."""
        second = write_profile(variants.second) if variants.second else ""
        return json.dumps({"first": write_profile(variants.first), "second": second, "active": variants.active})

    def restored(self, stored: Any) -> Variants:
        """The variants of what a browser sent; an empty profile where it cannot be read."""
        try:
            found = json.loads(str(stored))
            first = self.read(str(found["first"]))
            second = self.read(str(found["second"])) if found["second"] else None
            return Variants(first, second, "b" if second and found["active"] == "b" else "a")
        except (ProfileError, ValueError, KeyError, TypeError, RecursionError):
            return Variants(Profile(self.desk.default))


def build_screener(desk: Desk, words: Words, store: Any) -> Any:
    """Lay out and wire the desk inside the open gradio Blocks; returns what a page load must call. `store` is the browser's."""
    import gradio as gr

    room = ScreenerDesk(desk, words)
    start = Variants(Profile(desk.default))
    tools_html, form, results = room.shown(start)
    with gr.Row(elem_id="screener-head", equal_height=True):
        policy = gr.Dropdown(
            choices=policy_choices(desk, words),
            value=desk.default,
            label=words("政策"),
            elem_id="screener-policy",
            filterable=False,
        )
        load = gr.UploadButton(words("读入填写记录"), file_types=[".json"], elem_id="screener-load", size="sm")
    tools = panel(tools_html, "screener-tools")
    download = gr.DownloadButton(visible="hidden", elem_id="screener-file")
    with gr.Row(elem_id="screener", equal_height=False):
        with gr.Column(elem_id="screener-form", min_width=300):
            questions = panel(form, "screen-form")
        with gr.Column(elem_id="screener-results", min_width=300):
            answers = panel(results, "screen-results")
    outputs = [tools, questions, answers, store]

    def shown(variants: Variants) -> Any:
        return (*room.shown(variants), room.stored(variants))

    def act(event: gr.EventData, stored: Any) -> Any:
        variants = room.restored(stored)
        try:
            return shown(room.changed(variants, acted(event)))
        except ProfileError as error:
            gr.Warning(str(error))
            return shown(variants)

    def choose(policy_id: str, stored: Any) -> Any:
        variants = room.restored(stored)
        if policy_id not in desk.metas or policy_id == variants.first.policy:
            return tuple(gr.skip() for _ in outputs)
        return shown(Variants(Profile(policy_id)))

    def take(file: Any, stored: Any) -> Any:
        variants = room.restored(stored)
        try:
            profile = room.read(Path(file).read_text(encoding="utf-8-sig"))
        except (ProfileError, UnicodeDecodeError) as error:
            said = str(error) if isinstance(error, ProfileError) and words.language == "zh" else words("不是填写记录")
            gr.Warning(words("读不了这个文件：{why}", why=said))
            return None, gr.skip(), *shown(variants)
        same = profile.policy == variants.first.policy
        return None, profile.policy, *shown(variants.filled(profile) if same else Variants(profile))

    def export(event: gr.EventData, stored: Any) -> Any:
        said = acted(event)
        kind = said.get("kind", "")
        if kind not in ("json", "docx", "xlsx"):
            return gr.skip()
        try:
            return str(room.export(room.changed(room.restored(stored), said), kind))
        except ProfileError as error:
            raise gr.Error(str(error)) from None

    def restore(stored: Any) -> Any:
        if stored in (None, "", "null"):
            return tuple(gr.skip() for _ in range(5))
        variants = room.restored(stored)
        return variants.first.policy, *shown(variants)

    # one after the other: what is filled in and the button pressed next must not overtake each other
    wiring: dict[str, Any] = {"api_visibility": "private", "concurrency_limit": 1, "concurrency_id": "screener"}
    wiring |= {"show_progress": "hidden"}
    for source in (tools, questions):
        source.act(act, store, outputs, js=_js(1), trigger_mode="always_last", **wiring)
    policy.input(choose, [policy, store], outputs, js=_js(2), **wiring)
    load.upload(take, [load, store], [load, policy, *outputs], js=_js(2), **wiring)
    file = tools.file(export, store, download, js=_js(1), api_visibility="private", concurrency_limit=4, show_progress="hidden")
    file.success(fn=None, js="() => window.mingce.download('#screener-file')")
    return {"fn": restore, "inputs": [store], "outputs": [policy, *outputs], "js": _js(1)}


def _js(count: int) -> str:
    """Puts what the browser keeps now into the last of an event's inputs."""
    return f"(...values) => window.mingce.live('form', {count})(...values)"


def policy_choices(desk: Desk, words: Words) -> list[tuple[str, str]]:
    """Caption and id of every policy, the default one first."""
    ids = sorted(desk.metas, key=lambda pack_id: pack_id != desk.default)
    return [
        (desk.packs[i].english.get(desk.metas[i].name, desk.metas[i].name) if words.language == "en" else desk.metas[i].name, i)
        for i in ids
    ]
