"""Complaints: what each party holds against each other one, made from the topic where the game gives none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from npc_runtime.dialogue.quarrel.party import Complaint, Party
from npc_runtime.dialogue.quarrel.topic import Wrong, wrong
from npc_runtime.language.english.data import Data
from npc_runtime.language.english.english import ENGLISH
from npc_runtime.language.language import Language

_COMPLAINTS = Data("quarrel.complaints")
_CALLED, _SUBJECT_VERBS = _COMPLAINTS.table("called"), _COMPLAINTS.table("subject_verbs")
_OWN, _NAME_VERBS = _COMPLAINTS.table("own"), _COMPLAINTS.table("name_verbs")


def placed(topic: str, parties: Sequence[Party], language: Language = ENGLISH) -> tuple[Party, ...]:
    """The parties with a position each: who did it, as the topic says, disputes it, or else all but the first do."""
    by = wrong(topic, [party.name for party in parties]).by if topic.strip() and language.reads else ""
    claimant = next((party for party in parties if party.name != by), None)
    return tuple(
        party if party.position else replace(party, position="claims" if party is claimant else "disputes")
        for party in parties
    )


def complaints(topic: str, parties: Sequence[Party], language: Language = ENGLISH) -> tuple[Party, ...]:
    """The parties, each with a complaint against each other one."""
    meant = wrong(topic, [party.name for party in parties]) if topic.strip() and language.reads else None
    return tuple(
        replace(
            party,
            complaints={
                other.id: party.complaints.get(other.id)
                or (
                    _complaint(meant, topic, party, other, parties)
                    if language.reads
                    else _plain(topic, party, language)
                )
                for other in parties
                if other.id != party.id
            },
        )
        for party in parties
    )


def _complaint(meant: Wrong | None, topic: str, party: Party, other: Party, parties: Sequence[Party]) -> Complaint:
    if meant is None:
        return Complaint(f"{other.name} blamed you without reason", "leave you in peace")
    accused = {each.id: each.name == meant.by if meant.by else each.position != "claims" for each in parties}
    if not accused[party.id] and (accused[other.id] or not any(accused.values())):
        did = meant.did.format(me="you", my="your")
        return Complaint(f"{other.name} {_addressed(did, party)}", meant.demand)
    if not accused[party.id]:
        return Complaint(f"{other.name} talked over you", "let you speak first")
    if accused[other.id]:
        return Complaint(f"{other.name} left all the blame to you", "own up")
    if called := _CALLED.get(meant.kind):
        return Complaint(f"{other.name} called you a {called} in front of everyone", "take it back")
    if meant.kind == "harm" and not meant.by:
        return Complaint(f"{other.name} blamed you for {_addressed(topic, party)}", "take it back")
    return Complaint(f"{other.name} blamed you without reason", "take it back")


def _plain(topic: str, party: Party, language: Language) -> Complaint:
    """The topic as it is written, where nothing takes it apart; nobody is "you" in it."""
    say, topic = language.phrases.text, topic.strip().rstrip(".。!！")
    if not topic:
        return Complaint(say("complaint.nothing"), say("complaint.peace"))
    if party.position == "claims":
        return Complaint(say("complaint.accusing", topic=topic), say("complaint.mend"))
    return Complaint(say("complaint.accused", topic=topic), say("complaint.peace"))


def about(topic: str, party: Party | None, parties: Sequence[Party], language: Language = ENGLISH) -> str:
    """What it was over, as `party` tells it, or as anybody else does where that is None.

    Follows "over": "the stolen hammer", "the claim that Tom stole your hammer".
    """
    if not language.reads:
        return topic.strip() or language.phrases.text("complaint.nothing")
    if not topic:
        claim = next(each for each in parties if each.complaints)
        if party and party.complaints and party.position == "claims":
            return f"the claim that {next(iter(party.complaints.values())).grievance}"
        topic = as_told(next(iter(claim.complaints.values())).grievance, claim.name)
    subject = next((each for each in parties if re.match(rf"{re.escape(each.name)}\s", topic, re.IGNORECASE)), None)
    said = _addressed(topic, party) if party else topic
    if subject is not None:
        return f"the claim that {said}"
    if _COMPLAINTS.pattern("clause").match(said):
        return said[0].lower() + said[1:]
    return said


def _addressed(text: str, party: Party) -> str:
    return _to(text, party.name)


def _to(text: str, addressee: str) -> str:
    """A text as told to somebody: the name becomes `you`."""
    name = re.escape(addressee)
    begins = re.match(rf"{name}\s+(\w+)(.*)$", text, re.IGNORECASE | re.DOTALL)
    if begins:
        return f"you {_SUBJECT_VERBS.get(begins[1], begins[1])}{begins[2]}"
    text = re.sub(rf"\b(?:the )?{name}['’]s?(?=\s|$)", "your", text, flags=re.IGNORECASE)
    return re.sub(rf"\b{name}\b", "you", text, flags=re.IGNORECASE)


def to_face(text: str, opponent: str, language: Language = ENGLISH) -> str:
    """A complaint or a fact of one's own, said to the opponent: "Tom stole your hammer" -> "you stole my hammer"."""
    if not language.reads:
        return text
    text = re.sub(r"^You\b|\b(?<=that )you\b", "I", text)
    text = re.sub(r"\byou (are|were)\b", lambda found: {"are": "I am", "were": "I was"}[found[1]], text)
    return _to(re.sub(r"\b(?:you|yours?|yourself)\b", lambda found: _OWN[found[0]], text), opponent)


def as_told(grievance: str, name: str, language: Language = ENGLISH) -> str:
    """A complaint as anybody tells it: `you` becomes the name."""
    if not language.reads:
        return grievance
    text = re.sub(r"\byours?\b", f"{name}'s", grievance)
    text = re.sub(r"\byou (are|were|have)\b", lambda found: f"{name} {_NAME_VERBS[found[1]]}", text)
    return re.sub(r"\byou\b", name, text)
