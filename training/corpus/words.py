# ruff: noqa: E501
# fmt: off
"""Names and nouns of the invented worlds: every function takes the generator's random source and returns text.

Most of it is a medieval village; deserts, seas and stations in space are there for breadth, so that the model learns
to copy a word it has never met.
"""

from __future__ import annotations

import random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split(",") if part.strip())


# ---------------------------------------------------------------- people

GIVEN_NAMES = _words("""
Aldith Anselm Agnes Alban Alys Amice Arne Astrid Avery Aylwin Barnaby Bartle Basil Beatrix Benno Bera Berta Bess Birgit
Blaise Branwen Brenna Bruno Brice Cadoc Calla Caspar Cecily Clement Colm Conrad Corin Cuthbert Dagny Damaris Darby Denzil
Dorothy Drew Dunstan Edith Edmund Edwin Effie Egil Eldon Elias Ella Elspeth Emeric Emma Enid Erland Esme Ethel Eudo Eva
Fabian Fenella Ferris Fern Finch Flora Folke Frida Fulk Gerda Gideon Gilbert Giles Goda Godwin Greta Griff Guthrie Gytha
Hamo Hanna Harald Hazel Hedda Helmut Hilda Hob Holly Hubert Ida Imogen Inga Ingram Isa Isolda Ivar Ivy Jack Jane Jared
Jenny Joan Jocelyn Jonas Judith Julian Kasper Kate Kester Kirsten Knut Lambert Lara Lars Laurel Leofric Letty Lewin Linus
Lotta Lucan Lucy Ludo Lydia Mabel Magda Magnus Malin Margery Marta Martin Matilda Merek Millicent Moll Morwen Muriel Ned
Nessa Niels Noll Odo Olga Olive Orrin Osbert Osgar Osric Otilia Owen Parsley Pell Penn Perkin Perrin Petronel Philippa
Pim Quill Ralf Randal Raymond Reynold Rhona Robin Roland Rollo Rosamund Rowena Rufus Runa Sabina Sander Saskia Selma
Serle Sibyl Sigrid Simon Sorrel Stella Stig Swithin Sylvan Tamsin Tansy Tess Theodric Thora Thurstan Tibb Tobias Torben
Trudy Tyra Ulric Unity Ursula Valentin Vida Viggo Wat Wendel Wilda Wilfred Willa Winifred Wulfric Yngve Ysolt Yule
Amara Azim Bashir Dalia Farid Hakim Idris Jamila Karim Layla Malik Nasir Rashida Salma Tariq Yasmin Zafir Zahra Samir
Aiko Daichi Emiko Haru Kenji Mei Ren Suki Tao Wen Xia Anjali Dev Indra Kavi Lakshmi Priya Rohan Tara Vikram
Adaeze Chidi Efua Kofi Kwame Makena Nia Sefu Zuri Abena Mateo Lucia Diego Paloma Ramon Ines Joaquin Pilar Rafael
Nikolai Olena Stanislav Katya Bogdan Milena Vasil Zlata Jadwiga Radek Halina Ludmila Keoni Leilani Moana Tane Aroha
""")
SURNAMES = _words("""
Ashdown Barleycorn Barrow Beck Birdsong Blackwood Bracken Bramble Brewer Brightwater Brook Burr Carter Chandler Claypole
Cobb Coldwell Cooper Copperfield Crabtree Croft Crowe Dawes Dunmore Eastlake Eaves Elderberry Fairweather Fallow Farrow
Fenwick Finch Fletcher Flint Foxglove Frost Fuller Gale Gander Goodbarrel Gorse Graves Greenhill Grub Haddock Hale
Hallow Hart Hawke Hayward Hazelwood Heath Hobnail Holloway Honeycutt Hood Hook Ironside Kettle Kestrel Lark Leatherby
Linden Locke Longshanks Loveday Mallow Marlowe Marsh Merriweather Millstone Moon Nettle Nightingale Oakley Oddfellow Otter
Pike Pinch Plum Potter Quickly Rackham Rainford Redfern Reeve Ridley Rooke Rush Salter Sallow Sawyer Sedge Shaw Skinner
Sloe Snell Sparrow Stackpole Starling Stone Strand Sweetwater Tallow Tanner Thatcher Thistle Thorne Tiller Turnbull
Underhill Vance Wainwright Walker Warren Weaver Wells Wetherby Whitlock Wick Wilde Winter Wren Yarrow Yew
""")
TITLES = ("Old", "Young", "Widow", "Brother", "Sister", "Father", "Mother", "Captain", "Master", "Mistress", "Granny", "Uncle", "Aunt", "Lady", "Lord", "Sir", "Doctor", "Sergeant", "Big", "Little")
_BYNAMES = _phrases("the Tall, the Grey, the Lame, the Bold, the Quiet, the Younger, the Elder, the Red, One-Eye, Longbeard, Half-Hand, the Stout, the Wise, the Limper, Crookback, Ironhand, the Left-Handed, the Fair")

