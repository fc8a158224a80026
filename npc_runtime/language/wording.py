"""Wording: claims as somebody reads them, and what somebody said or wrote as a claim, with the names there are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from npc_runtime.language.language import Language


@dataclass(frozen=True)
class Wording:
    """A language, and display names by id."""

    language: Language
    names: Mapping[str, str]

    def name(self, id: str) -> str:
        """What somebody is called; of whom nobody knows, the id without its kind."""
        return self.names.get(id) or id.partition(":")[2] or id

    def linked(self, text: str, involved: Sequence[str] = ()) -> str:
        """What a game or an author wrote, as a claim."""
        return self.language.linked(text, self.names, involved)

    def own(self, text: str, owner: str, involved: Sequence[str] = ()) -> str:
        """What somebody knows, as it stands in its persona or its memory, as a claim."""
        return self.language.own(text, owner, self.names, involved)

    def stated(self, sentence: str, speaker: str, to: str) -> str:
        """What somebody states to somebody, as a claim."""
        return self.language.stated(sentence, speaker, to, self.names)

    def text(self, claim: str, reader: str = "") -> str:
        """A claim as somebody reads it; without a `reader`, as anybody does."""
        return self.language.text(claim, reader, self.name)

    def told(self, claim: str, *, who: str, to: str, origin: str, reader: str) -> str:
        """What `who` told `to`, as `reader` keeps it; `origin` has it from nobody."""
        known = {who: self._anybody(who), origin: self._anybody(origin)}
        return self.language.told(claim, who, to, origin, reader, lambda id: known.get(id) or self.name(id))

    def said(self, claim: str, speaker: str) -> str:
        """A claim as its speaker says it."""
        return self.language.said(claim, speaker, self.name)

    def _anybody(self, id: str) -> str:
        return self.names.get(id) or self.language.phrases.text("known.somebody")
