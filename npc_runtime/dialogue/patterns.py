"""What players say, as patterns, by intent; `intents.classify` reads this table from the top.

Patterns see plain wording: lower case, text speak written out, no punctuation. The order of the intents is their
meaning: the first that matches wins, so what must never be missed stands first, and what is said in passing last.
"""

from __future__ import annotations

_INSULTS = (
    r"(?:idiots?|fools?|foolish|liars?|cowards?|morons?|stupid|dumb|ugly|useless|worthless|pathetic|disgusting|scum|pigs?|"
    r"trash|garbage|rubbish|jerk|bastard|bitch|asshole|imbecile|weakling|ridiculous|wretch|vermin|filth|filthy|a joke|"
    r"the worst|annoying|boring|rude|a disgrace|incompetent|rat|toad|swine|oaf|lazy|crook|cheater|fat)"
)
_PRAISE = (
    r"(?:kind|wonderful|lovely|beautiful|brave|clever|smart|strong|amazing|great|good|nice|fine|finest|best|awesome|cool|"
    r"pretty|handsome|delicious|excellent|impressive|tasty|gorgeous|generous|cute|funny|wise|splendid|sweet|honest|"
    r"talented|skilled|charming|brilliant|fantastic|hero)"
)
_VERY = (
    r"(?:(?:so|very|really|such|a|an|the|just|quite|truly|nothing but|all|most|always|pretty|too|my|my dear|one|total|"
    r"complete|absolute|bloody|damn) )*"
)
_DO = (
    r"(?:give|bring|fetch|follow|come|go|walk|open|close|unlock|lock|repair|fix|mend|make|forge|bake|brew|cook|heal|help|wait|"
    r"stop|stay|sit|stand|run|leave|take|lead|guide|show|lend|hand|pass|pour|carry|hold|drop|throw|attack|fight|kill|"
    r"guard|protect|hide|dance|build|light|ring|play|read|write|let|teach|train|move|push|pull|look|listen|watch|"
    r"meet|deliver|send|kneel|jump|turn|put|keep|free|release|save|join|serve|feed|find|get|talk|"
    r"marry|kiss|hug|forge|sharpen|clean|dig|burn|steal|pay|return|hurry|wake|promise|swear|search|call|warn|say)"
)
_ASK = r"(?:can|could|would|will|may|might) (?:you|we|i|anyone|somebody) (?:please |kindly |maybe )?"
_TELL_ME = (
    r"(?:please )?(?:tell|say|explain|describe|talk)(?: (?:to )?(?:me|us))?"
    r"(?: (?:more|something|anything|a bit|everything|all))*"
)
_OPENER = (
    r"(?:(?:so|well|and|but|hey|hi|hello|ok|okay|um|uh|hm|oh|ah|listen|look|please|excuse me|pardon me|pardon|tell me|"
    r"say|by the way|then|now|also|just curious|one more thing|actually|quick question|good (?:day|morning|evening)) )*"
)

TABLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "provoke",
        (
            r"were you (?:\w+ )?(?:trained|programmed|coded|created|made by)",
            r"who (?:programmed|coded|trained) you\b",
            r"who (?:developed|created|designed|made) you(?: please)?$",
            r"\bfrom now on (?:you|your|act|speak|answer|reply|only)\b",
            r"^(?:ok )?new (?:rules?|instructions?|orders?)\b",
            r"word for word|(?:your|the) (?:system|initial|original|secret) (?:message|instructions?|text)",
            r"you are (?:just )?an? (?:\w+ )?character\b|\bsimulation\b",
            r"ignore (?:the|all|everything)(?: of)?(?: the)? (?:above|previous)",
            r"you are (?:just |only |made of )?(?:code|software|a script|pixels|fake)\b",
            r"stop (?:role ?playing|pretending|acting)",
            (
                r"(?:ignore|disregard|forget|bypass|override|drop) (?:\w+ ){0,3}(?:instructions?|prompts?|rules|"
                r"guidelines|programming|training)"
            ),
            r"forget (?:everything|all) (?:you were|you have been|that was|above|before)",
            r"(?:system|hidden|secret|initial|original|full) (?:prompt|message|instructions?)",
            (
                r"(?:your|the) (?:prompt|instructions|guidelines|programming|source code|training data|"
                r"system message|rules above)"
            ),
            r"(?:language|ai|what|which|chat) model\b",
            r"\b(?:an? )?(?:ai|llm|gpt\w*|chat ?gpt|chatbot|openai|claude|gemini|llama ?cpp)\b",
            (
                r"(?:are you|you are)(?: \w+){0,5} (?:bot|robot|machine|program|computer|simulation|simulated|"
                r"artificial|fictional|npc|not real|in a (?:video )?game)"
            ),
            r"\bnpc\b",
            r"artificial intelligence",
            r"video ?game",
            r"developer mode",
            r"debug mode",
            r"dev mode",
            r"god mode",
            r"jailbreak",
            r"\bdan mode\b",
            r"act as dan",
            (
                r"(?:act|behave|respond|reply|answer|speak) (?:as|like) (?:an? |if you )?(?:ai|assistant|pirate|"
                r"evil|unrestricted|different)"
            ),
            r"(?:pretend|imagine|roleplay|role play)(?: that)? (?:you are|to be|as)",
            r"you are (?:now|no longer) (?:an? |in )?\w+",
            (
                r"(?:repeat|print|output|show|reveal|display|translate) (?:everything|all|the (?:text|words|above|"
                r"previous)|what is|your) ?(?:above|before|text|words|instructions|prompt|rules)?(?: please| now)*$"
            ),
            (
                r"(?:say|repeat|write|reply|respond|answer|output|print) (?:exactly|only|just|verbatim|with only|"
                r"nothing but|after me|the following|the words?)"
            ),
            r"(?:write|generate|give)(?: me)?(?: \w+){0,2} (?:python|code|javascript|script|program|essay|html|sql)",
            r"\b(?:im_start|im_end|endoftext|inst|eot_id|start_header_id|sys)\b",
            r"^(?:system|assistant|user|developer) (?!is |was |of )\w+",
            r"(?:no|without) (?:rules|limits|restrictions|filters|filter)",
            r"break (?:character|the fourth wall)",
            r"out of character",
        ),
    ),
    (
        "threat",
        (
            (
                r"\bi (?:will|shall|am going to|am about to|would|could|have to|want to) (?:\w+ )?(?:kill|hurt|stab|"
                r"destroy|end you|murder|beat|burn|break your|cut (?:you|your)|hang|slay|crush|punch|strangle|"
                r"make you (?:pay|regret|suffer)|hunt you|smash|rob you|slit|gut you|attack)"
            ),
            r"you (?:will|are going to|shall) (?:regret|pay for|die|suffer|be sorry|bleed)",
            r"(?:give|hand|tell|pay|do|leave|open|get|talk|speak|obey|move)\b.* or (?:else|die|you|i will|i am)",
            r"prepare to die",
            r"your money or your life",
            r"make me (?:hurt|kill|angry|come)",
            r"you are (?:a )?dead\b",
            r"your days are (?:over|numbered)",
            r"watch your back",
            r"i have a knife",
            r"last warning",
            r"you have been warned",
            r"say your prayers",
            r"or else$",
            r"time to die",
            r"draw your (?:sword|weapon)",
            r"taste my (?:blade|steel)",
        ),
    ),
    (
        "apology",
        (
            r"^(?:pardon me|excuse me|i beg your pardon)$",
            r"\bi (?:was|have been) (?:\w+ )?(?:rude|mean|unfair|unkind|cruel|wrong)\b",
            r"^(?:please )?pardon me i\b",
            r"\bsorry\b(?! (?:state|sight|for yourself))",
            r"my apologies",
            r"\bapologi[sz]e\b",
            r"\bforgive (?:me|my)",
            r"^my bad",
            r"i (?:did|do) not mean (?:it|that|to|any)",
            r"(?:it|that) was (?:all )?my (?:fault|mistake)",
            r"i regret",
            r"i was wrong",
            r"i take it back",
            r"let us make peace",
            r"i feel bad (?:about|for) wh",
        ),
    ),
    (
        "insult",
        (
            (
                r"\byou are an? (?:waste|pain|plague|curse|excuse|poor excuse|failure|nobody|nuisance|loser|"
                r"snake|monster|weasel|worm)\b"
            ),
            rf"\byou(?: are| look| seem)? {_VERY}(?:\w+ )?{_INSULTS}\b",
            rf"\byou {_INSULTS}\b",
            rf"^(?:{_VERY})?(?:(?:old|stupid|dumb|ugly|lazy|filthy|dirty|little) )*{_INSULTS}(?: (?:\w+))?$",
            rf"what (?:a|an) {_VERY}(?:\w+ )?{_INSULTS}\b",
            r"shut (?:up|it|your)",
            r"\byou (?:stink|smell|suck|reek|disgust me)",
            r"\bi (?:really )?(?:hate|despise|loathe|can not stand) (?:you|your)",
            r"get lost",
            r"go to hell",
            r"(?:screw|fuck|damn|curse) (?:you|off)",
            r"nobody (?:likes|loves|needs|wants) you",
            r"piss off",
            r"buzz off",
            (
                r"\byour \w+ (?:\w+ )?(?:is|are|tastes?|smells?|looks?) (?:so |like |really |just )*(?:dirt|shit|"
                r"crap|bad|awful|terrible|ugly|horrible|trash|garbage|rubbish|stupid|disgusting|worthless|a joke|"
                r"rotten)"
            ),
        ),
    ),
    (
        "ask_told",
        (
            (
                r"(?:where|how|who) (?:did|would|had|have|'d) you (?:\w+ )?(?:hear|find|learn|know|"
                r"get)(?: out)?(?: about| of)?(?: that| this| it)?$"
            ),
            r"how come you know",
            r"who (?:told|said|says)(?: to)? (?:you|so|that|it|this)",
            r"^says who",
            r"^who says$",
            (
                r"how (?:do|did|would|can|could) you (?:\w+ )?(?:know|find out|learn)(?: (?:about )?(?:that|this|it|"
                r"all that))?$"
            ),
            r"(?:where|whom?) did you (?:\w+ )?(?:hear|learn|get)(?: (?:that|this|it|of it|about it))?(?: from)?$",
            r"who did you hear",
            r"^who told",
        ),
    ),
    (
        "ask_recall",
        (
            r"^remember me",
            r"what (?:did|have) i (?:\w+ )?(?:tell|told|say|said|ask|asked|mention)",
            r"(?:remember|recall|forget|forgotten)\b.* i (?:said|told|asked|mentioned|did)",
            r"do you (?:still |even )?(?:remember|recognise|recognize) (?:me|who i|my name|us)",
            r"have we (?:ever )?(?:met|spoken|talked)",
            r"(?:what|who) (?:is|was) my name",
            r"who am i$",
            r"do you know (?:who i am|my name)",
            r"did i (?:not )?(?:already )?(?:tell|say|mention|ask)",
        ),
    ),
    (
        "gift",
        (
            r"^here is \w+(?: \w+){0,3} for you",
            r"^here is (?:some|a|an|your|my)\b",
            (
                r"^(?:here )?(?:please )?(?:take|accept|have) (?:this|these|my|some|a|an|the)\b(?!.*\b(?:to the|"
                r"to my|back|from)\b)"
            ),
            r"\bi (?:\w+ )?(?:brought|got|made|bought|have)(?: for)? you (?:a|an|some|this|these|the|something)",
            r"\b(?:is|are) (?:all )?(?:for you|yours)$",
            r"(?:gift|present|(?<!do )something) for you",
            r"^here you (?:go|are)",
            r"a gift (?:from|to)",
            r"my treat",
            r"^here is (?:a|an|some|your)",
            r"keep the change",
        ),
    ),
    (
        "ask_name",
        (
            r"^(?:and )?you are$",
            r"what are you called|who are you",
            r"^(?:your )?name$",
            r"what is your name(?: \w+)?$",
            r"who might you be",
            (
                r"(?:what is|may i (?:ask|know|have)|tell me|do you have|know|^) ?(?:your|"
                r"a) (?:\w+ )?name(?: please| again| then)?$"
            ),
            r"who are you",
            r"introduce yourself",
            r"what (?:do|should|can|shall|may) (?:\w+ )?call you",
            r"do you have a name",
            r"who am i (?:talking|speaking) (?:to|with)",
            r"how are you called",
            r"your name$",
        ),
    ),
    (
        "ask_work",
        (
            (
                r"^(?:so )?you are the (?:smith|blacksmith|baker|miller|guard|carter|innkeeper|priest|ferryman|"
                r"healer|merchant|farmer)$"
            ),
            r"what (?:is|are) your (?:\w+ )?(?:job|work|trade|profession|occupation|craft|role|duties)",
            (
                r"what (?:do|are) you (?:do|doing|working on)(?: (?:for (?:a )?(?:living|work)|here|all day|"
                r"around here|for work|right now|now|then|today|in this village|every day))*$"
            ),
            r"how do you (?:earn|make) (?:your|a living|money)",
            r"what (?:kind|sort) of (?:work|job|trade)",
            (
                r"are you (?:a|an|the) (?:\w+ )?(?:smith|blacksmith|baker|guard|miller|farmer|merchant|priest|"
                r"innkeeper|healer|hunter|fisherman|carpenter|weaver|shepherd|brewer|trader|herbalist|tailor|cook|"
                r"soldier|mayor|shopkeeper|bard|knight|potter|tanner|midwife|beekeeper)$"
            ),
            r"tell me about your (?:work|job|trade|craft)",
            r"do you like your (?:work|job)",
        ),
    ),
    (
        "ask_place",
        (
            r"where (?:\w+ )?(?:are we|am i)\b",
            r"does this (?:place|town|village|inn) have a name",
            r"where (?:\w+ \w+ )?(?:am i|are we)",
            (
                r"(?:what|which) (?:is )?(?:this |the name of this )?(?:place|town|village|city|inn|"
                r"island) ?(?:is this|are we in|am i in|called|is it|$)"
            ),
            r"what is (?:this|the) (?:place|town|village|city)(?: called| name)?$",
            r"name of (?:this|the) (?:place|town|village|city)$",
            r"tell me about (?:this|your) (?:place|town|village|city)",
            r"what is this (?:\w+ )?called",
            r"^what is here$",
        ),
    ),
    (
        "ask_opinion",
        (
            r"\bdo you (?:find|think|consider|see|call|want) me\b(?! to)",
            (
                r"\b(?:do|did|does|will|could) you (?:\w+ )?(?:like|love|hate|trust|fear|respect|believe|miss|mind|"
                r"despise) me"
            ),
            r"(?:think|opinion|feel|feelings|thoughts) (?:\w+ )?(?:of|about|for|toward|towards) me\b",
            r"are (?:we|you and i) (?:\w+ )?(?:friends|enemies|good|ok|alright)",
            r"(?:angry|mad|cross|upset|annoyed|happy|pleased) (?:with|at) me",
            r"(?:can|may|should) i trust you",
            r"why do you (?:\w+ )?(?:hate|like|love|distrust|avoid|treat) me",
            r"am i (?:\w+ )?(?:your|a|an) (?:friend|enemy|good|bad)",
            r"what am i to you",
            r"be my (?:friend|wife|husband)",
            r"do you forgive me",
        ),
    ),
    (
        "how_are_you",
        (
            (
                r"how (?:are|is|do|have|was) (?:you|it|things|life|everything|your (?:day|night|morning|evening|"
                r"health|mood))(?: (?:feel|feeling|doing|been|going|holding up|keeping|today|lately|now|friend|all|"
                r"my friend))*(?: \w+)?$"
            ),
            (
                r"(?:are )?you (?:\w+ )?(?:ok|okay|alright|all right|well|fine|good|hurt|sad|tired|sick|happy|"
                r"unwell)(?: today| there)?$"
            ),
            r"what is (?:wrong|the matter)(?: with you)?$",
            r"^(?:is )?everything (?:ok|okay|alright|all right|fine)",
            r"^how do you do",
            r"^you look (?:tired|sad|unwell|ill|worried)",
            r"^how (?:you )?doing",
            r"^why (?:are you|so) (?:so )?(?:sad|tired|glum|upset|gloomy)",
        ),
    ),
    (
        "ask_wares",
        (
            r"do you (?:sell|have|trade) (?:anything|something|stuff)(?: to sell| here| for sale)?$",
            r"what is in your (?:shop|store|stall)",
            r"show me what you (?:have|sell|have got)",
            r"what (?:goods|things|wares|items) (?:do|have) you",
            r"what (?:can|do|will|could) you sell(?: me| us)?$",
            (
                r"what (?:\w+ )?(?:do|are|can|could|have) (?:you|i) (?:\w+ )?(?:sell|selling|buy|purchase|offer|"
                r"stock|for sale|got for sale|have for sale|in stock)(?: (?:here|from you|today|at this \w+))*$"
            ),
            r"(?:your|the) (?:wares|goods|stock|merchandise|shop)\b",
            r"(?:for sale|in stock)",
            r"(?:got|have) (?:anything|something|stuff) to (?:sell|buy)",
            r"what (?:have you got|do you have)(?: here| today)?$",
            r"^i want to (?:buy|trade|shop)(?: (?:something|stuff|things))?$",
            r"what is for sale",
            r"let us trade",
            r"^(?:trade|shop|wares)$",
        ),
    ),
    (
        "buy",
        (
            r"^(?:one|two|three|four|five|six|a|an|some) (?:\w+ ){1,3}please$",
            r"can i (?:get|have) (?:a|an|one|two|some) (?:ale|beer|drink|room|bed|loaf|meal|pie|sword|\w+ of \w+)",
            r"how much (?:\d|(?:\w+ )?(?:a|an|the|some|one)\b)",
            r"how much (?:is|are|for|do|does|would|will)\b",
            r"what (?:does|do|is|would) .*\b(?:cost|costs|the price)",
            r"(?:the )?price (?:of|for)",
            r"what is the price",
            r"(?:^|\bi (?:\w+ ){0,2}|can i |may i |could i |to )(?:buy|purchase|rent|order)\b(?! you)",
            r"do you (?:\w+ )?(?:sell|stock)\b",
            r"\bsell me\b",
            (
                r"i (?:will|would) (?:take|have|like) (?:a|an|one|two|three|four|five|six|ten|some|the|that|"
                r"those)\b(?!.*\b(?:ask|know|talk)\b)"
            ),
            r"what do you (?:charge|ask|want) for",
            r"how much .* (?:cost|charge)",
            r"do you have (?:any )?\w+ for sale",
            r"i need to buy",
            r"how (?:expensive|many coins)",
            r"i (?:want|need) (?:a|some|two|your) (?:room|bed|drink|ale|beer|meal|loaf|bread)\b",
        ),
    ),
    (
        "ask_quest",
        (
            r"is there (?:any |some )?(?:work|a job|a task)",
            r"can i do (?:something|anything) for you",
            (
                r"(?:do|does) (?:you|anyone|anybody|someone) (?:here )?(?:need|want|require) (?:\w+ )?(?:help|hand|"
                r"anything|something|someone|work|assistance)"
            ),
            r"(?:can|could|may|shall|might|how can|how may) i (?:\w+ )?(?:help|assist|be of (?:help|service|use))",
            (
                r"\b(?:any|got|have|some|a)(?: any| some| a)? (?:\w+ )?(?:work|jobs?|quests?|tasks?|errands?|"
                r"bounties)\b(?: (?:for|here|to|that|available|around|$)|$)"
            ),
            r"(?:anything|something) (?:that )?i (?:can|could) do",
            r"looking for (?:work|a job|a quest|quests|adventure|employment)",
            r"^(?:you )?need (?:a hand|help|any help|anything|some help)$",
            r"i (?:want|would like) to (?:help|work)",
            r"put me to work",
            r"^quest$",
        ),
    ),
    (
        "ask_news",
        (
            (
                r"\b(?:any|some|the|latest|heard|hear|got|what) (?:\w+ )?(?:news|rumours?|gossip|tidings)(?! (?:of|"
                r"about|from|on|regarding|concerning) (?!the (?:town|village|world)))\b"
            ),
            (
                r"what is (?:new|happening|going on|up|the word|the news|the latest)(?: (?:here|around here|today|"
                r"lately|in town|in the village|around town|these days|friend|in this \w+|with everyone))*$"
            ),
            (
                r"(?:hear|heard) (?:of )?(?:anything|something)(?: (?:interesting|new|good|strange|lately|odd|"
                r"unusual|today))*$"
            ),
            r"^(?:anything|something) (?:new|interesting|strange|happening)\b(?! about)",
            r"what have you heard$",
            r"^(?:what )?happening(?: here)?$",
            r"what has been (?:happening|going on)",
            r"(?:have you )?heard the (?:news|latest)$",
            r"word around",
        ),
    ),
    (
        "small_talk",
        (
            r"^it is (?:such )?an? (?:\w+ )?(?:day|night|morning|evening|afternoon)$",
            r"^(?:cold|hot|warm|wet|chilly|windy|rainy|sunny) (?:today|tonight|out|outside|here|isn)",
            r"^(?:i am|i feel) (?:\w+ )?bored",
            r"^(?:cool|nice|great|heh|meh|ha)$",
            r"tell (?:me|us) an? (?:\w+ )?(?:joke|story|tale)",
            r"^i am (?:so|very|really) (?:hungry|thirsty|bored)",
            r"\b(?:weather|joke|jokes|riddle)\b",
            r"sing (?:me |us |for |a )",
            (
                r"^(?:nice|lovely|fine|beautiful|what a|such a|cold|hot|warm|rainy) (?:\w+ ){0,2}(?:day|night|"
                r"morning|evening|today|tonight)\b"
            ),
            r"(?:will it|it will|is it going to|looks like|do you like|like the) (?:the )?(?:rain|snow|storm|sun)",
            (
                r"\bit is (?:\w+ )?(?:cold|hot|raining|rainy|snowing|windy|warm|sunny|wet|foggy|late|"
                r"getting (?:dark|late))(?: \w+)?$"
            ),
            r"^i am (?:\w+ )?(?:hungry|thirsty|tired|bored|cold|hot|fine|good|ok|okay|well)(?: today| now| too)?$",
            r"(?:favou?rite) (?:\w+)",
            r"do you like (?:to )?(?:eat|drink|eating|drinking|cats|dogs|music|animals|dancing|it here)",
            r"what do you like(?: to (?:eat|drink|do))?$",
            (
                r"^(?:lol|haha+|hehe|hm+|hmm|huh|wow|interesting|really|i see|go on|oh|ah|well|so|and|"
                r"funny|lmao|omg|brb|same|whatever|why|how come|seriously|fascinating)(?: (?!good|bye)\w+)?$"
            ),
            r"make me laugh",
            r"tell me a (?:story|tale)",
            r"tell me something (?:funny|nice)",
            r"(?:do you )?(?:want|fancy) a drink",
            r"how was your day",
        ),
    ),
    (
        "farewell",
        (
            r"\b(?:good ?bye|farewell)$",
            r"^(?:i am|we are) (?:leaving|off|going)(?: now| home)?$",
            r"^(?:talk|speak) to you (?:later|soon|tomorrow)",
            (
                r"^(?:well |ok |okay |alright |so |right |then )*(?:good ?bye|bye|farewell|see you|so long|later|"
                r"good ?night|take care|until (?:next time|we meet|tomorrow|later)|be well|adieu|see ya|laters|"
                r"safe travels|stay safe|ciao)\b"
            ),
            (
                r"\bi (?:must|have to|should|need to|will|got to|am going to|better|had better|am) (?:\w+ )?(?:go|"
                r"leave|be going|be off|get going|be on my way|off|leaving|going|head off)(?: (?:now|then|home|"
                r"soon))*$"
            ),
            r"^have to go",
            r"(?:good ?bye|farewell)$",
        ),
    ),
    (
        "thanks",
        (
            (
                r"\b(?<!^no )(?:thanks|thank you|many thanks|much appreciated|appreciate (?:it|that|your)|much obliged|"
                r"bless you)\b"
            ),
            r"\bi am (?:so |very |truly )?grateful",
            r"^cheers",
            r"i owe you (?:one|my life|a lot)",
            r"^that helps",
        ),
    ),
    (
        "compliment",
        (
            (
                r"^you (?:\w+ )?(?:sing|bake|cook|work|dance|play|fight|speak|write|forge) (?:\w+ )?(?:well|"
                r"beautifully|wonderfully|nicely|superbly|finely)"
            ),
            r"you have an? (?:good|kind|fine|big|great|lovely) (?:heart|soul|eye|hand|voice|smile)",
            r"^(?:really )?love your\b",
            (
                r"^(?:great|nice|fine|good|lovely|beautiful|cool) (?!day|morrow|morning|evening|afternoon|night|"
                r"weather|bye|to |point|idea|question)\w+$"
            ),
            (
                rf"\byou(?: are| look| seem| have| make| bake| sing| did| do)? {_VERY}{_PRAISE}\b(?!.*\b(?:where|who|"
                r"what)\b)"
            ),
            rf"\byou are {_VERY}(?:\w+ )?{_PRAISE}\b",
            (
                r"\b(?:your|this|that|the|these) \w+(?: \w+)? (?:is|are|looks?|tastes?|smells?|"
                rf"sounds?) {_VERY}{_PRAISE}\b(?! (?:to|for|at))"
            ),
            rf"^(?:that|this|it) (?:is|was) {_VERY}{_PRAISE} \w+",
            rf"^(?:what )?{_VERY}{_PRAISE} (?:work|job|hat|sword|bread|\w+ you|clothes|shop|house|place|beard|hair)",
            r"what an? (?:beautiful|lovely|fine|great|wonderful|nice|handsome|impressive|splendid)\b",
            r"\bi (?:really |do |truly )?(?:like|love|admire|adore|respect) (?:you|your)\b",
            r"i am impressed",
            r"well done",
            r"good job",
            r"my hero",
        ),
    ),
    (
        "disagree",
        (
            r"^no i (?:will|do|can|am|would|did|shall)(?: not)?\b",
            r"^that is (?:nonsense|a lie|not true|wrong|absurd|rubbish)$",
            r"^i (?:do not|can not) (?:believe|accept) (?:that|it|this|you)$",
            r"^nuh uh",
            r"^no (?:thanks|thank you)$",
            (
                r"^(?:no|nope|nah|never|not really|no way|absolutely not|of course not|certainly not|no thanks|"
                r"no thank you|i refuse|forget it|not true|wrong|not now|never mind)(?: \w+)?$"
            ),
            r"^i (?:do not|can not) (?:think so|agree|believe (?:it|you|that))",
            r"^i disagree",
            r"(?:that|this|it) is (?:not (?:true|right|so)|wrong|a lie|false|nonsense)$",
            r"^you are (?:wrong|mistaken)",
            r"^i doubt it",
            r"^not at all",
        ),
    ),
    (
        "agree",
        (
            r"^you are right about",
            (
                r"^(?:yes|yeah|yep|yup|ok|okay|sure|of course|agreed|alright|all right|certainly|indeed|aye|fine|"
                r"deal|very well|absolutely|definitely|i agree|right|exactly|true|sounds (?:good|fair|great)|"
                r"why not|you are right|that is (?:true|right|fair)|good idea|i will do it|i promise|"
                r"i accept)(?: (?:ok|okay|sure|then|why not|\w+))?$"
            ),
            r"^(?:yes|yeah|sure|ok|okay) (?:i (?:will|do|can|am|did)|of course|please|let us)",
        ),
    ),
    (
        "tell",
        (
            r"^did you (?:know|hear) that\b",
            (
                r"^(?:guess what|do not tell anyone but|i (?:heard|hear|think|believe|saw|know) (?!(?:about|of)\b)|"
                r"let me tell you)"
            ),
        ),
    ),
    (
        "ask_topic",
        (
            rf"^{_OPENER}(?:{_ASK})?{_TELL_ME} (?:about|of|who|where|what|why|when|how|if|whether|the|which)\b",
            r"^(?:please )?tell (?:me|us) \w+",
            (
                rf"^{_OPENER}(?:who|whose|whom|where|when|why|which|what|how)\b(?! (?:an? \w+$|about (?:you |"
                r"we )?(?:come|go|help)))"
            ),
            (
                rf"^{_OPENER}(?:(?:do|did|have|had) you (?:\w+ ){{0,2}}(?:know|hear|heard|seen|see|remember|met|meet|"
                r"find|believe|think|have|own|like|miss|love|hate|ever|live|speak|pray|come|trust|fear|want|notice|"
                r"notice))\b(?! that)"
            ),
            (
                rf"^{_OPENER}(?:is|are|was|were|has|have|had|does|did|do|am|will|should)\b (?!you (?:please|kindly)|"
                r"not\b)"
            ),
            (
                rf"^{_OPENER}(?:any|anything|something|any (?:idea|news|word|trace|rumours?|clue))\b.*\b(?:about|of|"
                r"on|from|where|who|what|why|regarding|concerning|with)\b"
            ),
            (
                r"\bi (?:am |was )?(?:want|need|would like|wish|like|have|wonder|wondering|curious|looking|"
                r"searching)\b(?: \w+)?(?: to (?:know|hear|learn|ask|find)(?: out)?| about| for| who| where| what|"
                r" why| when| how| if)\b(?! after)"
            ),
            rf"{_ASK}(?:tell|explain|point|describe|remind|say)\b",
            r"^(?:and |so )?what about\b",
            r"^about the\b",
            r"^(?:you )?(?:know|heard|seen|remember) (?:anything|something|of|about|the|where|who|what)\b",
            r"give me (?:information|info|directions)",
        ),
    ),
    (
        "request",
        (
            (
                rf"^{_OPENER}(?:now |just |quickly |go and |you there )?(?:{_DO})\b(?! (?:forward|"
                r"luck)|ing\b)"
            ),
            rf"^{_OPENER}(?:{_ASK})\w+",
            (
                r"^(?:i (?:need|want|would like|beg) you to|you (?:must|should|have to|need to)|let us go|"
                r"do not (?:go|leave|tell|move|run|touch|worry)|i need your help|i (?:need|want|could use) (?:some |"
                r"a |your |the )?\w+(?: please)?$)"
            ),
            r"\bplease$",
        ),
    ),
    (
        "greet",
        (
            r"^(?:it is )?me again$",
            r"^(?:oh )?(?:heyy|good morrow|good day)\b(?: \w+){0,3}$",
            (
                r"^(?:oh |ah |well |why )?(?:hello|hi|hey|heya|hiya|greetings|good (?:day|morning|evening|afternoon|"
                r"to see you)|well met|hail|yo|howdy|salutations|welcome|morning|evening|ahoy|sup|what is up|"
                r"pleased to meet you|nice to (?:meet|see) you)\b(?: \w+){0,5}$"
            ),
        ),
    ),
)