_ONSETS = _words("b br c ch d dr f fr g gr gl h j k kr l m n p pr r s sh sk st t th tr v w y z v bl cl gw kh qu rh sv sn")
_VOWELS = _words("a e i o u a e i o ae ai ea ei ia io oa ou ee au y")
_CODAS = _words("n r l s m t th nd rn ld k x v d g lf rk sh ss nn ll ck rt mp lm rg sk")
_ENDINGS = _words("a ia ina elle is wen ara essa ys una ilde ora ira ette or an ric us en ard in ek ar on im ud eth os ic olf ash iel ulf und wyn mar dan vik tha")


def _invented(rng: random.Random) -> str:
    shape = rng.random()
    if shape < 0.6:
        name = rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)
        if rng.random() < 0.4:
            name += rng.choice(_VOWELS[:9]) + rng.choice("lrnsmdvtk")
        if rng.random() < 0.75:
            name += rng.choice(_ENDINGS)
    else:
        name = ""
        for _ in range(rng.choice((2, 2, 3, 3, 4))):
            name += rng.choice("bcdfghjklmnprstvwxzdlmnrst") + rng.choice("aeiouaeioy")
        if rng.random() < 0.5:
            name += rng.choice("nrlskmtdxz")
    if len(name) > 6 and rng.random() < 0.05:
        name = name[:3] + "'" + name[3:]
    return name.capitalize()


def person_name(rng: random.Random) -> str:
    """A person's name: known or invented, sometimes with a surname, a title or a byname."""
    name = rng.choice(GIVEN_NAMES) if rng.random() < 0.42 else _invented(rng)
    while not 2 < len(name) < 14:
        name = _invented(rng)
    kind = rng.random()
    if kind < 0.08:
        return f"{name} {rng.choice(SURNAMES)}"
    if kind < 0.12:
        return f"{rng.choice(TITLES)} {name}"
    if kind < 0.135:
        return f"{name} {rng.choice(_BYNAMES)}"
    return name


# ---------------------------------------------------------------- trades

COMMON_ROLES = _phrases("""
smith, baker, miller, innkeeper, brewer, farmer, shepherd, hunter, fisherman, guard, captain of the guard, merchant, peddler, tailor,
weaver, tanner, cobbler, carpenter, mason, potter, healer, herbalist, priest, monk, nun, scholar, scribe, librarian, bard,
thief, beggar, gravedigger, ferryman, sailor, shipwright, miner, woodcutter, charcoal burner, beekeeper, butcher, cook, midwife,
fortune teller, alchemist, wizard, witch, knight, squire, mayor, tax collector, stable hand, cartwright, candlemaker, glassblower,
jeweller, locksmith, ranger, soldier, messenger, barber, apothecary, schoolteacher, toymaker, gardener
""")
ROLES = COMMON_ROLES + _phrases("""
rat catcher, cooper, fletcher, bowyer, armourer, wheelwright, thatcher, saddler, dyer, rope maker, net mender, salt boiler, cheesemaker,
vintner, swineherd, goatherd, gooseherd, falconer, kennel master, groom, gatekeeper, night watchman, lamplighter, town crier, bell ringer,
sexton, abbot, hermit, pilgrim, judge, bailiff, jailer, executioner, bounty hunter, mercenary, smuggler, pickpocket, fence, gambler,
juggler, puppeteer, storyteller, painter, sculptor, mapmaker, bookbinder, engraver, clockmaker, tinker, bell founder, bone carver,
basket weaver, quilt maker, seamstress, washerwoman, chimney sweep, well digger, ditch digger, hedge layer, plough hand, dairymaid,
kitchen maid, steward, butler, nursemaid, lady's maid, page, herald, ambassador, baron, duchess, exile, deserter, veteran, treasure hunter,
grave robber, monster slayer, druid, shaman, oracle, necromancer, enchanter, rune carver, golem keeper, dragon keeper, spice trader,
camel driver, water seller, caravan guide, carpet weaver, date farmer, sand diver, pearl diver, harpooner, lighthouse keeper, navigator,
ship's cook, cabin boy, first mate, sponge diver, whaler, oyster farmer, dock worker, harbourmaster, customs officer, pilot, ship's engineer,
airlock technician, ore hauler, hydroponics grower, station medic, scrap dealer, signal operator, drone mechanic, cargo clerk, star charter,
surveyor, quarryman, brickmaker, tile maker, soap maker, perfumer, pastry cook, sausage maker, eel catcher, bird catcher, mushroom picker,
truffle hunter, peat cutter, reed cutter, ice cutter, lumberjack, sawyer, trapper, furrier, wool trader, horse trader, moneylender,
pawnbroker, auctioneer, notary, dentist, bonesetter, horse doctor, mourner, matchmaker, laundress, tavern maid, bouncer, drill sergeant
""")


