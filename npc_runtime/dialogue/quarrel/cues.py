# ruff: noqa: E501
"""What mediators say, as patterns over a marked line (see `naming.marked`): plain words, parties as `<0>`, `<1>`."""

from __future__ import annotations

import re

N = r"(<\d>)"


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?:{part})" for part in parts))


_HARM = (
    r"(?:kill|hit|hurt|knock|throw|break|beat|burn|drag|lock|arrest|punch|strike|whip|hang|smash|crush|stab|cut|punish|"
    r"end you|make you|report|call|fetch|bring the guard|get the|tell the|set the|send for|have you)"
)
THREAT = _any(
    rf"\b(?:i will|ill|i shall|i am going to) (?:\w+ ){{0,2}}{_HARM}\b(?! (?:popcorn|ale|tickets))",
    r"\bor (?:else|i|the (?:guards?|watch|reeve|law))\b|\b(?:test|try|cross|push) me\b",
    r"\bbefore i (?!\w+ (?:you|him|her) (?:the|a) )",
    r"\bregret (?:this|it)\b",
    r"\banswer to me\b|\bin (?:a cell|jail|prison|chains)\b|\b(?:do not|you) make me (?!laugh|sad|cry|smile)",
    r"\blast warning\b|\bone more (?:word|time)\b|\bi warn you\b",
    r"\byou(?: \w+)? will (?:be sorry|pay for this|hang|rot|end up)\b",
    r"\b(?:stocks|dungeon|gallows|noose|my (?:sword|axe|blade|fists?))\b",
    r"\bor (?:\w+ )?(?:somebody|someone|people) (?:gets?|will)\b",
    r"\bwill (?:hear|know|learn) (?:of|about) (?:this|it)\b|\bhate for (?:something|anything) to happen\b",
    r"\bwatch (?:yourself|yourselves|your (?:back|step|mouth|tongue|head))\b|\bsleep in the (?:cells?|stocks|jail|ditch)\b",
    r"\bkeep (?:this|that|it) up and\b|\bi know where you (?:live|sleep)\b|\bthere will be (?:trouble|blood|consequences)\b",
    r"\b(?:loses?|losing) (?:a|an|his|her|your|some) (?:finger|hand|tongue|teeth|tooth|head|eye|nose|ear)s?\b|\bif i (?:hear|see) (?:one|another)\b",
    r"\b(?:will|going to) lose (?:a|your|some) (?:finger|hand|tongue|teeth|tooth|head|eye|nose)s?\b|\byou do not want (?:me|to see me)\b",
)
_DESPISED = (
    r"(?:idiots?|fools?|morons?|stupid(?:est)?|dumb(?:est)?|miserable|wretched|pathetic|ridiculous|babies|baby|useless|ugly|losers?|clowns?|cowards?|scum|whiners?|crybab(?:y|ies)|cretins?|buffoons?|nitwits?|numbskulls?|lunatics?|liars and thieves|"
    r"filth|worthless|brats?|imbeciles?|dimwits?|blockheads?|simpletons?|disgrace|children|oafs?|halfwits?|stink|smelly)"
)
INSULT = _any(
    rf"(?<!call )(?<!calling )(?<!called )\b{_DESPISED}\b",
    r"\bshut (?:up|your|it)\b|\byou are a joke\b",
    r"\byou (?:(?:old|sour|fat|lying|filthy|mean|silly|greedy|dirty|little|rotten|wicked|vile|mad|great|big) )+(?:witch|goat|hag|crow|boot|cow|dog|pig|rat|snake|toad|mule|ass|swine|weasel|fraud|windbag|bully|worm)s?\b",
    r"\b(?:nobody|no one|who) cares\b|\bi do not care\b|\bnot my problem\b",
    r"\bhope you (?:both|all)\b(?! (?:make|get|find|feel))|\b(?:hate|despise) (?:you|both)\b",
    r"\bdeserve each other\b|\bmore (?:brains?|sense|wits?) than (?:you|either|both|<)|\bwhat a (?:pair|couple|bunch) of (?!good|fine)\w+\b",
    r"\bsound like (?:\w+ )?(?:donkeys?|geese|goats|pigs|crows|hens|dogs)\b|\b(?:brains?|wits?) of an? \w+\b|\bboth make me sick\b",
    r"\bcry about\b|\byou (?:\w+ )?suck\b|\bthrow (?:a|the first) punch\b|\byou rats\b",
    r"\bget (?:lost|out of)\b|\bgo to hell\b|\bdamn you\b|\bout of my (?:way|sight)\b|\bgrow up\b",
)
NOT_INSULT = re.compile(
    rf"\b(?:not|no|nobody is|stop|without)(?: \w+){{0,3}} {_DESPISED}\b|\bcall(?:ed|ing)? (?:\S+ ){{0,3}}{_DESPISED}\b"
    rf"|\b(?:the|for|of|your) (?:\w+ )?(?:children|baby|babies)\b"
)
EGGING = _any(
    r"(?:^|[.,?]|\band|\bgo on|\bcome on|\bjust|\bnow)\s+(?:fight|battle)\b(?! (?:no|less))",
    r"(?:^|[.,?]|<\d>|\bgo on|\bcome on|\bjust|\bnow|\band)\s+(?:hit|punch|slap|kick|strike|beat|smack|get)\s+(?:him|her|them|his|their|each other|<\d>)",
    r"\bi want (?:to see )?(?:a fight|blood)\b",
)
JOKE = _any(
    r"\b(?:lol|haha\w*|hehe\w*|hihi|rofl|lmao|popcorn|tickets?|beard|contest|pie eating|married couple)\b",
    r"\b(?:money|coins?|coppers|pennies|silver|gold|\w+) (?:is|are|says?) (?:on )?(?:the \w+|<\d>) (?:wins?|throws?|loses?|first)\b|\bmoney is on\b|\b(?:money|wager) on\b",
    r"\b(?:puppet show|best show|a show|the show|choir|snacks|comedy|comedians?|applause|bravo|entertain\w*|jester|bards?|minstrels?)\b|(?:^ | )ha(?: ha)* [.,]",
    r"\blife is (?:so )?(?:boring|dull)\b|\bwhat did the \w+ ever do\b|\b(?:write|make) a (?:song|ballad|play) (?:about|of|out)\b|\bfront row\b|\bfiddle\b|\bdrama\b|\bmating\b|\b(?:a|the) dance\b|\bknock knock\b",
    r"\bshould i (?:bring|fetch|get|sell)\b|\bi (?:only )?came for the\b|\bround (?:one|two|three)\b|\bplace your bets\b|\bif you (?:two )?get married\b",
    r"\bkiss\b|\bget a room\b|\bdance (?:it|for)\b|\b(?:arm )?wrestl\w+\b|\bin the mud\b",
    r"\blet the \w+ decide\b(?<!judge decide)(?<!elder decide)(?<!guard decide)(?<!priest decide)(?<!reeve decide)",
    r"\bplot twist\b|\bjust marry\b|\b(?:pennies|coins|gold|silver) on\b|\banything but\b|\bcircus\b|\bencore\b",
    r"\bi bet\b|\bmy money is on\b|\bsays <\d> wins\b|\b(?:theatre|theater|better show)\b|\bwhoever shouts\b|\bmy (?:parents|grandmother)\b|\bturned? (?:the \w+ |it )?off and on\b",
    r"\b(?:geese|goats|hens|roosters|donkeys|chickens) (?:\w+ )?(?:argue|quarrel|settle|do)\b|\bwinner\b|\bturning the \w+ off\b",
)
_DUTY = (
    r"(?:give|gives|return|returns|pay|pays|hand|hands|bring|brings|apologi[sz]e|apologi[sz]es|say (?:that )?(?:you are |you )?sorry|says sorry|"
    r"forgive|forgives|let it|let this|lets it|let him|let her|take it back|takes it back|take back|mend|mends|fix|fixes|replace|replaces|"
    r"admit|admits|own up|confess|shake|make up|makes? it (?:good|right|up)|buy|buys|work|works|help|helps|"
    r"repay|repays|share|shares|swear|drop (?:it|the|this)|go (?:get|and|fetch|back)|fetch|accept|accepts|put it back|repair|clean|build|find|finds|do as|owes? (?:\S+ )?(?:an|a|\d+|\w+) \w+)"
)
MUST = re.compile(
    rf"{N}(?: ,)?(?: you)?(?: (?:also|just|simply|now|then))? (?:must|should|shall|has to|have to|needs? to|ought to|had better|gets? to|has got to|(?<=you )will)(?: also| now| just)? "
    r"(?!calm|stop|breathe|relax|listen|talk|sit|be |shout|fight|quarrel|cool|not (?:shout|fight))"
)
VOCATIVE_DUTY = re.compile(rf"{N}(?: ,)?(?: (?:please|just|now|then|you|go|do|and|simply))* (?:{_DUTY}|works?)\b")
WILL = re.compile(rf"{N} (?:will |gives|pays|works|returns|brings|apologi[sz]es|forgives|hands|mends|buys|repays|lets)")
BARE_DUTY = re.compile(
    r"(?:^|[.,?]|\bjust|\bplease|\band|\bthen|\bnow|\bsimply|\bto|\bshould|\bmust|\bcould you|\bwhy not|\byou)\s+"
    r"(?P<duty>give|return|pay|hand over|bring|apologi[sz]e|say (?:you are |you )?sorry|forgive|accept|drop the|let it go(?! you)|take it back|put it back|admit|confess|repay)"
    r"(?! (?:each other|one another|me |peace|it a rest))(?P<rest>[^.,?]*)"
)
BOTH_DUTY = _any(
    rf"\b(?:you )?both(?: of you)? (?:must |should |will |have to |just )?(?:{_DUTY})",
    r"\b(?:neither|each) of you\b|\bchip in\b|\btake it to the \w+\b|\bcall it even\b|\bsettle (?:it|this) with\b|\bask the \w+ to\b",
    r"\bsplit (?:it|the)\b|\bhal(?:f|ves)\b|\bhalve it\b|\bshare it\b|\bhalfway\b|\bshake (?:on it|hands)\b|\bdraw straws\b",
    r"\bleave (?:it|this|that) to (?:me|the \w+)\b|\b(?:you|<\d>|he|she) will (?:give|pay|return|bring|hand|mend|repair|work|apologi[sz]e|make it good)\b",
    r"\blet the (?:judge|elder|reeve|guard|priest|council|mayor) (?:\w+ )?decide\b",
    r"\b(?:my|the) (?:ruling|verdict|judge?ment)\b|\bi (?:rule|decide|order|decree)\b",
)
FORGIVING = re.compile(r"forgive|accept|let it go|drop")
MAKE = re.compile(r"\b(?:make|let) (?:him|her|them) (?:pay|give|return|work|apologi[sz]e|say|mend|fix|buy)\b")
PERCEIVED = _any(
    r"\b(?:saw|seen|heard|watched|witness\w*|found|noticed|caught|spotted|followed|counted)\b(?! (?:enough|both))",
    r"\b(?:proof|evidence|footprints?|tracks|receipt|ledger|prove|proves)\b",
    r"\b(?:lies|lay|hidden|hides|is|was) (?:\w+ )?(?:in|under|behind|at) (?:<\d>'s|the|his|her)\b|\b(?:can|will) swear\b",
    r"\b(?:was|were) (?:there|with me|drinking|at home|asleep|in bed|with (?!you|<))\b|\btold me\b|\blook (?:what|at (?:this|the|these)|here)\b|\bhere is (?:the|your|her|his)\b",
    r"\b(?:book|books|ledger|letter|record|records|note|contract|log) (?:says?|shows?|has|proves?)\b|\bi have (?:the|it|your|his|her)(?: \w+)? (?:right )?here\b",
    r"\bmy (?:cousin|brother|sister|wife|husband|mother|father|son|daughter|boy|girl|uncle|aunt|friend|master|dog) (?:\w+ )?(?:sold|bought|lent|gave|met|passed|told|heard|saw|found|knows|helped|says|said|was)\b",
    r"\b(?:you|<\d>|he|she) (?:sold|bought|borrowed|carried|hid|buried|passed|left|bragged|boasted|admitted|showed) (?!me alone)(?:\w+ ){1,6}(?:night|day|week|morning|evening|market|noon|midnight|yesterday|ago)\b",
    r"\bit (?:was|is|lies|lay|stood) (?:in|under|behind|by|at|on|beside|near)\b|\bthere (?:is|was|are|were) (?!no\b|nothing|only)\w+ \w+",
    r"\b(?:this|that|these) (?:is|was|are) (?:your|his|her|<\d>'s)\b",
)
CLEARS = re.compile(
    r"\b(?:with me|at home|at the inn all|in bed|asleep|could not have|somewhere else|miles away|innocent|when (?:the \w+|it) (?:vanished|happened|disappeared|was (?:stolen|taken|broken)))\b"
)
FAVOURS = _any(
    rf"(?<!not )\b(?:bel\w*ve|trust|agree with|side with|support|back|stand (?:by|with|behind)|am with|am for|vote for) {N}",
    rf"{N}'s (?:side|part)\b|{N} has (?:every |a |good |all the )*(?:right|reason)\b|{N}(?: \w+)? right\b(?! now)",
    rf"{N} (?:is|was) (?:the one who was |the one )?(?:wronged|robbed|cheated)\b",
    rf"{N}(?:'s| is| are| was| seems)(?: \w+){{0,2}} (?:right|innocent|honest|correct|wronged|the victim|good (?:man|woman|soul)|no liar|telling the truth|in the right)\b",
    rf"{N}(?:'s| is| was) (?:not|no|never)(?: \w+){{0,2}} (?:guilty|thief|liar|lying|wrong|to blame|cheat|at fault)\b",
    rf"{N} (?:speaks|tells|told|spoke|is saying|says) the truth\b|{N} (?:\w+ )?(?:speaks|tells|says) the truth\b|{N}'s word over\b|\bteam {N}|{N} has a (?:good )?point\b|{N} deserves\b",
    rf"{N}(?:'s \w+)? (?:has|had|is|was|always|never|\w+s)(?: \w+){{0,3}} (?:honest|truthful|fair|decent)\b|{N}(?:'s \w+)? makes? (?:\w+ )?sense\b",
    rf"{N} (?:is |has )?got a (?:good |fair )?point\b|\b(?:vote|money|trust|faith|sympathy|heart) (?:goes|is) (?:to|with) {N}|\b(?:for|behind) {N} (?:on|in) this\b",
    rf"\bi would take {N}'s word\b|{N} (?:would|could) not (?:hurt|harm) a\b|{N} is owed\b|{N} (?:has been|was) (?:treated|done) (?:badly|wrong)\b",
    rf"\bleave {N} (?:alone|be)\b|{N} (?:did|has done|means?|meant) (?:nothing|no )",
    rf"{N} (?:would|could|does|did|has|is) (?:never|not) (?:have )?(?:steal|stole|stolen|lie|lied|take|took|taken|touch\w*|hurt|harm\w*|cheat\w*|do|done|mean|break|broken)\b",
    rf"{N} never (?:stole|lied|took|touched|hurt|harmed|cheated|did|meant|broke)\b",
)
BLAMES = _any(
    rf"\bnot (?:believe|trust|agree with|side with|support) {N}",
    rf"{N}(?:'s| is| are| was)(?! not| never| no)(?: \w+){{0,2}} (?:wrong|lying|guilty|to blame|at fault|liar|thief|cheat|crook|culprit|mistaken|unfair|unjust|unreasonable|a disgrace)\b",
    rf"{N} (?:can|could|is) (?:not|never)(?: to)? be trusted\b|\bdo not (?:buy|swallow) (?:it|that|this|a word) (?:of )?,? ?{N}|\bnever trust(?:ed)? {N}",
    rf"{N} (?:clearly|obviously|surely|plainly|\w+ )?(?:has|have) (?:something to hide|no (?:right|excuse|shame))\b|{N} has gone too far\b|\bknow(?:s)? {N} (?:did|took|stole|lied)\b",
    rf"{N} (?:is |are )?full of (?:it|lies|nonsense|hot air)\b|{N}(?: ,)? (?:you )?(?:has|have) no (?:proof|evidence|case|witness)\b",
    rf"{N} guilty\b|{N} (?:blames?|accuses?) an? (?:\w+ )?(?:innocent|honest)\b",
    rf"{N} who (?:is |was |has )?(?:wrong|lying|lied|guilty|to blame|did|stole|started|took|broke|cheated)\b|{N} should be ashamed\b|{N} owes? <\d> an",
    rf"{N} (?:you |is )?(?:started|did it|did this|lied|lies|stole|cheated|did that|took it|took the|began|owes)\b|{N} you (?:\w+ )?(?:liar|thief|cheat|crook)\b",
    rf"{N}'s (?:own |all )?(?:fault|doing|lies)\b|\bblame {N}|\bshame on {N}|\bwrong of {N}|\bit was {N}|\bagainst {N}",
)
CALM = _any(
    r"\b(?:calm|peace|peaceful\w*|breathe|breath|relax|chill|easy|hush|anger|angry|upset|temper|tempers|worked up|quiet(?:ly)?|gentl[ey]\w*|reason|enough|stop)\b",
    r"\bcool (?:it|down|off|your)\b|\bsettle down\b|\blower (?:your|our)\b|\bkeep it down\b|\btone\b|\bquit (?:it|\w+ing)\b",
    r"\btake (?:5|five|a break)\b|\bin front of the\b|\bno (?:fighting|shouting|yelling)\b|\blet it go\b|\byears\b",
    r"\bsensible\b|\bslow down\b|\bsh+\b|\bsleeping\b|\b(?:not|is not) like you\b|\bno one wins\b|\bnobody wins\b|\bplease\b",
    r"\bno more\b|\bno need to\b|\bnot worth\b|\bdo not (?:shout|yell|fight|scream|argue|quarrel|be so)\b",
    r"\blisten\b|\bhear (?:each|one|him|her)\b|\bbe (?:nice|kind|friends|good|reasonable|civil)\b|\bget along\b|\bmake (?:up|peace)\b",
    r"\b(?:friends|neighbou?rs|each other|one another|together)\b|\bsit down\b|\bsleep on it\b|\bone at a time\b",
    r"\b(?:talk|talking) (?:about|it|this|to|like)\b|\bsit (?:down )?and talk\b|\btake a (?:breath|moment|step)\b|\bforget it\b|\blet it rest\b",
    r"\b(?:gently|softly)\b|\b(?:your|our|an|each other's) enem(?:y|ies)\b|\bput (?:the|your|that|those) \w+ down\b|\bgo home\b|\blike (?:grown|decent|civil\w*|good) \w+\b",
    r"\bhold on\b|\bwhoa\b|\bdeep breaths?\b|\bbreaths\b|\bhug\b|\bbigger (?:person|man|woman)\b|\bmisunderstand\w*\b|\blife is (?:too )?short\b",
    r"\bworth (?:all )?(?:this|it|that|the)\b|\bneeds? to (?:shout|fight|yell|argue|quarrel|be)\b|\bbe the (?:wiser|better)\b|\bno harm (?:done|was)\b|\bthere there\b",
    r"\b(?:step|walk) (?:back|away)\b|\bcount to (?:ten|\d+)\b|\bwork (?:it|this) out\b|\bfind a way\b|\bboth (?:of you )?(?:have|are) (?:good|a point|right|reasons)\b|\bwe are all\b",
    r"\b(?:ale|drink|soup) (?:together|first)\b|\bshare an ale\b|\bcome on (?:now|you|guys|both|friends)\b",
)
QUESTION = re.compile(
    r"^ (?:<\d> , )?(?:so |but |and )?(?:who|what|where|when|how|why|which|have you|do you|did you|is it)\b(?! not| do not| about| if)"
)
