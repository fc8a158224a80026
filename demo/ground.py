"""Where everyone is, as far as the player's game knows: no daemon and no screen in here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import shorten

from npc_runtime.errors import Invalid
from npc_runtime.persona.model import Pack
from npc_runtime.wire.messages import (
    ActionOffer,
    Event,
    EventArgueSettled,
    EventEncounterEnded,
    EventHappened,
    EventMoved,
    EventNpcDespawned,
    EventNpcSpawned,
    EventRestored,
    EventSaid,
    EventTime,
    NpcInfo,
)
from npc_runtime.world.entity import bare

PLAYER = "player:traveller"
PLAYER_NAME = "Traveller"
SNIPPET = 60  # characters of a line that an event repeats


@dataclass(frozen=True)
class Place:
    """A place with its looks, which are the game's own."""

    id: str
    name: str
    looks: str = ""
    leads_to: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Ground:
    """Places, people, where the player is, and whom they talk with."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.items: dict[str, str] = {}
        self.people: dict[str, NpcInfo] = {}
        self.villagers: list[str] = []  # ids of those whom the pack's author wrote
        self.homes: dict[str, str] = {}
        self.followers: set[str] = set()
        self.here = ""
        self.moment = ""  # "day 3, evening"
        self.weather = ""
        self._chosen: str | None = None

    def lay_out(self, pack: Pack) -> None:
        """Takes the places and items from a pack; a player who is nowhere yet goes where somebody lives."""
        self.places = {
            f"place:{place.id}": Place(
                f"place:{place.id}",
                place.name,
                place.looks or "",
                tuple(f"place:{other}" for other in place.leads_to),
                tuple(place.items),
            )
            for place in pack.village.places
        }
        self.items = dict(pack.village.items)
        self.villagers = [f"npc:{id}" for id in pack.personas]
        self.homes = {f"npc:{id}": f"place:{persona.place}" for id, persona in pack.personas.items() if persona.place}
        lived_in = [place for place in self.places if place in self.homes.values()]
        self.here = self.here or (lived_in or list(self.places))[0]

    @property
    def names(self) -> dict[str, str]:
        """The people's names by id."""
        return {npc: person.name for npc, person in self.people.items()}

    @property
    def place_names(self) -> dict[str, str]:
        """The places' names by id."""
        return {id: place.name for id, place in self.places.items()}

    def around(self) -> list[NpcInfo]:
        """Who is where the player is."""
        return [person for person in self.people.values() if person.at == self.here]

    @property
    def partner(self) -> str | None:
        """Whom a line without a name is said to: the one chosen while here, or the only one here."""
        around = [person.npc for person in self.around()]
        if self._chosen in around:
            return self._chosen
        return around[0] if len(around) == 1 else None

    def turn_to(self, npc: str) -> None:
        """Chooses a partner. Raises Invalid for somebody who is elsewhere."""
        person = self.people[npc]
        if person.at != self.here:
            raise Invalid(f"{person.name} is not here", hint=f"walk there with /go {bare(person.at)}")
        self._chosen = npc

    def listener(self) -> str:
        """The partner. Raises Invalid, saying whom there is to name."""
        if self.partner:
            return self.partner
        names = [person.name for person in self.around()]
        if not names:
            raise Invalid("nobody is here", hint="/who tells where everyone is, and /go walks there")
        raise Invalid(f"{', '.join(names)} are here", hint=f'name whom you mean: "{names[0]}, good day"')

    def route(self, to: str) -> list[str]:
        """The places on the shortest way from here, the last one being `to`. Raises Invalid where no way leads."""
        if to == self.here:
            raise Invalid(f"you are at {self.places[to].name} already")
        came_from = {self.here: ""}
        ahead = deque([self.here])
        while ahead and to not in came_from:
            at = ahead.popleft()
            for following in self.places[at].leads_to:
                if following not in came_from:
                    came_from[following] = at
                    ahead.append(following)
        if to not in came_from:
            raise Invalid(f"no way leads from {self.places[self.here].name} to {self.places[to].name}")
        way = [to]
        while came_from[way[0]] != self.here:
            way.insert(0, came_from[way[0]])
        return way

    def offers(self, npc: str) -> list[ActionOffer]:
        """What a character may do now; all of it harmless."""
        items = list(self.places[self.here].items)
        offers = [ActionOffer(name="wave", when="greets or parts")]
        if npc in self.followers:
            offers.append(ActionOffer(name="stay", when="asks to stay behind"))
        else:
            offers.append(ActionOffer(name="follow", args=[[PLAYER]], when="asks to come along"))
        if items:
            offers.append(ActionOffer(name="give", args=[items, [PLAYER]], when="asks for one of the wares"))
        return offers

    def perform(self, npc: str, name: str, args: Sequence[str]) -> str:
        """Lets a proposed action happen, and says so in words."""
        match name, list(args):
            case "follow", _:
                self.followers.add(npc)
                return "comes along with you"
            case "stay", _:
                self.followers.discard(npc)
                return "stays behind"
            case "wave", _:
                return "waves"
            case "give", [item, *_]:
                return f"gives you {self.items.get(bare(item), bare(item))}"
        return " ".join((name, *map(bare, args)))

    def put(self, entity: str, to: str) -> None:
        """Notes that a character is at another place now."""
        if entity in self.people:
            self.people[entity] = self.people[entity].model_copy(update={"at": to})

    def wander(self, choose: Callable[[Sequence[str]], str]) -> tuple[str, str] | None:
        """Who could stroll and where to: one who is not with the player goes next door, and later home again."""
        idle = [person.npc for person in self.people.values() if person.at != self.here]
        idle = [npc for npc in idle if npc not in self.followers and self.homes.get(npc)]
        if not idle:
            return None
        npc = choose(idle)
        at, home = self.people[npc].at, self.homes[npc]
        return npc, home if at != home else choose(self.places[at].leads_to or (home,))

    def observe(self, event: Event) -> str:
        """Takes in what the daemon tells of the world; returns it in words."""
        match event:
            case EventNpcSpawned(npc=person):
                self.people[person.npc] = person
                return f"{person.name} is at {self._place(person.at)}."
            case EventNpcDespawned(npc=npc):
                name = self._name(npc)
                self.people.pop(npc, None)
                self.followers.discard(npc)
                return f"{name} has left."
            case EventMoved(entity=entity, to=to):
                self.put(entity, to)
                return f"{self._name(entity)} {'walk' if entity == PLAYER else 'walks'} to {self._place(to)}."
            case EventSaid(speaker=speaker, to=to, text=text, heard_by=heard_by):
                others = [self._name(who) for who in heard_by if who not in (speaker, to)]
                overheard = f" ({', '.join(others)} heard it)" if others else ""
                listener = "you" if to == PLAYER else self._name(to)
                return f'{self._name(speaker)} to {listener}: "{shorten(text, SNIPPET, placeholder=" ...")}"{overheard}'
            case EventHappened(what=what, witnesses=witnesses):
                noticed = f" ({', '.join(map(self._name, witnesses))} noticed it)" if witnesses else ""
                return f"{what}{noticed}"
            case EventArgueSettled(outcome=outcome):
                return outcome.text
            case EventEncounterEnded(between=between):
                return f"{' and '.join(map(self._name, between))} have talked."
            case EventTime(moment=moment):
                self.moment = moment
                return f"It is {moment}."
            case EventRestored(save=save):
                return f'Back to "{save}".'
        return event.type

    def called(self, entity: str) -> str:
        """The name that everybody knows somebody by."""
        if entity == PLAYER:
            return PLAYER_NAME
        return self.people[entity].name if entity in self.people else bare(entity)

    def _name(self, entity: str) -> str:
        return "You" if entity == PLAYER else self.called(entity)

    def _place(self, place: str) -> str:
        return self.places[place].name if place in self.places else bare(place)