def role(rng: random.Random) -> str:
    """A trade without an article; common ones come up more often."""
    return rng.choice(COMMON_ROLES) if rng.random() < 0.6 else rng.choice(ROLES)


# ---------------------------------------------------------------- places

_PLACE_HEADS = _words("""
Oak Ash Raven Stone Mill Wolf Green Black White Red Low High North South East West Salt Iron Silver Gold Thorn Fern Moss Frost
Sun Moon Star Deer Fox Crow Elm Pine Birch Clay Sand Mud Rain Storm Wind Dust Bright Dark Grey Long Cold Still Hollow Lost King
Queen Bishop Miller Gull Otter Badger Hazel Holly Copper Amber Barley Bell Briar Bram Cinder Crane Dun Eel Ember Finch Goose Harrow
Heron Kelp Lamb Lark Linden Marl Nettle Owl Peat Plum Quarry Reed Rook Rye Sedge Shep Sparrow Swan Tarn Thistle Wend Whin Wren Yarrow
""")
_PLACE_TAILS = _words("""
ford ton bury wick ham dale field brook bridge gate haven port hill moor wood marsh mere cliff fall watch stead rest hollow cross well
side mouth burn crest by thorpe ley combe fell garth holm hurst ness point reach shaw stoke tarn worth barrow cote den end
""")
_FAR_PLACES = _phrases("""
Al Zuhra, Qasr Din, Bir Salam, Tel Amun, Oasis of Nadir, Red Dunes, Sahl Kebir, Port Calico, Anchor Bay, Saint Ione, Coral Steps, Gannet Rock,
Whale Sound, Deadman Reef, Tidewall, Station Nine, Halcyon Dock, Kepler Rest, Ring Four, Vega Landing, Outpost Tern, Dome Eleven, Low Orbit Market,
Cinder Belt, Mirador, New Ostend, Two Rivers, Three Wells, Kingsrest, The Shallows, The Narrows, Last Hearth, Upper Tamsel, Nether Wallop End, Little Corve,
Great Corve, Market Dunning, Saint Osyth's Cross, Hob's Corner, World's Edge, Long Stairs, Nine Elms, Old Kiln, Sweet Marsh
""")
_BUILDING_KINDS = _phrases("mill, forge, bakery, chapel, gatehouse, barracks, bathhouse, brewery, granary, market, guild hall, harbour, watchtower, tannery, stable, bridge, quarry, mine, well, cemetery, library, school, orchard, lighthouse, ferry, warehouse, dairy, kiln, square, shrine")
_BUILDING_LOOKS = ("old", "new", "ruined", "north", "south", "east", "west", "upper", "lower", "burned", "great", "little", "stone", "flooded", "abandoned", "")
_INN_LOOKS = _words("Rusty Drunken Golden Silver Broken Laughing Sleeping Crooked Blue Red Green Old Black White Lucky Lonely Singing Last Hungry Merry Quiet Burning Frozen Wandering Tipsy Gilded Salty Spotted Limping Winking Thirsty Patient")
_INN_NOUNS = _words("Anchor Boar Stag Lantern Crown Fiddle Goose Kettle Wheel Barrel Mermaid Raven Oak Horseshoe Candle Bell Badger Hound Heron Trout Plough Sickle Tankard Pilgrim Miller Cockerel Dragon Bear Rose Compass Comet Ladle")


