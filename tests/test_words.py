"""The words of a small model: its own, those of its prompt, and no others, whatever it would like to write."""

from __future__ import annotations

import queue

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npc_runtime.dialogue.generation.prompt import Message, Piece
from npc_runtime.engine.engine import Engine
from npc_runtime.engine.fake import END, FakeModel
from npc_runtime.engine.request import Ended, EngineEvent, ReplyFormat, Request, Sampling
from npc_runtime.engine.words import Lexicon, Wording, words

LEXICON = "i know the well at of it is a and not"


def wording(*prompt: str, written: str = "") -> Wording:
    begun = Wording(Lexicon(LEXICON), prompt)
    begun.advance(written.encode())
    return begun


@pytest.mark.parametrize(
    ("written", "piece", "allowed"),
    [
        ("", "the", True),
        ("", "The", True),
        ("", "t", True),
        ("", "tx", False),
        ("", "th is", False),  # "th" has ended and is no word
        ("I know the well at ", "She", True),  # Shephurst is in the prompt
        ("I know the well at She", "phurst", True),
        ("I know the well at She", "shurst", False),
        ("I know the well at Shep", ".", False),
        ("I know the well at Shephurst", "'", True),
        ("I know the well at Shephurst, ", "3 of it", True),
        ("", "shephurst", True),  # also without its capital
        ("", "SHEPHURST", False),
        ("", "Zo\u00eb", True),
        ("Zo\u00eb", "\u00eb", False),
        ("", "(?!) ...", True),
    ],
)
def test_a_text_goes_on_with_what_words_allow(written: str, piece: str, allowed: bool) -> None:
    begun = wording("There is a well at Shephurst,", "said Zo\u00eb.", written=written)
    assert begun.allows(piece.encode()) == allowed


def test_half_a_letter_is_no_end() -> None:
    first, second = "\u00eb".encode()[:1], "\u00eb".encode()[1:]
    begun = wording("Zo\u00eb", written="Zo")
    assert begun.allows(first)
    begun.advance(first)
    assert not begun.allows(b"", last=True)
    assert begun.allows(second)
    begun.advance(second)
    assert begun.allows(b"", last=True)


def test_a_text_does_not_end_within_a_word() -> None:
    assert not wording(written="I know the we").allows(b"", last=True)
    assert wording(written="I know the well").allows(b"", last=True)
    assert wording(written="I know the well.").allows(b"", last=True)


PROMPT = "Shephurst and Zo\u00eb\u2019s 3 eels"


def speak(wanted: bytes) -> str:
    """What a model comes to say that wants to say this."""

    def script(_slot: int, held: list[int]) -> int:
        _, _, written = bytes(held).partition(b"\n")
        return wanted[len(written)] if len(written) < len(wanted) else END

    model = FakeModel(script)
    model.lexicon = Lexicon(LEXICON)
    engine = Engine(model)
    told: queue.SimpleQueue[list[EngineEvent]] = queue.SimpleQueue()
    request = Request(
        (Message("user", (Piece(PROMPT),)),),
        max_tokens=len(wanted) + 40,
        sampling=Sampling(temperature=0, seed=1),
        format=ReplyFormat(("sad",)),
    )
    engine.submit(request, told.put)
    engine.start()
    events: list[EngineEvent] = []
    while not (events and isinstance(events[-1], Ended)):
        events += told.get(timeout=10)
    engine.close()
    return "".join(event.text for event in events if not isinstance(event, Ended))


def test_a_model_that_misspells_a_name_spells_it_right() -> None:
    assert speak(b"(sad) I know Shephurst.") == "(sad) I know Shephurst."
    said = speak(b"(sad) I know Sheshurst.")
    assert said.startswith("(sad) I know Shep")


@settings(max_examples=40)
@given(st.text(alphabet="the wlShpurs Zo\u00eb.,", max_size=24))
def test_no_other_word_is_ever_said(wanted: str) -> None:
    said = speak(f"(sad) {wanted}".encode()).partition(") ")[2]
    allowed = words(LEXICON) | words(PROMPT)
    small = {word[:1].lower() + word[1:] for word in allowed}
    finished = words(said[: len(said.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\u00eb\u2019\ufffd"))])
    assert {word[:1].lower() + word[1:] for word in finished} <= small
