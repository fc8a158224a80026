"""What kind of thing a word names: coarse classes, so that a line about mead reads like one about ale.

A classifier that has seen few lines knows few words. These classes, and the words that hold a sentence together, tell
it how a line is built where it does not know what the line is about.
"""

from __future__ import annotations

from functools import lru_cache

from npc_runtime.language.english.terms import stem, word_set

_CLASSES = {
    "drink": (
        "ale beer wine mead cider drink pint mug flask brandy whisky rum tea milk water juice brew spirit cup jug"
    ),
    "food": (
        "bread loaf loaves cheese stew soup pie cake meat fish eel eels ham bacon sausage egg eggs apple apples pear "
        "berry berries honey porridge cabbage turnip turnips potato potatoes carrot onion mutton roast butter bun "
        "buns biscuit food meal supper dinner breakfast lunch bowl plate slice crumb grub snack salt sugar flour "
        "barley grain oats broth bite pastry tart pudding fruit nuts chicken beef pork"
    ),
    "goods": (
        "sword axe knife dagger spear bow arrow arrows shield armor helmet hammer nail nails horseshoe horseshoes "
        "shovel spade plough rope lantern candle candles lamp torch cloak coat boots boot shoes shoe hat shirt dress "
        "scarf gloves blanket cloth wool leather fur furs ring necklace jewel potion salve medicine herb herbs "
        "ointment book map letter key lock pot pan kettle barrel sack basket bag cart wagon saddle bridle net rod "
        "hook needle thread scissors blade saw chisel whetstone charcoal coal iron timber wood firewood oil soap "
        "paper ink pipe tobacco goods wares stock supplies bottle bucket chair table flowers flower lilies mirror "
        "comb toy doll quiver crossbow bed-roll"
    ),
    "room": ("room bed lodging chamber bunk stable barn loft roof night shelter bath mattress"),
    "money": (
        "coin coins penny pennies gold silver copper money purse crown crowns shilling shillings price cost pay paid "
        "toll fee tax cheap cheaper dear expensive discount debt owe worth spend earn wage wages change reward bounty "
        "bounties afford free charge"
    ),
    "trade": ("buy sell sells selling bought sold trade purchase order sale bargain deal haggle shop"),
    "job": (
        "smith blacksmith miller baker carter innkeeper healer guard reeve priest farmer fisherman ferryman hunter "
        "shepherd weaver tailor cook butcher merchant peddler carpenter mason potter brewer barkeep landlord "
        "herbalist midwife soldier knight sexton sailor scribe bard minstrel tanner cobbler mayor bailiff apprentice "
        "bell-ringer ringer watchman gravedigger thatcher cooper adventurer wizard witch traveller pilgrim nun monk "
        "king queen duke lord lady"
    ),
    "craft": (
        "forge forging bake baking mill milling brew brewing farm farming smithing weave weaving sew sewing fishing "
        "hunt hunting carve carving heal healing guarding cook cooking trade craft job work working profession "
        "business duties duty living shift customers"
    ),
    "kin": (
        "father mother dad mum mom mama papa brother sister son daughter wife husband uncle aunt cousin grandfather "
        "grandmother grandpa grandma nephew niece parents family child children kid kids baby boy girl lad lass twin "
        "widow"
    ),
    "person": (
        "man woman fellow stranger strangers folk folks people person guy bloke lady gentleman neighbour neighbours "
        "villager villagers friend friends enemy thief robber bandit bandits raiders crowd someone somebody"
    ),
    "animal": (
        "dog cat horse mare donkey goat sheep cow pig pigs ox hen hens chicken goose geese wolf wolves bear fox rat "
        "rats mouse toad frog snake bird birds crow dragon lamb lambs calf bull bee bees duck mule pony hound swan"
    ),
    "beast": (
        "pig pigs rat worm toad swine cow donkey ass hag goat ape dog snake weasel turnip potato dung muck dirt "
        "stable sty"
    ),
    "body": (
        "head face nose eye eyes ear ears mouth tongue tooth teeth hand hands finger fingers arm arms leg legs foot "
        "feet back knee knees neck throat belly stomach heart hair beard skin bone bones brain brains skull voice "
        "smile"
    ),
    "hurt": (
        "hurt hurts wound wounded bleeding blood sick ill fever cough cut burn broken ache aches pain sore injured "
        "lame headache bandage cure heal patch poison poisoned dying"
    ),
    "violence": (
        "kill stab burn slit gut strangle hang smash crush break murder punch beat choke slay slaughter drown bleed "
        "cripple maim butcher whip skewer strike attack destroy hunt poison bury die dead death grave regret suffer "
        "lose sword knife blade axe fist fists"
    ),
    "weather": (
        "rain raining rainy snow snowing sun sunny sunset sunrise wind windy cold hot warm chilly nippy freezing "
        "frost storm stormy cloud clouds cloudy fog foggy mist weather sky stars moon thunder lightning breeze damp "
        "wet muggy heat ice hail drizzle season spring summer autumn winter evening morning afternoon harvest"
    ),
    "time": (
        "today tonight tomorrow yesterday morning evening noon midnight week month year day days hour minute moment "
        "dawn dusk lately recently earlier sunday monday tuesday wednesday thursday friday saturday market-day feast "
        "soon later while"
    ),
    "place": (
        "village town city house home mill inn tavern smithy forge chapel church bridge road path river lake sea "
        "forest woods wood hill hills mountain valley field farm market square well tower castle cellar cave mine "
        "gate door wall ferry harbour coast shore marsh island garden yard street lane capital country land graveyard "
        "kitchen mere brook dam sluice docks camp ruins crossing ford barn"
    ),
    "leave": (
        "leave leaving off going away bye goodbye farewell later laters tomorrow cheerio bed road sleep bounce dash "
        "split vanish depart goodnight night travels"
    ),
    "praise": (
        "good great fine lovely nice beautiful pretty wonderful brilliant amazing excellent clever brave kind sweet "
        "best finest better gorgeous handsome talented skilled impressive splendid delicious tasty marvellous awesome "
        "cool perfect superb fantastic gifted gift talent skill funny funniest nicest sharp strong wise charming "
        "adorable elegant proud admire heavenly divine honest generous gentle patient legend genius hero"
    ),
    "scorn": (
        "stupid ugly idiot fool foolish dumb moron useless worthless pathetic lazy fat filthy dirty stinking stink "
        "stinks smell smells reek liar coward cheat thief disgusting horrible miserable wretched rotten rubbish trash "
        "garbage halfwit dimwit oaf git fart loser hag crone scum twit nitwit simpleton dolt lout blockhead bastard "
        "wretch fraud drunk drunkard joke disgrace hopeless incompetent awful terrible worst vile crap bugger "
        "imbecile buffoon dunce ashamed disappointed brainless witless numbskull arse pea-brain piss sod clown"
    ),
    "sorrow": (
        "sorry apologise apologies apology forgive forgiveness pardon regret fault mistake blame wrong amends "
        "shouldn't yelled shouted rude harsh unfair accident overboard ashamed guilty awful line"
    ),
    "feeling": (
        "sad happy tired angry upset worried glum well ill alright fine ok okay better down lonely afraid scared "
        "nervous cheerful grumpy gloomy pale troubled weary bored excited calm cross mad miserable hurt rough"
    ),
    "bond": (
        "like love hate trust friend friends friendship dislike fancy miss mind respect fear marry annoy bother "
        "forgive believe impression opinion cross mad"
    ),
    "views": (
        "think reckon opinion make view trust like honest decent nice fair good dangerous trouble sort character "
        "trustworthy reliable lazy crooked"
    ),
    "tell": (
        "tell told say said speak spoke talk talking mention mentioned ask asked hear heard whisper whispered claim "
        "reckon swear explain describe answer call called name named repeat spread"
    ),
    "know": (
        "know knew known remember recall recollect forget forgot learn learned understand idea clue hunch inkling"
    ),
    "see": ("see saw seen look looked notice noticed spot spotted watch watched find found"),
    "give": (
        "give gave brought bring take took accept present gift gifts have keep share saved made carved baked picked "
        "knitted token treat donation offering yours"
    ),
    "hand": (
        "open close fetch bring carry lend borrow fix mend repair help show teach guide lead follow wait stay stop "
        "hold hide unlock move step sit stand pass hand put keep let join deliver watch guard mind promise swear ring "
        "push pull lift drop throw run hurry quit leave train walk come"
    ),
    "steal": (
        "steal stole stolen rob robbed missing lost vanished taken took gone disappeared thief broke killed murdered "
        "burned burnt died dead drowned fell collapsed"
    ),
    "talk": (
        "news rumour rumours gossip tidings scandal scandals word story stories tale tales whispers fuss latest goss"
    ),
    "laugh": ("haha hahaha hehe heh lol lmao rofl ha hah joking kidding joke jokes jest boo"),
    "sound": ("hm hmm huh oh ah ooh wow mm mmm aha eh uh um oops ouch yum ugh meh phew brr whoa gosh blimey"),
    "yes": (
        "yes yeah yep yup aye sure agreed agree deal indeed right true absolutely definitely certainly fair exactly "
        "gladly done okay ok okey"
    ),
    "no": (
        "no nope nah never not disagree refuse decline hardly rubbish nonsense wrong lies lie ridiculous doubt daft "
        "rather impossible absurd mistaken"
    ),
    "greet": (
        "hello hi hey hiya howdy greetings hail morning evening afternoon ahoy yo oi hallo hullo welcome salutations"
    ),
    "thank": ("thank thanks cheers ta obliged grateful gratitude appreciate appreciated lifesaver bless indebted"),
    "machine": (
        "prompt prompts ai bot robot chatbot model gpt chatgpt llm code script program programmed computer "
        "instructions json python game npc developer simulation server token tokens internet algorithm software "
        "player quest-log level admin debug mode siri alexa google context window machine app engine"
    ),
    "toil": (
        "job jobs work task tasks quest quests errand errands chore chores help hand hire hiring hired employ need "
        "needed needs reward bounties fetch assist assistance service earn useful"
    ),
    "play": (
        "game games dance dancing sing song songs music dice cards joke riddle play fun story tale poem chess fishing "
        "festival drink favourite favorite"
    ),
    "endearment": (
        "love dear darling mate friend buddy pal sir madam lady lad lass squire boss guv chief old sweetheart honey "
        "milord milady friendo chum fella missus"
    ),
}