def place_name(rng: random.Random) -> str:
    """A town or village, as in "Elmford"."""
    kind = rng.random()
    if kind < 0.62:
        head, tail = rng.choice(_PLACE_HEADS), rng.choice(_PLACE_TAILS)
        return head + tail if head[-1].lower() != tail[0] else f"{head} {tail.capitalize()}"
    if kind < 0.72:
        return rng.choice(_FAR_PLACES)
    if kind < 0.78:
        return f"{rng.choice(('Upper', 'Lower', 'Little', 'Great', 'Old', 'New', 'Saint', 'Port', 'Fort', 'Castle'))} {_invented(rng)}"
    return _invented(rng) + rng.choice(("", "", "ford", "heim", "grad", "dun", "mar", "wick", "holt", "vale"))


def inn_name(rng: random.Random) -> str:
    """An inn, with its article: "the Rusty Anchor"."""
    return f"the {rng.choice(_INN_LOOKS)} {rng.choice(_INN_NOUNS)}"


def building(rng: random.Random) -> str:
    """A spot within or near a village, with its article: "the old mill"."""
    if rng.random() < 0.2:
        return inn_name(rng)
    look, kind = rng.choice(_BUILDING_LOOKS), rng.choice(_BUILDING_KINDS)
    return f"the {look} {kind}" if look else f"the {kind}"


# ---------------------------------------------------------------- things

_ITEM_LOOKS = _words("""
rusty broken silver golden cracked old small heavy carved painted wooden iron copper bone glass leather stolen blessed cursed dented
bloody burnt faded frayed gilded hollow jade ivory locked muddy oiled patched polished crooked blue red green black white striped torn
worn plain tiny sharp blunt bent scorched velvet brass pewter amber ebony marked sealed borrowed lost
""")
_ITEM_NOUNS = _phrases("""
lantern, key, ring, sword, dagger, bow, axe, hammer, kettle, pot, bucket, barrel, chest, box, purse, cloak, hat, boot, glove, belt, mirror, comb,
locket, amulet, necklace, bracelet, brooch, crown, chalice, cup, plate, spoon, knife, candle, lamp, map, letter, book, scroll, ledger, quill, seal,
flute, fiddle, drum, horn, bell, whistle, doll, toy horse, chess piece, die, coin, medal, banner, shield, helmet, spear, whip, saddle, bridle, horseshoe,
plough, sickle, scythe, spade, pickaxe, saw, chisel, anvil, bellows, loom, spindle, needle, thimble, net, fishing rod, hook, oar, rope, sail, anchor,
compass, spyglass, hourglass, clock, music box, idol, statue, mask, skull, feather, egg, seashell, pearl, crystal, orb, wand, staff, potion, vial, mortar,
basket, sack, blanket, quilt, pillow, cradle, chair, stool, ladder, wheel, cart, barrow, churn, cheese press, grindstone, weathervane, beehive, wineskin,
water skin, tent, carpet, prayer bead, camel saddle, harpoon, ship's log, oxygen tank, circuit board, power cell, airlock wrench, data slate, star chart, radio
""")
NAMED_ITEMS = _phrases("""
Ember of Dawn, Weeping Blade, Crown of Reeds, Widow's Lantern, Book of Tides, Horn of the North, Saint's Finger, Black Pearl of Corve, Moonstone,
Eye of the Heron, Salt Charter, Founders' Bell, Dragon Tooth, Singing Stone, Giant's Thimble, Sunken Key, Ashen Cup
""")


def item(rng: random.Random) -> str:
    """A thing without an article: "rusty lantern"."""
    noun = rng.choice(_ITEM_NOUNS)
    return f"{rng.choice(_ITEM_LOOKS)} {noun}" if rng.random() < 0.7 else noun


