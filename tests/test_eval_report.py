"""The report of `eval`: its figures, its page, and what strangers may write into it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from npc_runtime.scenes import page
from npc_runtime.scenes.checks import Check
from npc_runtime.scenes.figures import Difference, Rate, difference, pairs, rates
from npc_runtime.scenes.narration import Line, Narrator
from npc_runtime.scenes.outcome import Outcome, Verdict
from npc_runtime.scenes.record import Passage, Record
from npc_runtime.scenes.schema import Scene, load_scene
from npc_runtime.wire import messages as m

ROOT = Path(__file__).parent.parent
SCENE = ROOT / "tests" / "scenes" / "smith-sells.yaml"
MARKUP = "</bdi></p><script>alert('x')</script><img src=//evil.example onerror=alert(1)>\" onload=\"{{ 7*7 }}"
HOSTILE = f"{MARKUP} \u202etxt"
VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Reads a page as a browser would, and notes what stands in it; every element must be closed where it should."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def scene(name: str = "market", tags: tuple[str, ...] = ("trade",)) -> Scene:
    return Scene(Path(f"scenes/{name}.yaml"), name, (), tags=tags)


def verdict(line: int, key: str, passed: bool, said: str = "", reply: str = "") -> Verdict:
    why: dict[str, object] = {} if passed else {"intent": "ask price", "move": "sell", "facts": [HOSTILE], "notes": []}
    return Verdict(line, Check(key, passed, "four", "six"), said=said, reply=reply, why=why)


def played(model: str, *verdicts: Verdict, of: Scene | None = None, reply: str = "Six pennies.") -> page.Side:
    """One play of one step."""
    lines = [Line("said", "How much?", "Alex", " to Mira"), Line("reply", reply, "Mira", "", False, "wary", "model")]
    passage = Passage(7, lines, [one for one in verdicts if one.reached])
    return page.Side([Outcome(of or scene(), list(verdicts), model=model)], [[passage]])


# ------------------------------------------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("met", "of", "low", "high"),
    [  # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_the_interval_of_a_rate_is_wilsons(met: int, of: int, low: float, high: float) -> None:
    assert Rate(met, of).interval == pytest.approx((low, high), abs=0.00006)


def test_nothing_tells_nothing() -> None:
    assert Rate(0, 0).interval == (0.0, 1.0)
    assert Difference(0, 0, 0, 0).interval == (-1.0, 1.0)
    assert not Difference(0, 0, 0, 0).told


@pytest.mark.parametrize("counts", [(36, 12, 2, 0), (80, 15, 3, 2), (5, 0, 0, 0), (0, 9, 0, 0), (3, 2, 2, 3)])
def test_the_interval_of_a_difference_holds_it_and_turns_with_it(counts: tuple[int, int, int, int]) -> None:
    both, first, second, neither = counts
    found, turned = Difference(both, first, second, neither), Difference(both, second, first, neither)
    low, high = found.interval
    assert -1 <= low <= found.value <= high <= 1
    assert turned.interval == pytest.approx((-high, -low))
    assert low < high


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe (1998), Statistics in Medicine 17:2635, method 10
    assert Difference(36, 12, 2, 0).interval == pytest.approx((0.0569, 0.3404), abs=0.00006)


def test_what_both_find_hard_makes_a_difference_surer() -> None:
    def width(found: Difference) -> float:
        return found.interval[1] - found.interval[0]

    alike, unlike = Difference(50, 10, 4, 36), Difference(30, 30, 24, 16)
    assert [rate.met for rate in alike.rates] == [rate.met for rate in unlike.rates]
    assert width(alike) < width(unlike)


def test_equal_models_are_not_told_apart_and_very_unlike_ones_are() -> None:
    assert not Difference(90, 0, 0, 10).told
    assert Difference(50, 40, 2, 8).told
    assert not Difference(50, 4, 2, 4).told


def test_rates_are_by_tag_and_by_kind_of_expectation() -> None:
    side = played("a", verdict(7, "source", True), verdict(7, "mentions_any", False), of=scene(tags=("trade", "smith")))
    assert rates(side.outcomes) == (
        {"smith": Rate(1, 2), "trade": Rate(1, 2)},
        {"mentions_any": Rate(0, 1), "source": Rate(1, 1)},
    )


def test_expectations_are_paired_by_their_place_whatever_the_order_of_the_plays() -> None:
    def outcomes(*met: tuple[str, bool]) -> list[Outcome]:
        return [Outcome(scene(name), [verdict(7, "source", passed)]) for name, passed in met]

    first = outcomes(("inn", True), ("mill", False), ("inn", False))
    second = outcomes(("mill", True), ("inn", True), ("inn", False))
    assert difference(pairs(first, second)) == Difference(both=1, first_only=0, second_only=1, neither=1)


def test_a_play_that_broke_off_behind_its_last_expectation_counts_against_its_model() -> None:
    broken = Verdict(9, Check("played", False, "to the end", "gone"), reached=False)
    first, second = played("a", verdict(7, "source", True), broken), played("b", verdict(7, "source", True))
    assert difference(pairs(first.outcomes, second.outcomes)) == Difference(1, 0, 1, 0)


# ------------------------------------------------------------------------------------------------- page


def test_a_page_tells_first_what_went_wrong_and_where() -> None:
    missed = verdict(7, "mentions_any", False, said="How much?", reply="Six pennies.")
    text = page.render([played("models/new.gguf", verdict(7, "source", True), missed)])
    read = Reader(text)
    head, _, rest = read.words.partition("What was said\nPlays")
    assert "new.gguf met 1 of 2 expectations: 50.0% (95% interval 9.5 to 90.5)" in head
    assert "market, line 7: mentions_any expected four" in head
    assert head.index("Six pennies.") < head.index("In per cent")
    assert re.search(r"Alex to Mira\s*How much\?\s*Mira wary model\s*Six pennies\.", rest)
    assert "✓ source: four" in rest
    assert "✗ mentions_any: expected four; found: six" in rest
    assert '<p class="reply wrong">' in text
    links = {value.removeprefix("#") for name, value in read.attributes if name == "href"}
    assert links <= set(read.ids)
    assert len(set(read.ids)) == len(read.ids)
    assert "p1s1" in links


def test_a_page_without_mistakes_says_so_and_folds_its_plays() -> None:
    text = page.render([played("a", verdict(7, "source", True))])
    assert "Nothing: every expectation was met." in Reader(text).words
    assert '<details class="play" id="p1">' in text


def test_two_models_stand_beside_each_other() -> None:
    missed = verdict(7, "mentions_any", False, said="How much?", reply="Six pennies.")
    first = played("models/new.gguf", verdict(7, "source", True), verdict(7, "mentions_any", True), reply="Four.")
    second = played("models/old.gguf", verdict(7, "source", True), missed)
    text = page.render([first, second])
    read = Reader(text)
    assert "Scenes: new.gguf against old.gguf" in read.words
    assert "new.gguf less old.gguf: +50.0 points" in read.words
    assert "These scenes do not tell the two apart" in read.words
    assert "Only old.gguf missed (1)" in read.words
    assert "new.gguf met it" in read.words
    said = read.words.partition("What was said\nPlays")[2]
    assert said.count("How much?") == 1, "what both were told stands there once"
    assert said.index("Four.") < said.index("Six pennies.")


def test_models_of_one_name_are_told_apart_by_their_folders() -> None:
    sides = [played(f"{folder}/model.gguf", verdict(7, "source", True)) for folder in ("old", "new")]
    assert "Scenes: A: old/model.gguf against B: new/model.gguf" in Reader(page.render(sides)).words


def test_repetitions_are_told_together_and_a_broken_play_with_its_reason() -> None:
    once, twice = (
        Outcome(scene(), [verdict(7, "source", False, said="How much?", reply="No.")], model="a") for _ in range(2)
    )
    never = Verdict(9, Check("emotion", False, "to be reached", HOSTILE), reached=False)
    broken = Outcome(scene("road"), [never], error=f"scenes/road.yaml:8: {HOSTILE}", model="a")
    plays = [[Passage(7, [], list(outcome.verdicts))] for outcome in (once, twice)]
    read = Reader(page.render([page.Side([once, twice, broken], [*plays, []])]))
    assert "missed 2 of 2" in read.words
    assert read.words.count("market, line 7: source expected four") == 1
    assert "the play broke off: scenes/road.yaml:8:" in read.words
    assert "line 9, emotion: never reached" in read.words


@pytest.mark.parametrize("many", [1, 2])
def test_whatever_strangers_write_stays_text(many: int) -> None:
    line = Line("reply", HOSTILE, HOSTILE, HOSTILE, False, MARKUP, MARKUP, HOSTILE, HOSTILE)
    stage = [
        Line("stage", HOSTILE),
        Line("aside", HOSTILE),
        Line("act", HOSTILE),
        Line("said", HOSTILE, HOSTILE, HOSTILE),
    ]
    bad = Verdict(
        *(7, Check(MARKUP, False, HOSTILE, HOSTILE), True, HOSTILE, HOSTILE),
        {"intent": HOSTILE, "move": HOSTILE, "facts": [HOSTILE], "notes": [HOSTILE]},
    )
    good = Verdict(7, Check(MARKUP, True, HOSTILE, HOSTILE))
    strange = Scene(Path(HOSTILE), HOSTILE, (), tags=(HOSTILE,))
    sides = [
        page.Side(
            [Outcome(strange, [bad, good], error=HOSTILE, model=f"{HOSTILE}{side}")],
            [[Passage(7, [*stage, line], [bad, good])]],
        )
        for side in range(many)
    ]
    text = page.render(sides)
    read = Reader(text)
    assert not read.tags & {"script", "img", "link", "iframe", "object", "form"}
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert not [value for name, value in read.attributes if name in ("src", "href") and not value.startswith("#")]
    assert "49" not in read.words.replace("{{ 7*7 }}", "")
    assert read.words.count("<script>alert('x')</script>") > 15
    # What turns the writing round does so in its own place only.
    isolated = re.sub(r"<bdi[^>]*>.*?</bdi>|<title>.*?</title>", "", text, flags=re.DOTALL)
    assert "\u202e" not in isolated
    assert "default-src 'none'" in text
    assert "http://" not in text.replace(HOSTILE, "")
    assert "https://" not in text


def test_a_page_can_be_written_whatever_is_in_a_name() -> None:
    side = played("a", verdict(7, "source", True), reply="A\x00B\x1b[31mC \ud800 D\nE")
    text = page.render([side])
    text.encode("utf-8")
    assert "\x00" not in text
    assert "\x1b" not in text
    assert "A\N{REPLACEMENT CHARACTER}B" in text


# ------------------------------------------------------------------------------------------------- record


def test_a_record_keeps_each_step_with_its_lines_and_its_verdicts() -> None:
    of = load_scene(SCENE)
    record = Record()
    record.opens(of)
    record.message(m.Say(id="1", world="w", speaker="player:alex", to="mira", text="too early"))
    record.begins(of.steps[0])
    record.message(m.Say(id="2", world="w", speaker="player:alex", to="mira", text="How much?", name="Al"))
    record.message(m.ReplyAction(re="2", reply="r", npc="npc:mira", name="give", args=["bread"]))
    end = {"re": "2", "reply": "r", "npc": "npc:mira", "text": "Four.", "emotion": "happy", "finish": "stop"}
    record.message(m.ReplyEnd.model_validate({**end, "source": "bark", "reason": "asked again"}))
    wrong = verdict(5, "source", False)
    record.checked([wrong])
    record.opens(of)
    assert record.plays[1] == []
    (passage,) = record.plays[0]
    assert (passage.line, passage.verdicts) == (of.steps[0].line, [wrong])
    assert passage.lines == [
        Line("said", "How much?", "Al", " to Mira", apart=True),
        Line("reply", "Four.", "Mira", "", False, "happy", "bark", "asked again", "give bread"),
    ]


def test_names_are_learned_and_guessed() -> None:
    narrator = Narrator()
    assert narrator.name("npc:old_tom") == "Old Tom"
    info = m.NpcInfo(npc="npc:old_tom", name="Thomas", role="smith", at="place:mill", mood="calm")
    told = narrator.tell(m.NpcSpawned(re="1", world="w", npc=info, created=True))
    assert [line.text for line in told] == ["Thomas, smith, is at Mill."]
    assert narrator.name("old_tom") == "Thomas"


# ------------------------------------------------------------------------------------------------- command


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "npc_runtime", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=110)


def test_a_report_of_two_models_on_a_real_daemon(tmp_path: Path) -> None:
    file = tmp_path / "out.html"
    done = run(
        "eval",
        SCENE,
        SCENE.parent / SCENE.name,
        "--report",
        file,
        "--model",
        "default",
        "--against",
        "default",
        "--json",
    )
    result = json.loads(done.stdout)
    assert (result["plays"], result["against"]["plays"]) == (1, 1), done.stderr
    assert result["difference"]["difference"] == 0, "the seed of the scene makes both plays alike"
    assert result["difference"]["both"] == result["passed"]
    read = Reader(file.read_text(encoding="utf-8"))
    assert "A: default against B: default" in read.words
    assert "These scenes do not tell the two apart" in read.words
    assert "Mira" in read.words


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--against", "nowhere.gguf"), "no model file nowhere.gguf"),
        (("--report", "nowhere/out.html"), "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_played(arguments: tuple[str, ...], wanted: str) -> None:
    done = run("eval", SCENE, *arguments)
    assert done.returncode in (1, 2)
    assert wanted in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