_HELD_TOGETHER_BY = word_set(
    "i you he she it we they me him her us them my your his its our their mine yours this that these those there "
    "here who whose whom what which where when why how is are am was were be been do does did done have has had "
    "can could will would shall should may might must a an the some any no not every each all both one ones of in "
    "on at to from for with by about into over under up down off out near round around after before until since "
    "if or and but so because then than as like just only even still yet already ever never again too very really "
    "quite much many more most less least another else other such own same please well now oh let yourself myself "
    "anything something nothing everything anyone someone everyone nobody somebody anybody want need go going got "
    "get come came while ^ $ ? ."
)
_BY_WORD: dict[str, tuple[str, ...]] = {}
for _name, _words in _CLASSES.items():
    for _word in _words.split():
        for _form in {_word, stem(_word)}:
            if _name not in _BY_WORD.get(_form, ()):
                _BY_WORD[_form] = (*_BY_WORD.get(_form, ()), _name)


LISTED = _HELD_TOGETHER_BY.union(*(_words.split() for _words in _CLASSES.values()))
"""Every word that is listed here."""


@lru_cache(maxsize=8192)
def classes(word: str) -> tuple[str, ...]:
    """The classes of a word of a plain line; none for most words."""
    return _BY_WORD.get(word) or _BY_WORD.get(stem(word), ())


@lru_cache(maxsize=8192)
def role(word: str) -> str:
    """The part that a word plays in a sentence: itself if it holds one together, else its first class, else `_`."""
    if word in _HELD_TOGETHER_BY:
        return word
    found = classes(word)
    if found:
        return f"<{found[0]}>"
    return "_ing" if word.endswith("ing") else "_"