_GOODS = _phrases("""
nails, horseshoes, arrows, ploughshares, knives, axes, swords, shields, kettles, pots, pans, buckets, barrels, baskets, sacks, ropes, nets, hooks, candles,
lamp oil, soap, ink, parchment, paper, books, maps, quills, wool, linen, silk, leather, furs, boots, shoes, cloaks, hats, gloves, belts, blankets, buttons,
needles, thread, dye, salt, pepper, saffron, cinnamon, honey, sugar, flour, barley, oats, rye, wheat, rice, beans, lentils, onions, leeks, turnips, carrots,
cabbages, mushrooms, apples, pears, plums, cherries, figs, dates, olives, nuts, raisins, bread, rye loaves, pies, meat pies, honey cakes, buns, cheese,
goat cheese, butter, milk, eggs, bacon, ham, sausages, mutton, venison, salted pork, smoked eel, dried cod, herring, oysters, crabs, trout, beer, ale, cider,
mead, wine, brandy, tea, herbs, healing salve, cough syrup, love potions, fever drops, leeches, bandages, charms, lucky coins, amulets, holy water, incense,
firewood, charcoal, timber, bricks, tiles, glass beads, window glass, clay jugs, bowls, cups, spoons, brooms, brushes, ladders, wheels, carts, saddles,
bridles, hay, seed corn, chickens, geese, piglets, goats, lambs, donkeys, mules, horses, camels, hunting dogs, songbirds, bees, beeswax, feathers, pillows,
rugs, carpets, mirrors, combs, rings, necklaces, pearls, coral, amber, ivory, tin, copper, iron bars, silver wire, lead, sulphur, pitch, tar, sailcloth,
anchors, oars, spyglasses, harpoons, whale oil, sponges, water skins, tents, spices, rosewater, air filters, power cells, fuel rods, spare bolts, ration packs,
circuit boards, protein bars, seed trays, cooling gel, toys, dolls, kites, flutes, drums, strings, masks, fireworks, dice, playing cards, old coins
""")
_GOODS_LOOKS = ("fresh", "good", "cheap", "fine", "old", "dried", "local", "foreign", "plain", "strong", "black", "white", "red", "small", "large", "sweet", "spiced", "best")


def goods(rng: random.Random) -> str:
    """Something sold, plural or mass: "nails", "smoked eel"."""
    thing = rng.choice(_GOODS)
    return f"{rng.choice(_GOODS_LOOKS)} {thing}" if rng.random() < 0.15 and " " not in thing else thing


CURRENCIES = _phrases("pennies, coppers, silvers, gold pieces, crowns, shillings, groats, ducats, florins, marks, dinars, dirhams, rupees, credits, shells, pearls, beads, talents, tokens, bits, thalers, guilders, farthings, gold coins, silver coins, copper coins, pieces of eight, chits, scales, rings")


def currency(rng: random.Random) -> str:
    """A currency in the plural: "pennies"."""
    return rng.choice(CURRENCIES)


_CREATURES = _phrases("""
wolf, bear, boar, fox, badger, stag, lynx, bat, rat, snake, viper, raven, crow, owl, hawk, eagle, heron, goose, pig, goat, ram, bull, ox, cow, mule, donkey,
horse, mare, hound, cat, hen, rooster, pike, eel, shark, whale, crab, octopus, seal, otter, toad, spider, beetle, wasp, scorpion, jackal, lion, camel, vulture,
crocodile, ape, goblin, troll, ogre, giant, dragon, wyvern, griffin, basilisk, ghost, ghoul, vampire, werewolf, witch, imp, demon, sprite, pixie, mermaid,
kraken, sea serpent, sand worm, djinn, golem, skeleton, wraith, banshee, unicorn, phoenix, gnome, hag, swamp thing, will-o'-the-wisp, void eel, hull crab, moon rat
""")
_CREATURE_LOOKS = ("white", "black", "grey", "huge", "lame", "one-eyed", "mad", "starving", "ghostly", "three-legged", "young", "old", "talking", "rabid", "striped", "red-eyed")


def creature(rng: random.Random) -> str:
    """A creature without an article: "one-eyed wolf"."""
    beast = rng.choice(_CREATURES)
    return f"{rng.choice(_CREATURE_LOOKS)} {beast}" if rng.random() < 0.35 else beast


def article(noun: str) -> str:
    """`noun` with "a" or "an"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
