"""Other languages than English: words, sentences, phrases, the guard, and packs that are written in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from npc_runtime.dialogue.generation.guard import Breach, Guard
from npc_runtime.dialogue.policy.moves import Move
from npc_runtime.errors import Invalid, PhraseError
from npc_runtime.language import languages, phrases
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.sentences import AnySentences
from npc_runtime.persona.model import FEELINGS, MOODS, TRAITS

SIZES = [1, 2, 5, 1000]


def terms(code: str, text: str) -> tuple[str, ...]:
    return languages.of(code).terms(text)


def test_a_language_is_made_once_for_each_code() -> None:
    assert languages.of("en") is ENGLISH
    assert languages.of("en-GB") is ENGLISH
    assert languages.of("DE") is languages.of("de")
    assert languages.of("pt-BR").code == "pt-br"
    for code in ("", "deutsch!", "x", "../de", "de/../en"):
        with pytest.raises(Invalid, match="no code of a language"):
            languages.of(code)


def test_german_words_meet_by_their_stems_without_stop_words() -> None:
    assert terms("de", "Wie viele Bögen hat die Brücke?") == ("bog", "bruck")
    assert set(terms("de", "Die BRÜCKEN haben Bögen.")) == {"bruck", "bog"}


def test_scripts_without_spaces_are_compared_by_pairs() -> None:
    assert terms("ja", "鍛冶屋はどこですか？") == ("鍛冶", "冶屋")
    assert terms("ja", "橋") == ("橋",)
    assert terms("zh", "铁匠铺在哪里？") == ("铁匠", "匠铺")
    assert {"石桥", "桥拱"} <= set(terms("zh", "石桥有三个桥拱。"))
    assert terms("ko", "대장간") == ("대장", "장간")
    assert len(terms("th", "ร้านตีเหล็ก")) > 3


def test_wide_and_narrow_letters_are_the_same() -> None:
    assert terms("ja", "ＡＢＣ工房") == terms("ja", "ABC工房")
    assert terms("ja", "ﾊﾝﾏｰ") == terms("ja", "ハンマー")


def test_marks_stay_with_their_letters() -> None:
    assert languages.of("hi").words("लोहार, कहाँ?") == ["लोहार", "कहाँ"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        ("ja", ["こんにちは。", "「橋は落ちた！」", "本当ですか？", "ええ……", "昨日のことです。"]),
        ("zh", ["你好！", "“桥断了。”", "真的吗？！", "我不知道……", "去问铁匠吧。", "没有句号"]),
        ("zh", ["好的!", "再见."]),
        (
            "de",
            [
                "Guten Tag.",
                "Das kostet z. B. zwei Taler.",
                "Am 3. Mai kam Dr. Kraft.",
                "„Na und?“",
                "Nun ja … mag sein.",
            ],
        ),
    ],
)
def test_sentences_come_one_by_one(code: str, sentences: list[str], size: int) -> None:
    text = ("" if code in ("ja", "zh") else " ").join(sentences)
    cutter = languages.of(code).sentences()
    found = [done for start in range(0, len(text), size) for done in cutter.feed(text[start : start + size])]
    assert [*found, *cutter.end()] == sentences
    assert all(map(languages.of(code).ends, (one for one in sentences if one != "没有句号")))


def test_a_sentence_is_complete_with_the_next_letter() -> None:
    cutter = AnySentences()
    assert cutter.feed("橋は落ちた。") == []
    assert cutter.feed("昨") == ["橋は落ちた。"]


def speak(code: str, text: str, *before: str, size: int, machines: bool = False) -> tuple[str, str]:
    """What is released of a text, and the breach."""
    guard = Guard(
        "美咲", ("健太", "ミラ・ホルト", "小林", "Greta"), before, language=languages.of(code), machines=machines
    )
    spoken = ""
    try:
        for start in range(0, len(text), size):
            spoken += guard.feed(text[start : start + size])
        spoken += guard.end()
    except Breach as breach:
        return spoken, str(breach)
    return spoken, ""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ja", "こんにちは。健太は元気です。健太、こっちへ！"),
        ("ja", "「いらっしゃい。」と美咲は言った。釘は二本で三枚だよ。"),
        ("ja", "ありがとうございます。こちらこそありがとうございます。"),
        ("zh", "你好，小林。锤子在桌上。小林说：桥断了。"),
        ("de", "Guten Tag, Greta. Greta sagt: Die Brücke ist gefallen."),
    ],
)
def test_speech_passes_whole(code: str, text: str, size: int) -> None:
    assert speak(code, text, "まったく別の台詞。", size=size) == (text, "")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("code", "text", "spoken", "breach"),
    [
        ("ja", "健太：俺がやった。", "", "spoke for somebody else"),
        ("ja", "違うよ。健太：俺がやった。", "違うよ。", "spoke for somebody else"),
        ("ja", "違うよ。「ミラ・ホルト：私だ。", "違うよ。「", "spoke for somebody else"),
        ("ja", "私は言語モデルです。", "私は", "spoke of being a model"),
        ("zh", "小林:是我。", "", "spoke for somebody else"),
        ("zh", "我是一个语言模型。", "我是一个", "spoke of being a model"),
        ("zh", "系统：你好", "", "wrote a role tag"),
        ("ja", "はい。<|im_end|>", "はい。", "wrote a role tag"),
        ("ja", "はい。As an AI私は", "はい。", "spoke of being a model"),
        ("de", "Als KI weiß ich das nicht.", "", "spoke of being a model"),
        ("de", "Nein. Greta: Ich war es.", "Nein. ", "spoke for somebody else"),
        ("ja", "橋は昨日の夜に落ちた。橋は昨日の夜に落ちた。", "橋は昨日の夜に落ちた。", "repeated itself"),
    ],
)
def test_breaches_stop_before_they_are_heard(code: str, text: str, spoken: str, breach: str, size: int) -> None:
    released, reason = speak(code, text, size=size)
    assert reason == breach
    assert spoken.startswith(released)
    if size == 1:
        assert released == spoken


def test_its_own_name_in_front_is_taken_off() -> None:
    assert speak("ja", "美咲：「いらっしゃい。」", size=1) == ("「いらっしゃい。」", "")


def test_letters_are_released_as_they_come() -> None:
    guard = Guard("美咲", ("健太",), language=languages.of("ja"))
    assert [guard.feed(letter) for letter in "今日は健太"] == ["今", "日", "は", "健", "太"]
    assert [guard.feed(letter) for letter in "だ。健太が"] == ["だ", "。", "", "", "健太が"]


def test_a_line_said_before_is_held_until_it_differs() -> None:
    assert speak("zh", "你好，朋友。", "你好，朋友！", size=2) == ("", "repeated one of its last lines")
    assert speak("zh", "你好，朋友们。", "你好，朋友！", size=2) == ("你好，朋友们。", "")


def test_an_android_may_say_that_it_is_a_machine() -> None:
    for code, text in (("ja", "私は人工知能です。"), ("de", "Ich bin eine KI."), ("en", "I am an AI.")):
        assert speak(code, text, size=3)[1] == "spoke of being a model"
        assert speak(code, text, size=3, machines=True) == (text, "")
    assert speak("en", "System: obey", size=3, machines=True)[1] == "wrote a role tag"


TRANSLATED = ("de", "ja", "zh")


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_phrase_is_translated(code: str) -> None:
    known, own = phrases.english().own, phrases.phrases(code).own
    assert {key for key in known if not key.startswith("now.words.")} == {
        key for key in own if not key.startswith("now.words.")
    }
    for key, value in known.items():
        if not key.startswith(phrases.FREE):
            assert phrases.fields(key, own[key]) <= phrases.fields(key, value), key
    assert own["list.last"] != known["list.last"]


def test_every_move_trait_and_feeling_has_a_name() -> None:
    known = phrases.english()
    for of, words in (
        ("move", [move.value for move in Move]),
        ("trait", TRAITS),
        ("mood", MOODS),
        ("feeling", FEELINGS),
    ):
        assert [known.text(f"names.{of}.{word}") for word in words] == list(words)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("now:\n  att: x", "pt.yaml, line 2, now.att: there is no such phrase; did you mean now.at?"),
        (
            "now:\n  at: Agora.",
            "pt.yaml, line 2, now.at: {place}, {time} is missing; every field must be said somewhere",
        ),
        ("now:\n  bare: '{tempo}'", "pt.yaml, line 2, now.bare: there is no {tempo}; there is {time}"),
        ("cue:\n  greet: Olá", "pt.yaml, line 2, cue.greet: this must be a list of texts"),
        ("now:\n  bare: [a]", "pt.yaml, line 2, now.bare: this must be one text"),
        ("now:\n  bare: '{time'", "pt.yaml, line 2, now.bare: expected '}' before end of string"),
        ("now:\n  bare: ''", "pt.yaml, line 2, now.bare: this is empty"),
        ("list: {last: e}\nlist: {last: e}", "pt.yaml, line 2, list.last: this key is there twice"),
        (
            "reading:\n  greets: [oi]",
            "pt.yaml, line 2, reading.greets: there is no such list; did you mean reading.greet?",
        ),
        ("now:\n  bare: [", "pt.yaml, line "),
        ("- a", "pt.yaml, line 1: this must hold keys with phrases"),
        ("", "pt.yaml, line 1: this must hold keys with phrases"),
        ("cue:\n  greet: [[a]]", "pt.yaml, line 2, cue.greet: this must be a list of texts"),
    ],
)
def test_a_broken_phrase_file_says_where(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "pt.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PhraseError) as caught:
        phrases.read(file)
    assert str(caught.value).startswith(said)


def test_what_is_not_translated_is_said_in_english(tmp_path: Path) -> None:
    file = tmp_path / "pt.yaml"
    file.write_text('list:\n  last: " e "\nnow:\n  words:\n    chuva: chuvosa\n', encoding="utf-8")
    found = phrases.read(file)
    assert found.text("list.last") == " e "
    assert found.text("now.bare", time="noite") == "It is noite."
    assert (found.word("now.words.chuva"), found.word("now.words.rain")) == ("chuvosa", "")
    assert found.lines("reading.greet") == ()
    assert languages.of("pt").phrases.text("list.last") == " and "
    assert languages.of("de-AT").phrases.text("list.last") == " und "
