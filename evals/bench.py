"""Speed, memory and recall on this machine in one run, beside the naive peer: `make bench`."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from assistant.adapters.chroma import ChromaVectors
from assistant.desk import open_desk
from assistant.pipeline import answer
from assistant.retrieve import Retriever
from assistant.settings import Settings, load_settings
from assistant.state import Conversation
from corpus.loader import PACKS, load_meta, load_pack, pack_ids
from evals.library import SETS, read_set
from evals.peers.naive import NaivePeer
from evals.recall import probes, ranking_of, recall_at

COLD_RUNS, PORT = 7, 7917


def turn_times_ms(settings: Settings, pack_id: str) -> list[float]:
    """Milliseconds of every turn of a pack's set, after one warm-up pass."""
    desk = open_desk(settings)
    cases = read_set(SETS / f"{pack_id}.jsonl")
    times: list[float] = []
    for measured in (False, True):
        for case in cases:
            talk = Conversation()
            for turn in case.turns:
                started = time.perf_counter()
                _, talk = answer(turn, desk, talk)
                if measured:
                    times.append((time.perf_counter() - started) * 1000)
    return times


def cold_starts_s(data: Path, question: str) -> list[float]:
    """Seconds of whole `mingce ask` processes, the first one (cold files, no index) apart."""
    command = [str(Path(sys.executable).with_name("mingce")), "ask", question]
    times = []
    for _ in range(COLD_RUNS + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "MINGCE_DATA": str(data)})
        times.append(time.perf_counter() - started)
    return times[1:]


def serving(data: Path) -> tuple[float, float]:
    """Seconds until the page answers, and the resident megabytes of the serving process then."""
    command = [str(Path(sys.executable).with_name("mingce")), "serve", "--port", str(PORT)]
    env = {**os.environ, "MINGCE_DATA": str(data)}
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env) as process:
        try:
            while time.perf_counter() - started < 60:
                time.sleep(0.1)
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=2).read()
                    break
                except OSError:
                    continue
            ready = time.perf_counter() - started
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
            return ready, resident / 1024
        finally:
            process.terminate()


def recall_lines(settings: Settings, pack_id: str) -> Iterator[str]:
    """Recall@1 and @3 of the right clause for this engine and for the naive peer, same questions, same embedder."""
    pack, vectors = load_pack(PACKS / pack_id), ChromaVectors(settings)
    questions = probes(pack_id)
    peer = NaivePeer(pack, vectors.embedder)
    rankings = {
        "词面": ranking_of(Retriever(), pack),
        "混合": ranking_of(Retriever(vectors), pack),
        "朴素 RAG": peer.clauses,
    }
    for name, rank in rankings.items():
        started = time.perf_counter()
        at_one, at_three = recall_at(rank, questions, 1), recall_at(rank, questions, 3)
        each = (time.perf_counter() - started) * 1000 / (2 * len(questions))
        yield f"  {name:8} R@1 {at_one:6.1%}  R@3 {at_three:6.1%}  每次检索 {each:.2f} ms（{pack_id}，{len(questions)} 题）"


def main() -> None:
    """Print every figure of the benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"MINGCE_DATA": folder})
        times = turn_times_ms(settings, settings.policy)
        cuts = statistics.quantiles(times, n=20)
        out = sys.stdout
        out.write(f"每轮作答：中位 {statistics.median(times):.1f} ms，p95 {cuts[18]:.1f} ms（{len(times)} 轮；目标 20 / 50）\n")
        cold = cold_starts_s(Path(folder), load_meta(PACKS / settings.policy).examples[0])
        out.write(f"命令行冷启动：中位 {statistics.median(cold):.2f} s，最慢 {max(cold):.2f} s（{len(cold)} 次；目标 1.5）\n")
        ready, resident = serving(Path(folder))
        out.write(f"网页服务：{ready:.1f} s 可用，常驻内存 {resident:.0f} MB（目标 400）\n检索召回：\n")
        for pack_id in (name for name in pack_ids() if (SETS / f"{name}.jsonl").is_file()):
            for line in recall_lines(settings, pack_id):
                out.write(line + "\n")


if __name__ == "__main__":
    main()
