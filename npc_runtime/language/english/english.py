"""English, as the runtime knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from npc_runtime.language.claim import Denial, Marks, reference, replaced, unreferring
from npc_runtime.language.english import denial, person, retelling
from npc_runtime.language.english import terms as vocabulary
from npc_runtime.language.language import Language, Name
from npc_runtime.language.sentences import Sentences

_YOU = {"they": "you", "them": "you", "their": "your", "theirs": "yours", "themselves": "yourself"}


class English(Language):
    """English words by their stems and notions, and sentences put from one grammatical person into another."""

    reads = True

    words = staticmethod(vocabulary.words)
    terms = staticmethod(vocabulary.terms)
    notion = staticmethod(vocabulary.notion)
    alike = staticmethod(vocabulary.alike)
    matter = staticmethod(vocabulary.matter)
    first_name = staticmethod(vocabulary.first_name)
    tone = staticmethod(vocabulary.tone)
    first_person = staticmethod(person.first_person)
    joined = staticmethod(denial.joined)

    def parts(self, term: str) -> tuple[str, ...]:
        """None: English words are asked for whole."""
        return ()

    def sentences(self) -> Sentences:
        """Cuts text into sentences as it comes."""
        return Sentences()

    def own(self, text: str, owner: str, names: Mapping[str, str], involved: Sequence[str] = ()) -> str:
        """What somebody knows as a claim: "You sell rope." is `{npc:tom|they} sell rope.`."""
        marks = Marks()
        # Whoever says "you" of itself means somebody else by a name that is its own too.
        others = {id: name for id, name in names.items() if id != owner} if person.ADDRESSED.search(text) else names
        hidden = marks.hidden(self.linked(text, others, (*involved, owner)))
        return marks.restored(person.third_person(hidden, lambda case: marks.of(reference(owner, case))))

    def stated(self, sentence: str, speaker: str, to: str, names: Mapping[str, str]) -> str:
        """What somebody said, as a claim: "I saw you." of Alex's to Mira is `{player:alex|they} saw {npc:mira}.`."""
        known = self.linked(unreferring(sentence.strip()), names, (to, speaker), any_case=True)
        return person.stated(known, speaker, to)

    def text(self, claim: str, reader: str, name: Name) -> str:
        """A claim as somebody reads it: "you" to itself where that is plainly right, and everybody else by name."""
        marks = Marks()
        itself, addressed = marks.of(reference(reader)), marks.of(reference(reader, "you"))

        def worded(id: str, case: str, opens: bool) -> str:
            if not case:
                return itself if id == reader else name(id)
            if case.startswith("you"):
                own = addressed if case == "you" else case
                return own if id == reader else name(id) + ("'s" if case != "you" else "")
            pronoun = _YOU[case] if id == reader else case
            return pronoun.capitalize() if opens else pronoun

        text = person.addressed(replaced(claim, worded), addressed)
        return person.second_person(text, itself).replace(itself, name(reader))

    def told(self, claim: str, who: str, to: str, origin: str, reader: str, name: Name) -> str:
        """What `who` told `to`, as `reader` keeps it: "Bren told you that Tom said that they stole the hammer."."""
        clause = person.subordinate(self.text(claim, reader, name)).rstrip(".")
        chain = f"{name(origin)} said that " if origin and origin != who else ""
        return f"{name(who)} told {'you' if to == reader else name(to)} that {chain}{clause}."

    def said(self, claim: str, speaker: str, name: Name) -> str:
        """A claim as its speaker says it: "I owe Tom a wheel."."""
        return self.first_person(self.text(claim, speaker, name))

    def addresses(self, text: str) -> bool:
        """Whether a text says "you"."""
        return person.ADDRESSED.search(text) is not None

    def retold(self, claim: str) -> list[str]:
        """The ways in which a claim may grow where it is passed on: a number, a doubt, a place, a word."""
        marks = Marks()
        return [marks.restored(one) for one in retelling.retold(marks.hidden(claim), marks.is_pronoun)]

    def denial(self, claim: str) -> Denial | None:
        """What a claim says is not so, or None where it denies nothing."""
        marks = Marks()
        found = denial.denied(marks.hidden(claim))
        return Denial(marks.restored(found.claim), found.corrects) if found else None


ENGLISH = English("en")
