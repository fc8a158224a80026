# ruff: noqa: E501
"""What villagers hold against each other, in every person a quarrel needs.

Clauses are written once, with markers for the complainer (`<me> <my> <mine> <I> <am> <was>`) and for what the verb does
after `you` (`owe~s` is "owes" after a name and "owe" after "you"; `<have>` and `<does>` likewise).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from training.corpus import words


@dataclass(frozen=True)
class Grievance:
    """One complaint. The clauses have no subject and no full stop."""

    second: str  # after the opponent's name, told to the complainer: "stole your hammer"
    first: str  # after "you", told by the complainer: "stole my hammer"
    third: str  # after the opponent's name, told by the complainer: "stole my hammer"
    demand: str  # completes "You want Tom to ...": "give the hammer back to you"
    demand_first: str  # the same, told by the complainer: "give the hammer back to me"
    excuse: str  # what a guilty party might say


_TO_SECOND = {"me": "you", "my": "your", "mine": "yours", "I": "you", "am": "are", "was": "were"}
_AFTER_NAME = {"have": "has", "does": "does"}
_AFTER_YOU = {"have": "have", "does": "do"}
_MARK = re.compile(r"<(\w+)>")
_VERB_ENDING = re.compile(r"~(e?s)\b")
_SLOT = re.compile(r"\{(\w+)\}")
_ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")


def _voice(text: str, complainer_is_you: bool, opponent_is_you: bool) -> str:
    verbs = _AFTER_YOU if opponent_is_you else _AFTER_NAME

    def word(match: re.Match[str]) -> str:
        mark = match.group(1)
        if mark in verbs:
            return verbs[mark]
        return _TO_SECOND[mark] if complainer_is_you else mark

    return _MARK.sub(word, _VERB_ENDING.sub("" if opponent_is_you else r"\1", text))


def _grievance(clause: str, demand: str, excuse: str) -> Grievance:
    return Grievance(
        second=_voice(clause, True, False),
        first=_voice(clause, False, True),
        third=_voice(clause, False, False),
        demand=_voice(demand, True, True),
        demand_first=_voice(demand, False, True),
        excuse=excuse,
    )


_ANIMALS = [
    "goat",
    "cow",
    "pig",
    "mule",
    "hen",
    "goose",
    "dog",
    "horse",
    "ewe",
    "cat",
    "donkey",
    "ram",
    "rooster",
    "calf",
    "ox",
    "pony",
    "duck",
    "falcon",
    "ferret",
    "lamb",
]
_CROPS = [
    "cabbages",
    "turnips",
    "barley",
    "beans",
    "apples",
    "pears",
    "leeks",
    "pumpkins",
    "rye",
    "onions",
    "plums",
    "peas",
    "hops",
    "carrots",
    "garlic",
    "cherries",
    "oats",
    "roses",
]
_KIN = [
    "sister",
    "brother",
    "daughter",
    "son",
    "niece",
    "nephew",
    "cousin",
    "wife",
    "husband",
    "mother",
    "father",
    "apprentice",
    "grandmother",
    "uncle",
]
_FOODS = [
    "pie",
    "stew",
    "bread",
    "cheese",
    "ham",
    "soup",
    "ale",
    "cider",
    "honey cake",
    "sausages",
    "porridge",
    "pickles",
    "mead",
    "wine",
    "butter",
    "cod",
]
_PLACES = [
    "well",
    "mill",
    "market",
    "chapel",
    "bridge",
    "square",
    "inn",
    "pond",
    "orchard",
    "gate",
    "barn",
    "smithy",
    "ford",
    "cellar",
    "north field",
    "guild hall",
    "harbour",
]
_TIMES = [
    "last night",
    "on market day",
    "at midsummer",
    "last winter",
    "a week ago",
    "yesterday",
    "on feast day",
    "before the harvest",
    "three days ago",
    "this spring",
    "twice this month",
]
_NUMBERS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "forty",
]


def _fill(rng: random.Random, *texts: str) -> tuple[str, ...]:
    """Fills the same slots with the same words in all texts; alternatives are drawn in each for itself."""
    pools = {
        "animal": _ANIMALS,
        "crop": _CROPS,
        "kin": _KIN,
        "food": _FOODS,
        "place": _PLACES,
        "when": _TIMES,
        "n": _NUMBERS,
    }
    chosen: dict[str, str] = {}

    def slot(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in chosen:
            if name == "item":
                chosen[name] = words.item(rng)
            elif name == "person":
                chosen[name] = words.person_name(rng)
            elif name == "currency":
                chosen[name] = words.currency(rng)
            else:
                chosen[name] = rng.choice(pools[name])
        return chosen[name]

    filled = []
    for text in texts:
        while match := _ALTERNATIVES.search(text):
            text = text[: match.start()] + rng.choice(match.group(1).split("|")) + text[match.end() :]
        filled.append(" ".join(_SLOT.sub(slot, text).split()))
    return tuple(filled)


# Clause, demand, excuse.
CURATED: list[tuple[str, str, str]] = [
    # Theft and borrowing
    ("stole <my> {item}", "give the {item} back", "I only borrowed it."),
    ("took <my> {item} [without asking|and never brought it back]", "return the {item}", "You were not home to ask."),
    ("borrowed <my> {item} and broke it", "[mend|pay for|replace] the {item}", "It was cracked before I touched it."),
    ("lost <my> {item}", "find the {item} or pay for it", "It must have fallen off the cart."),
    ("sold <my> {item} to {person}", "buy the {item} back", "I thought it was mine to sell."),
    ("[picked|ate] <my> {crop} at night", "pay for the {crop}", "They hung over my side of the wall."),
    ("ate <my> {food}", "make <me> a new one", "I was starving."),
    ("drank <my> {food} from the cellar", "refill the jug", "It was going sour anyway."),
    ("milked <my> cow in secret", "keep away from the cow", "She came to me."),
    ("gave <my> {item} away to {person}", "get the {item} back from {person}", "You never used it."),
    # Debts and trade
    ("owe~s <me> {n} {currency}", "pay the {n} {currency}", "Trade has been bad this year."),
    ("never paid <me> for the {item}", "pay for the {item}", "It was not worth what you asked."),
    ("cheated <me> at the market", "pay back what <I> lost", "You should have counted it yourself."),
    ("sold <me> a lame {animal}", "take the {animal} back", "It walked well enough when it left my yard."),
    ("sold <me> [rotten|mouldy|wormy] {crop}", "give <me> fresh {crop}", "They were fine in the morning."),
    ("watered down the {food} <I> paid for", "pour <me> an honest measure", "Everyone does it."),
    ("weigh~s <my> grain with a false scale", "weigh it again in front of everyone", "The scale is older than I am."),
    ("charged <me> double for the {item}", "return half the price", "Prices go up."),
    ("bet <me> {n} {currency} and will not pay", "settle the bet", "That race was never fair."),
    ("undercut <my> prices on market day", "ask a fair price", "I ask what I like for my goods."),
    ("lured away <my> best customers", "leave <my> customers alone", "They came by themselves."),
    ("<have> not paid rent to <me> since winter", "pay the rent", "The roof leaks, so why should I?"),
    # Land, fences, water
    ("moved the boundary stone into <my> field", "put the stone back", "The frost moved it."),
    ("built a fence across <my> path", "tear down the fence", "It was never your path."),
    ("dammed the stream above <my> mill", "open the dam", "My fields were dry."),
    ("locked the well we all drink from and left <me> thirsty", "unlock the well", "The water is low for all of us."),
    ("diverted the ditch and flooded <my> cellar", "dig the ditch back and dry the cellar", "Water goes where it wants."),
    ("cut down <my> old pear tree", "plant <me> a new one", "It shaded my beds."),
    ("ploughed two furrows into <my> land", "give the furrows back", "I ploughed where my father ploughed."),
    ("dump~s slops in front of <my> door", "clean the doorstep", "The gutter is everybody's."),
    ("let the chimney smoke into <my> window", "sweep the chimney", "Tell it to the wind."),
    ("took <my> place at the market", "give the place back", "There was no name on it."),
    ("took <my> pew in the chapel", "sit somewhere else", "The pews belong to the saints."),
    # Animals
    ("let the geese into <my> garden", "pen the geese", "Geese go where geese go."),
    ("let the pigs dig up <my> {crop}", "pay for the {crop}", "Your gate was open."),
    ("kicked <my> {animal}", "say sorry to <me> and to the {animal}", "It bit me first."),
    ("set the dog on <my> {animal}", "tie up the dog", "He only wanted to play."),
    ("shot <my> {animal} on the hunt", "pay for the {animal}", "I took it for a hare."),
    ("branded <my> {animal} with the wrong mark", "hand over the {animal}", "One looks like the other."),
    ("left <my> gate open and the {animal} ran off", "find the {animal}", "The wind opened it."),
    ("keep~s a rooster that wakes <me> before dawn", "get rid of the rooster", "That is what roosters are for."),
    # Words and honour
    ("called <me> a [liar|coward|thief|cheat|drunkard|fool] in front of everyone", "take it back [in front of everyone|]", "I only said what all of them think."),
    ("spread rumours about <me> and {person}", "stop the talk", "I never named any names."),
    ("told everyone <I> <am> a cheat", "take back every word", "I heard it from somebody else."),
    ("laughed at <me> at the feast", "say sorry to <me>", "You did fall into the trough."),
    ("mocked <my> [singing|cooking|beard|dancing|limp|stutter]", "apologise to <me>", "It was only a joke."),
    ("read <my> letters", "give the letters back and keep quiet", "The seal was already broken."),
    ("told {person} <my> secret", "make it right with {person}", "It slipped out."),
    ("insulted <my> {kin}", "apologise to <my> {kin}", "I did not know who it was."),
    ("lied about <me> to the [guard|mayor|priest|judge]", "tell the truth", "I told it as I saw it."),
    ("took the credit for <my> [work|song|recipe|idea]", "tell everyone whose it is", "I had the same thought first."),
    ("copied <my> recipe for {food}", "stop selling {food}", "Every grandmother makes it so."),
    ("sang a mocking song about <me>", "never sing it again", "It is the best one I have."),
    ("spat on <my> doorstep", "scrub the doorstep", "I was only clearing my throat."),
    # Promises and help
    ("promised <me> help with the harvest and never came", "help with the next harvest", "My back was bad."),
    ("promised to repay <me> by [harvest|midsummer|market day|first snow] and did not", "keep the promise", "I did not say which year."),
    ("did not come to <my> {kin}'s funeral", "ask for <my> pardon", "I cannot bear funerals."),
    ("left <me> to fight the wolves alone", "admit it", "I went to fetch help."),
    ("forgot <my> birthday again", "bake <me> a cake", "You never like to be reminded."),
    ("did not invite <me> to the wedding", "say why", "The barn only holds thirty."),
    ("broke the bargain about the {item}", "keep the bargain", "We never shook hands on it."),
    ("slept through the watch and left <me> to it", "stand the next two watches", "I only closed my eyes for a moment."),
    # Love and family
    ("courted <my> {kin} behind <my> back", "leave <my> {kin} alone", "We are in love."),
    ("danced with <my> sweetheart all night", "keep away from <my> sweetheart", "I was asked to."),
    ("left <my> {kin} at the altar", "face <my> {kin} and explain", "I lost my nerve."),
    ("took the house <my> grandmother left to <me>", "hand over the house", "She told me something else."),
    ("kept <my> share of the inheritance", "share it fairly", "I was the one who nursed him."),
    ("turned <my> {kin} against <me>", "set it right with <my> {kin}", "Nobody needed turning."),
    ("wore <my> {item} to the feast", "wash the {item} and return it", "It suits me better."),
    # Work and guilds
    ("ruined <my> [batch of {food}|new cloth|kiln|best barrel]", "pay for the damage", "I tripped."),
    ("hired away <my> apprentice", "send the apprentice back", "You never fed the boy."),
    ("work~s <my> trade without joining the guild", "join the guild or stop", "The guild asks too much."),
    ("voted against <me> in the guild", "speak up for <me> next time", "I voted with my conscience."),
    ("left <my> tools out in the rain", "clean every tool", "It was dry when I left."),
    ("did a poor job on <my> roof", "do the roof again", "You paid for a poor job."),
    ("painted <my> door green", "paint it back", "It looked so dull."),
    ("hid <my> {item} for a joke", "say where it is", "You should have seen your face."),
    # Noise and nuisance
    ("hammer~s all night under <my> window", "stop at sundown", "I have orders to fill."),
    ("play~s the bagpipes at dawn beside <my> house", "play them on the far hill", "It is art."),
    ("rang the bell while <I> <was> asleep", "let <me> sleep", "The bell must be rung."),
    ("tracked mud through <my> kitchen", "scrub the floor", "It is raining out there."),
    ("burned {food} and smoked out <my> house", "air the house and wash the curtains", "I only looked away for a moment."),
    ("put a curse on <my> {crop}", "lift the curse", "Your {crop} needed no help to wither."),
    ("cheated <me> at dice", "pay back the {n} {currency}", "You play badly, that is all."),
    ("blamed <me> for the fire in the {place}", "clear <my> name", "Someone had to be blamed."),
]  # fmt: skip

# Verb, demand, excuse of the open generator: `@` is the thing, with its own adjective.
_TAKING = [
    "stole",
    "took",
    "grabbed",
    "pinched",
    "snatched",
    "carried off",
    "made off with",
    "walked off with",
    "swiped",
    "kept",
    "hid",
    "buried",
    "sold",
    "pawned",
    "gave away",
    "traded away",
    "gambled away",
    "lost",
    "misplaced",
]
_HARMING = [
    "broke",
    "smashed",
    "cracked",
    "dented",
    "ruined",
    "spoiled",
    "scratched",
    "bent",
    "burned",
    "dropped",
    "sat on",
    "stepped on",
    "soaked",
    "tore",
    "chipped",
    "kicked",
    "stained",
    "ran over",
    "painted over",
    "trampled",
    "wrecked",
]
_GIVE_BACK = [
    "give the @ back",
    "return the @",
    "bring back the @",
    "bring the @ back to <me>",
    "hand over the @",
    "give <me> back the @",
    "bring the @ back by sundown",
    "give the @ back [today|tonight|at once]",
]
_MAKE_GOOD = [
    "pay for the @",
    "repair the @",
    "mend the @",
    "replace the @",
    "pay {n} {currency} for the @",
    "find <me> another @",
    "make good the damage to the @",
    "fix the @ [today|by tomorrow|with [care|skill]]",
]
_TAKING_EXCUSES = [
    "I never saw your @.",
    "I only borrowed the @.",
    "I thought nobody wanted the @.",
    "I took the @ for mine.",
    "Someone else must have the @.",
]
_HARMING_EXCUSES = [
    "Nobody needed the @ anyway.",
    "It was an accident.",
    "I tripped over the @.",
    "Who leaves the @ lying about?",
    "I hardly touched the @.",
]
_TAILS = [
    "",
    "",
    "",
    "",
    " {when}",
    " from the {place}",
    " at the {place}",
    " behind <my> back",
    " for a laugh",
    " out of spite",
    " in front of {person}",
    " and laughed about it",
    " and blamed {person}",
    " while <I> <was> away",
    " near the {place}",
]
_ADJECTIVES = [
    "red",
    "blue",
    "old",
    "new",
    "best",
    "good",
    "favourite",
    "only",
    "silver",
    "wooden",
    "iron",
    "copper",
    "woollen",
    "leather",
    "painted",
    "carved",
    "lucky",
    "little",
    "big",
    "heavy",
    "striped",
    "blessed",
    "rusty",
    "green",
    "white",
    "black",
    "second",
    "finest",
    "dusty",
    "crooked",
    "embroidered",
    "borrowed",
    "gilded",
    "brass",
    "tin",
    "precious",
    "patched",
    "three-legged",
    "humming",
    "waxed",
]
_NOUNS = [
    "hammer",
    "spade",
    "kettle",
    "ladder",
    "rope",
    "bucket",
    "lantern",
    "wheelbarrow",
    "cloak",
    "fiddle",
    "drum",
    "rake",
    "saddle",
    "plough",
    "basket",
    "barrel",
    "stool",
    "pan",
    "quilt",
    "loom",
    "anvil",
    "knife",
    "axe",
    "net",
    "oar",
    "boat",
    "beehive",
    "scarf",
    "ring",
    "brooch",
    "comb",
    "mirror",
    "candlestick",
    "chest",
    "key",
    "map",
    "ledger",
    "flute",
    "chisel",
    "saw",
    "whetstone",
    "churn",
    "cradle",
    "birdcage",
    "doll",
    "kite",
    "sled",
    "scarecrow",
    "weathervane",
    "bell",
    "hourglass",
    "teapot",
    "ladle",
    "sieve",
    "mortar",
    "jug",
    "cup",
    "tablecloth",
    "banner",
    "helmet",
    "shield",
    "bow",
    "quiver",
    "fishing rod",
    "telescope",
    "compass",
    "wrench",
    "radio",
    "spoon",
    "hat",
    "belt",
    "shawl",
    "apron",
    "trowel",
    "sickle",
    "scythe",
    "yoke",
    "harness",
    "bridle",
    "blanket",
    "pillow",
    "mattress",
    "shutter",
    "signboard",
    "gatepost",
    "fence",
    "haystack",
    "woodpile",
    "cart",
    "wagon",
    "tent",
    "barometer",
    "mousetrap",
    "pitchfork",
    "wig",
    "walking stick",
    "pipe",
    "snuffbox",
    "almanac",
    "prayer book",
    "songbook",
]
_DOINGS = [
    ("told {person} that <I> {vice}", "take it back", "Everyone says so."),
    ("told the whole {place} that <I> {vice}", "tell the whole {place} it was a lie", "Is it not true?"),
    ("wrote on the wall of the {place} that <I> {vice}", "scrub the wall", "That was not my hand."),
    ("promised <me> {due} and gave it to {person}", "keep the promise", "{person} asked first."),
    ("owe~s <me> {due}", "settle the debt", "I will pay when I can."),
    ("refuse~s to give <me> {due}", "give <me> {due}", "I do not have it."),
    ("forgot to bring <me> {due}", "bring {due} tomorrow", "I have so much to do."),
    ("chased <my> {animal} through the {place}", "leave the {animal} in peace", "It started it."),
    ("fed <my> {animal} {food}", "nurse the {animal}", "It looked hungry."),
    ("traded <my> {animal} for {due}", "bring the {animal} home", "It was a good bargain."),
    ("frightened <my> {kin} at the {place}", "apologise to <my> {kin}", "It was only a mask."),
    ("keep~s staring at <my> {kin}", "stop staring", "I have eyes."),
    ("threw {food} at <my> {kin}", "wash <my> {kin}'s coat", "I was aiming at the dog."),
    ("let <my> {adj} {noun} rust in the {place}", "clean the {adj} {noun}", "Rust never hurt anyone."),
    ("claim~s that <my> {adj} {noun} is not <mine>", "admit that it is <mine>", "Show me your name on it."),
    ("bought the {adj} {noun} <I> had ordered", "sell <me> the {adj} {noun}", "First come, first served."),
    ("swapped <my> {adj} {noun} for a worse one", "swap them back", "They look the same to me."),
    ("trouble~s <me> with the {nuisance}", "put an end to the {nuisance}", "I hear no {nuisance}."),
    ("trouble~s <me> with the {animal}", "keep the {animal} away", "It goes where it likes."),
    ("blame~s <me> without reason", "take it back", "I said what I saw."),
    ("blame~s <me> without reason", "leave <me> in peace", "Who else was it?"),
    ("blame~s <me> for the {adj} {noun}", "take it back", "It lay in your yard."),
    ("leave~s all the blame to <me>", "own up", "Why should I own up?"),
    ("wronged <me> over the {adj} {noun}", "make it good", "That was a fair deal."),
    ("wronged <me> over the {place}", "make it good", "I was in my rights."),
    ("want~s the same as <me>", "let <me> speak first", "I was here before you."),
    ("will not agree with <me> about {question}", "admit that it is so", "I see it another way."),
    ("did not pay <me> the {wage}", "pay the {wage}", "You shall have it in spring."),
    ("broke a promise to <me>", "keep the promise", "I forgot all about it."),
]  # fmt: skip
_VICES = [
    "cheat at dice",
    "water the milk",
    "steal chickens",
    "talk in <my> sleep",
    "drink before noon",
    "beat the mule",
    "never wash",
    "eat with both hands",
    "fear the dark",
    "sing like a crow",
    "put sand in the flour",
    "sell false cures",
    "cannot count to ten",
    "read other people's letters",
    "snore in chapel",
    "lie about <my> age",
    "wear a wig",
    "owe money to everyone",
]
_NUISANCES = ["noise", "smoke", "smell", "hammering", "singing", "shouting", "barking", "music", "stench", "snoring"]
_WAGES = ["rent", "wage", "bill", "toll", "fee", "share", "reward", "price"]
_QUESTIONS = [
    "who let the {animal} out",
    "who owns the {adj} {noun}",
    "whose {animal} it is",
    "where the fence stands",
    "who was first at the {place}",
    "how to run the {place}",
    "who broke the {adj} {noun}",
    "the {adj} {noun}",
]
_DUES = [
    "a day's work",
    "a sack of flour",
    "{n} {currency}",
    "a bushel of {crop}",
    "half a pig",
    "a cartload of wood",
    "a jar of honey",
    "two days in the field",
    "a new pair of boots",
    "{n} eggs",
    "a barrel of cider",
    "a song",
    "a fair share of the {crop}",
    "the price of a {animal}",
    "a letter",
    "a place at the table",
]


def curated_grievance(rng: random.Random) -> Grievance:
    """One of the written complaints, its slots filled."""
    return _grievance(*_fill(rng, *rng.choice(CURATED)))


def random_grievance(rng: random.Random) -> Grievance:
    """A complaint that may never have been made before: the words are to be copied, since none can be foreseen."""
    kind = rng.random()
    if kind < 0.3:
        clause, demand, excuse = rng.choice(_DOINGS)
        parts = {
            "{question}": rng.choice(_QUESTIONS), "{nuisance}": rng.choice(_NUISANCES), "{wage}": rng.choice(_WAGES),
            "{vice}": rng.choice(_VICES), "{due}": rng.choice(_DUES),
            "{adj}": rng.choice(_ADJECTIVES), "{noun}": rng.choice(_NOUNS),
        }  # fmt: skip
        for slot, word in parts.items():
            clause, demand, excuse = (text.replace(slot, word) for text in (clause, demand, excuse))
        return _grievance(*_fill(rng, clause, demand, excuse))
    look = rng.random()
    if look < 0.35:
        thing = words.item(rng)
    else:
        adjective = rng.choice(_ADJECTIVES) + " " if look < 0.85 else ""
        thing = adjective + rng.choice(_NOUNS)
    owner = "<my>" if rng.random() < 0.8 else f"<my> {rng.choice(_KIN)}'s"
    taking = rng.random() < 0.55
    verb = rng.choice(_TAKING if taking else _HARMING)
    clause = f"{verb} {owner} {thing}{rng.choice(_TAILS)}"
    demand = rng.choice(_GIVE_BACK if taking else _MAKE_GOOD)
    excuse = rng.choice(_TAKING_EXCUSES if taking else _HARMING_EXCUSES)
    if rng.random() < 0.15:
        demand = rng.choice(
            [
                "apologise to <me>",
                "say sorry to <me>",
                "own up",
                "admit it",
                "beg <my> pardon",
                "apologise to <me> in front of everyone",
                "make it up to <me>",
                "never do it again",
            ]
        )
    # A thing is named in full or by its last word alone, as people do.
    short = thing.split()[-1] if rng.random() < 0.4 and " of " not in thing and "'s " not in thing else thing
    return _grievance(*_fill(rng, clause, demand.replace("@", short), excuse.replace("@", short)))


def pick_grievance(rng: random.Random) -> Grievance:
    """A written or a composed complaint."""
    return curated_grievance(rng) if rng.random() < 0.4 else random_grievance(rng)


# `<opp>` is the opponent: a name on the card, "you" to the face. `<opps>` is the possessive. `<I>` and `<me>` are the
# speaker, which the card calls "you".
_EVIDENCE = [
    "{person} saw <opp> near the {place} {when}", "{person} saw <opp> leave the {place} with a sack", "<opps> footprints lead to the {place}",
    "<opps> {item} lay beside the {place}", "the guard wrote down <opps> name {when}", "{person} heard <opp> boast about it at the {place}",
    "<opp> told {person} all about it", "there was mud on <opps> boots {when}", "{person} and {person2} both saw <opp> do it",
    "<opp> bought {food} for everyone {when}", "<opp> left a glove at the {place}", "the {animal} barked at <opp> that night",
    "<opp> admitted it to {person} {when}", "{person} found <opps> knife in the {place}", "<opp> asked {person} for a sack {when}",
    "a paper with <opps> mark hangs in the {place}", "<opp> did the same to {person} {when}", "<opp> shook hands on it at the {place}",
    "the ledger at the {place} shows {n} {currency} beside <opps> name", "{person}'s boy followed <opp> to the {place}",
    "<opp> sold a {item} at the {place} {when}", "<opp> paid {person} {n} {currency} to keep quiet",
    "<opp> laughed about it with {person} at the {place}", "everyone at the {place} heard the crash {when}",
    "{person} counted {n} {crop} in <opps> cart", "{person} keeps the receipt", "three people at the {place} will swear to it",
]  # fmt: skip
_OWN_EVIDENCE = [
    "<I> saw <opp> near the {place} {when}", "<I> saw <opp> leave the {place} with a sack", "<I> saw <opp> take the {item}",
    "<I> heard <opp> boast about it at the {place}", "<I> found <opps> {item} at the {place}", "<I> saw mud on <opps> boots {when}",
    "<opp> told <me> about it {when}", "<opp> asked <me> to keep quiet {when}", "<opp> offered <me> {n} {currency} to forget it",
    "{person} told <me> that <opp> took the {item}", "{person} told <me> that <opp> was at the {place} {when}",
    "{person} told <me> that <opp> boasted about it", "{person} told <me> that <opp> sold a {item} {when}",
    "<opp> came past <me> with a {item} {when}", "<I> counted <opps> footprints at the {place}",
]  # fmt: skip
_OWN_SHARE = 0.35


def random_evidence(rng: random.Random, opponent: str) -> tuple[str, str]:
    """A fact that speaks against the opponent: as the card has it, and as it is said to the opponent's face."""
    bank = _OWN_EVIDENCE if rng.random() < _OWN_SHARE else _EVIDENCE
    text = rng.choice(bank).replace("{person2}", words.person_name(rng))
    (text,) = _fill(rng, text)
    card = (
        text.replace("<opps>", f"{opponent}'s").replace("<opp>", opponent).replace("<I>", "you").replace("<me>", "you")
    )
    spoken = text.replace("<opps>", "your").replace("<opp>", "you").replace("<I>", "I").replace("<me>", "me")
    return card[0].upper() + card[1:] + ".", spoken[0].upper() + spoken[1:] + "."
