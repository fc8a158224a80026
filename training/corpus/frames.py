"""The frames of facts: few, and full of slots, so that what varies are the words.

`{slot}` is filled by the generator. The markers `<You> <your> <you> <yourself> <are> <were>` and `<I>` (a "you" that is
the subject of a later clause) turn to the first person when the character speaks; `<they> <their> <them>` are a teller
who spoke of itself. Phrases are parted by bars.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split("|"))


DONE_TO = _words("""
stole took hid found burned broke sold bought buried lost painted repaired fed guarded cursed blessed
followed fought chased rescued poisoned hired borrowed carried cleaned cooked counted dropped forgot cheated
kissed insulted kicked licked locked measured moved opened polished praised pulled pushed rented replaced
returned ruined saved scratched sharpened shook smashed soaked spoiled stabbed swallowed swapped threw
touched tricked unlocked visited washed watched weighed wrapped wrote inherited built drew climbed crossed
emptied filled mended blamed caught freed healed married robbed tamed trained woke wounded attacked bit
chewed dug dragged drowned flooded grew hunted milked named ploughed planted raised rode shot sank searched
sheared sliced split swept stitched traded trapped won
""")
"""What somebody did to something; the form serves as past tense and as participle of a question."""

WENT = _phrases("""
fell | burned down | collapsed | vanished | was sold | was robbed | was flooded | flooded | caught fire |
was closed | closed | reopened | broke | was struck by lightning | fell apart | was torn down | was rebuilt |
sank | was found empty | was locked | was painted red | was stolen | was cursed | split in two | froze |
rotted | was moved | was seen | was given away | turned green | started to glow | stopped working |
was attacked by {beasts} | was bought by {person} | was lost to {person} at dice | began to sing |
was cleaned by {person} | was blessed by {person}
""")

WHEN = _phrases("""
last night | yesterday | this morning | two days ago | three nights ago | last week | last winter |
last spring | in the autumn | at dawn | at midnight | before the harvest | after the storm | during the feast |
a year ago | ten years ago | in the great flood | on market day | at noon | long ago | while everyone slept |
when the bell rang | a month ago | last summer | just before dusk | on the night of the fair
""")

IS = _phrases("""
closed | haunted | for sale | empty | on fire | older than the village | full of rats | cursed |
guarded day and night | made of bone | worth {n} {coin} | dry | poisoned | too dangerous to enter | a fake |
famous in {place} | hidden | sealed since the war | full of {goods} | blessed | locked from the inside |
the pride of {place} | said to be bewitched | safe | falling apart | never used | always cold |
colder at night | only open at dawn | closed until the harvest | forbidden to strangers |
taller than it looks | sinking | overgrown | crawling with spiders | twice as heavy as it looks
""")

PERSON_IS = _phrases("""
afraid of {beasts} | ill | in love with {person} | in debt to {person} | a liar | the best cook in {place} |
the last of the family | hiding something | looking for {item} | from {place} | over ninety years old |
a friend of {person} | leaving for {place} | banned from {building} | deaf in one ear | a twin | very rich |
a spy for {place} | getting married in the spring | stronger than an ox | {person}'s {kin} |
the {role} of {place} | a {role} | {person}'s landlord | training to be {arole} | missing | in prison |
writing a book about {beasts} | not to be trusted | allergic to {goods} | blind | good with horses
""")

HABITS = _phrases("""
waters {his} flour | never sleeps | talks to {beasts} | sells {goods} at {building} |
drinks at {building} every night | cheats at cards | sings to the {beasts} | walks in {his} sleep |
collects {goods} | keeps a {beast} in the cellar | owes {person} {n} {coin} | bakes the best pies in {place} |
lives behind {building} | lives alone near {building} | works for {person} | works at {building} |
prays at {building} at dawn | knows the way to {place} | hates {goods} | wants to move to {place} |
teaches children to read | buys {goods} from {place} | fears the dark | hides gold under the floor |
fishes by {building} | has {n} children | has a wooden leg | has a key to {building} | dreams of the sea |
pays well for {goods} | wears a false beard | cannot swim | counts every coin twice
""")

WHERE = _phrases("""
behind {building} | under {building} | near {building} | in {place} | between {building} and {building2} |
{n} miles from {place} | north of {building} | south of {place} | on the road to {place} | beside {building} |
under the floor of {building} | at the foot of the hill | across the river | past {building} |
at the end of the east road | in the woods behind {building} | inside {person}'s house |
in a box under {building} | on the roof of {building} | by the gate of {place} |
down the lane from {building}
""")

EVENTS = _phrases("""
market | harvest feast | wedding | funeral | fair | horse race | trial | festival of lights |
ship from {place} | caravan from {place} | king's visit | tournament | council meeting | midsummer dance |
auction | boat race | full moon | cheese fair | army of {place} | tax day | feast of saint {person}
""")

AT = _phrases("""
begins at dawn | is tomorrow | is in three days | was cancelled | takes place at {building} |
comes on the first day of spring | ends at midnight | has been moved to {place} | arrives next week |
will be held in {place} | is late this year | starts when the bell rings | is in {n} days | was yesterday |
lasts {n} days | is only for guests of {person} | takes place every {n} years
""")

KIN = _phrases("""
brother | sister | mother | father | uncle | aunt | cousin | daughter | son | wife | husband | grandmother |
grandfather | nephew | niece | neighbour | apprentice | master | best friend | rival
""")

ADJUNCTS = _phrases("""
near {building} | at {building} | in {place} | with {a_item} | for {n} {coin} | by mistake |
in front of everyone | without a word | behind {building} | on the road to {place} |
with the help of {person} | out of spite | to pay a debt | for a bet | in secret | and nobody knows why |
and was never seen again | and laughed | before anyone could stop it
""")

OPENINGS = _phrases("""
since the flood, | every spring, | nobody in {place} knows that | before the war, |
according to the old songs, | if the rain does not stop, | for the last {n} years, |
long before {person} came to {place}, | because of {person}, | everyone in {place} believes that |
it is an open secret that | when the moon is full, | thanks to {person}, | on the road to {place},
""")

ASIDES = _phrases("""
as everyone knows | of all things | to the shame of {place} | some say | much to the joy of {person} |
after many years | like so many before | without asking {person} | which surprised {person} | once more
""")

ERRANDS = _phrases("""
find {item} | bring a letter to {person} | fetch {goods} from {place} | guard {building} tonight |
chase the {beast} from {building} | carry {goods} to {building} | repair {building} | feed the {beast} |
deliver {n} sacks of {goods} to {person} | look for {person} | clean {building} | watch over {item} |
talk to {person} | get {item} back from {person} | follow {person} | pick {goods} near {building} |
bury {item} under {building} | teach {person} to read | kill the {beast} near {building} |
escort {person} to {place} | count the {goods} | collect {n} {coin} from {person} | mend {item} |
dig a well behind {building}
""")

OWN_HEADS = _phrases("""
<You> {done} {thing} | <You> {done} {thing} | <You> {done} <your> {thing_bare} | <You> {do} {thing} {often} |
<You> {do} <your> {thing_bare} {often} | <Your> {adjective} {noun} {done} {thing} |
<Your> {adjective} {noun} is {is} | <Your> {kin} {done} {thing} | <Your> {thing_bare} is {is} |
<Your> {thing_bare} {went} | {who} {done} <your> {thing_bare} | {who} {done} <your> {kin} |
{who} brought <you> {goods} | {who} gave <you> {a_item} | {who} still owes <you> {n} {coin} |
<You> still owe {who} {n} {coin} for {thing} | {who} asked <you> to {errand} | {who} taught <you> to {errand} |
{who} told everyone that <I> <are> {arole} | <You> think {clause} | <You> think {who} is {is} |
<You> know that {clause} | <You> <are> sure that {clause} | <You> believe that {clause} |
<You> <are> the only one who {done} {thing} | <You> have {done} {thing} {often} |
<You> <were> {arole} in {place} for {n} years | <You> <were> asleep when {who} {done} {thing} |
<You> <are> {is} | <You> never {done} {thing} | <You> want {thing} back before {when_next} |
<You> want {who} to {errand} | <You> want to {errand} | <You> keep {thing} under <your> {noun} |
<You> found {a_item} near {building} | {who} hides behind <you> when {clause} | {clause} thanks to <you> |
<You> make {goods} <yourself> | <You> light {thing} <yourself> {often} | <You> miss <your> {adjective} {noun} |
<You> learned it from <your> {kin}, who {done} {thing}
""")

OWN_TAILS = _phrases("""
because <I> {done} {thing} | , so <I> {do} {thing} {often} | , and <I> {done} {thing} |
, but <I> {done} it {when} | , and <your> {kin} {done} it | , and it still makes <you> laugh |
, and nobody asked <you> | without asking <you> | with <your> own hands | before <I> <were> born |
because it saves {goods} | , which <I> never told {who} | , and <I> remember each one |
, but <I> trust nobody with it | , because {who} cannot {do} it | and it frightens <you> |
when <I> <are> alone | in front of <you> and <your> {kin} | until <I> {done} it | , and {who} knows it |
for <you> | to <your> {kin} | after <your> {kin} died | , and <I> <are> proud of it |
, though <I> <were> only a child | {when} | {when} | near {building} | behind <your> {noun}
""")
"""What may follow a sentence about oneself; those that begin with a comma are joined without a space."""

DO = _words("""
keep carry count hide watch love hate mend sharpen ring write remember feed guard owe clean paint polish bury
fetch burn open close lend sell weigh repair visit follow praise curse bless find lose need wash wind read
sing tend brew bake stitch hammer shear milk plough
""")

OFTEN = _phrases("""
every morning | every night | at dawn | on market day | twice a week | in secret | every winter |
when it rains | before supper | by moonlight | for thirty years | all day | now and then |
whenever the bell rings | in the autumn | once a year | after dark | for {n} {coin} | without pay
""")

UNTIL = _phrases("""
the first frost | winter | the harvest | the spring flood | market day | the feast | nightfall |
the snow comes
""")

ADJECTIVES = _words("""
left right old last first best only oldest youngest late dear new back front bad good favourite blue lucky
broken
""")

NOUNS = _words("""
knee ear hand apprentice shop roof door bed cart dog grave boat roof chair fire cellar garden goat workshop
kettle story song name voice field wall eye leg stove barn cousin customer neighbour friend master daughter
son teacher window
""")

TOLD = _phrases("""
<they> <are> looking for {item} | <they> come from {place} | <they> lost <their> {bare_item} {when} |
<their> {kin} is {arole} in {place} | <they> saw {person} near {building} | <they> want to buy {goods} |
{person} stole <their> {bare_item} | <they> have never been to {place} | <they> <are> {arole} |
<they> <were> born in {place} | <they> hate {goods} | <they> <are> staying at {building} |
<they> <are> afraid of {beasts} | <they> met <your> {kin} in {place} | <they> will help <you> |
<they> will bring <you> {goods} | <they> found <your> {bare_item} | <their> {kin} is missing |
<they> have {n} {coin} for <you> | <they> <are> leaving for {place} tomorrow |
<they> killed {a_beast} near {place} | <they> like <your> work | {person} lied to <them> |
<they> <were> robbed on the road to {place} | <they> need {goods} | <their> {bare_item} is broken |
<they> dreamed of {a_beast} | <they> have been {arole} for {n} years | {person} hit <them> with {a_item} |
<they> never trusted {person} | <your> {bare_item} is {is} | <your> {kin} {went} |
{person} wants <your> {bare_item} | <they> will come back {until} | <they> do not believe in {beasts}
""")

# By what one would ask to hear it; the keys name banks of questions.

OWN: dict[str, tuple[str, ...]] = {
    "home": _phrases("""
        <You> <were> born in {place} | <You> grew up in {place} | <You> come from {place} |
        <You> spent <your> childhood in {place} | <You> lived in {place} before the war
    """),
    "family": _phrases("""
        <You> have {n} children | <Your> {kin} is called {person} | <You> have {a_kin} called {person} |
        <Your> {kin} was {arole} | <Your> {kin} lives in {place} |
        <Your> {kin} {person} is {arole} in {place} | <You> <are> married to {person} | <You> never married |
        <Your> {kin} died {when}
    """),
    "fear": _phrases("""
        <You> <are> afraid of {beasts} | <You> fear the dark | <You> <are> afraid of deep water |
        <You> fear that {person} will come back | <You> fear {building} more than anything
    """),
    "wish": _phrases("""
        <You> dream of seeing {place} | <You> want to buy {building} | <You> want to become {arole} |
        <You> hope to find {item} one day | <You> want to see the sea before <I> die |
        <You> wish to be buried in {place}
    """),
    "taste": _phrases("""
        <You> love {goods} | <Your> favourite food is {goods} | <You> cannot stand {goods} |
        <You> hate {goods} | <You> eat {goods} every morning
    """),
    "work": _phrases("""
        <You> have been {arole} for {n} years | <You> learned <your> trade from {person} |
        <You> <were> once {arole} in {place} | <You> <were> {arole} before <I> came here |
        <You> came here from {place} {n} years ago | <You> once worked for {person}
    """),
    "thing": _phrases("""
        <You> lost <your> {bare_item} {when} | <You> lost <your> {kin} {when} |
        <You> keep {a_item} under <your> bed | <Your> {bare_item} was stolen by {person} |
        <You> owe {person} {n} {coin} | {person} owes <you> {n} {coin} | {person} gave <you> {a_item} {when} |
        {person} broke <your> {bare_item} | <You> have a scar from {a_beast} |
        <You> found {a_item} near {building} {when} | <You> wear <your> {kin}'s {bare_item} |
        <You> polish <your> {bare_item} every night | <You> promised <your> {kin} never to sell {item} |
        <You> keep {goods} for <your> {kin} | <You> pray for <your> {kin} every morning |
        <You> taught {person} to sing | <You> know every stone of {place} |
        <You> hid <your> {bare_item} from {person} | <You> once beat {person} at cards |
        <You> read every book about {beasts} | <You> have no time for {person} |
        {person} taught <you> to read | {person} is <your> {kin} | <You> trust {person} with <your> life |
        <You> do not trust {person} | <You> cannot forgive {person}
    """),
    "seen": _phrases("""
        <You> saw {person} near {building} {when} | <You> heard a scream from {building} {when} |
        <You> saw {a_beast} at {building} {when} | <You> met {person} in {place} {when} |
        <You> saw {person} hide {a_item} behind {building} | <You> heard {person} talk about {item} |
        <You> saw smoke over {place} {when}
    """),
}  # fmt: skip
