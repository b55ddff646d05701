"""Recognises requests to be left alone, in English, Spanish and French (`docs/rules.md 5.4`).

Opt-out instructions are not requests: ours, which a contact quotes, or those of other senders.
All patterns are for text in lower case, without accents, with one space between words. `re` compiles and caches them
when the first message is classified, since most commands classify none.
"""

import re

PLEASE = (
    r"(?:please|kindly|pls|plz|por favor|porfavor|porfa|svp|s'?il (?:vous|te) plait|stp|merci|gracias|thanks|thank you)"
)
_HERE_ENDS_THE_SENTENCE = r"(?= ?(?:$|[^\w\s']))"

# English

_NOT = "".join(
    f"(?<!{word} )" for word in ("not", "don't", "dont", "never", "can't", "cant", "won't", "wont", "didn't")
)
_ASK = r"(?:please|pls|plz|kindly)"
_TEXTS = r"(?:text messages|texts?|txts?|messages?|msgs?|sms)"
_THE = r"(?:(?:the|these|those|this|your|ur|all|any|more|further|so many|political|spam|of) )*"
_TO_WRITE = r"(?:contact|text|txt|message|msg|call|e-?mail)"
_MY_PHONE = r"my (?:\w+ )?(?:number|phone|cell|mobile|line|home|house|work)"
_ENGLISH = (
    rf"{_ASK}[ ,.!-]+(?:just )?stop(?: (?:it|this|that|now|all|already|{_ASK}))*"
    rf"(?:{_HERE_ENDS_THE_SENTENCE}|(?= (?:i|i'm|im|i've|ive|i'll|we|you|or|thanks|thank|ok|wrong"
    r"|texting|messaging|contacting|immediately)(?![\w'])))",
    rf"{_NOT}(?:stop|quit) (?:text|txt|messag|msg|contact|call|email|bother|harass|spamm|bugg)ing"
    rf"(?: (?:me|us|my|this number)|{_HERE_ENDS_THE_SENTENCE})",
    rf"{_NOT}(?:stop|quit) (?:sending (?:me|us|{_THE}{_TEXTS})|(?:msg|text) me|(?:receiving|getting) {_THE}{_TEXTS})",
    rf"{_NOT}stop (?:receiving|getting) (?:these|those|them){_HERE_ENDS_THE_SENTENCE}|revoke (?:my |all )?consent",
    rf"{_NOT}(?:stop|quit) sending{_HERE_ENDS_THE_SENTENCE}",
    rf"{_NOT}(?:stop|no more) (?:with )?{_THE}{_TEXTS}(?! you)",
    rf"{_NOT}(?:remove|delete) (?:me|us|my (?:\w+ )?(?:number|name|phone)|this number)",
    rf"{_NOT}(?:take|get) (?:me|us|my (?:\w+ )?(?:number|name)|this number) off"
    rf"(?:(?: [\w'-]+){{0,4}} lists?|(?: {_ASK}| now)?{_HERE_ENDS_THE_SENTENCE})",
    r"(?:(?:remove|delete) (?:off|from)|get off(?: of)?) (?:(?:this|your|the) )?(?:\w+ )?list",
    rf"(?:do ?not|don'?t) send (?:me|us) (?:any|more|anymore|these|this|{_TEXTS})",
    r"send no more|opting out|(?:stop|enough with|enough of) (?:the |this |your )?spam(?:ming)?",
    rf"enough (?:with|of) {_THE}{_TEXTS}",
    rf"{_NOT}(?:unsubscribe|unsubcribe|unsubscibe|unsuscribe|unsub)",
    rf"{_NOT}opt (?:me|us) out",
    r"(?:please|i|to) opt[ -]?out(?! of)",
    rf"opt[ -]?out of (?:(?:receiving|getting) )?{_THE}(?:{_TEXTS}|texting|list)",
    rf"{_NOT}(?:lose|forget|erase) (?:my|this) (?:\w+ )?number",
    rf"(?:do ?not|don'?t|never)(?: (?:ever|again|even|{_ASK}))* {_TO_WRITE} (?:me|us|this number|{_MY_PHONE})",
    rf"(?:do ?not|don'?t) (?:text|txt|message|msg|contact)(?: (?:again|anymore|any more))?{_HERE_ENDS_THE_SENTENCE}",
    rf"(?:do ?not|don'?t|no longer) (?:want|wish)(?: to (?:get|receive))? {_THE}{_TEXTS}",
    r"(?:do ?not|don'?t|no longer) (?:want|wish) to (?:be (?:contacted|texted|messaged|called)|hear from you)",
    r"i (?:already |just )?(?:said|texted|replied|sent|typed|wrote) (?:you )?['\"“]?stop(?! by)",
    r"(?:told|asked) you (?:\w+ ){0,2}to stop(?! by)|(?:have|do) i have to (?:say|text|send|type) ['\"“]?stop",
    r"(?:wrong (?:number|person)|not interested|no thanks?|no thank you|spam|moved|voted) stop"
    + _HERE_ENDS_THE_SENTENCE,
    rf"(?:do not|don'?t) call (?:list|registry)|cease and desist|{_NOT}leave me alone",
)

_OTHER_THINGS = (
    r"(?! (?:du|de la|de l'|de mon|d'une?|del|de mi) (?:journal|magazine|parti|partido|liste electorale|padron|syndicat"
    r"|sindicato|club|gimnasio|trabajo|seguro|podcast))"
)
"""Other things that people leave, behind a word for leaving us."""

# Spanish

_MENSAJES = r"(?:mensajes?|mensajitos?|msjs?|textos?|sms)"
_ESCRIBIR = r"(?:escrib|mand|envi|llam|molest|texte|contact|acos|spame)[aei]r?(?:me|nos)?"
_ESCRIBAN = r"(?:escriba[ns]?|contacte[ns]?|moleste[ns]?|textee[ns]?|llame[ns]?)"
_MANDEN = r"(?:mande[ns]?|envie[ns]?)"
_LISTA = r"(?:de|del) (?:(?:la|su|sus|tu|esta|esa|las|los|toda) )*(?:\w+ )?(?:listas?|contactos|base de datos|registro)"
_SPANISH = (
    rf"(?:no|nunca) (?:me|nos) (?:{_ESCRIBAN}(?! (?:manana|hoy|luego|ahora|ahorita|despues|[as]? ?las|tom|el|un|una|que"
    rf" ))|{_MANDEN}(?: (?:mas|otro|otros|ningun|estos|esos|sus|tantos))*(?: (?:{_MENSAJES}|nada)"
    rf"|{_HERE_ENDS_THE_SENTENCE}))",
    rf"(?:no|nunca) (?:(?:me|nos) )?vuel(?:van?|vas) a {_ESCRIBIR}",
    rf"(?<!no )(?<!nunca )(?:deja|deje|dejen|dejad|pare|paren|para) (?:ya )?de {_ESCRIBIR}"
    rf"(?=(?: (?:mas |tantos |esos |estos |sus )*{_MENSAJES}| por favor| ya)?(?: ?(?:$|[^\w\s'])))",
    rf"(?<!puedo )(?:parar|dejar|dej[ea]n?(?:me|nos)) de {_ESCRIBIR}"
    rf"|(?:stop|parar|detener) (?:(?:de|los|sus|estos|mas) )*{_MENSAJES}",
    rf"favor de no {_ESCRIBIR}|no (?:enviar|mandar|escribir|llamar)(?:me)? mas",
    rf"no (?:escriban|molesten|llamen|manden)(?: mas)?{_HERE_ENDS_THE_SENTENCE}|no (?:moleste|escriba|llame|mande) mas",
    rf"no (?:quiero|queremos|deseo|deseamos|quisiera) (?:recibir )?"
    rf"(?:(?:mas|sus|estos|esos|tus|ningun|ningunos|de|ustedes) )*{_MENSAJES}",
    rf"no (?:quiero|queremos|deseo) que (?:me|nos) (?:{_ESCRIBAN}|{_MANDEN})",
    rf"(?:quit[ea]n?|saque|saquen|saca|borr[ea]n?|elimin[ea]n?|remueva|remuevan|retir[ea]n?)(?:me|nos) {_LISTA}",
    rf"(?:borr[ea]n?|elimin[ea]n?|remuevan?)(?:me|nos){_HERE_ENDS_THE_SENTENCE}",
    r"(?:quit[ea]n?|saquen?|saca|borr[ea]n?|elimin[ea]n?|remuevan?|quitar|borrar|eliminar|sacar) "
    r"(?:mi|este) (?:numero|nombre|telefono|celular|contacto)",
    rf"(?:dar|darme|darnos|dame|deme|denme|darse) de baja{_OTHER_THINGS}",
    r"(?<!no )dej[ea]n?(?:me|nos) (?:en paz|tranquil[oa]s?)",
    rf"no mas {_MENSAJES}|basta (?:ya )?(?:de|con) (?:\w+ )?(?:{_MENSAJES}|spam)|alto a (?:los|estos|sus) {_MENSAJES}",
    r"(?:cancel|anul)\w+ (?:la |mi |esta )?suscripcion|de(?:s|sin)s?uscrib\w+|desinscrib\w+|desuscrip\w+",
    rf"(?:por favor|porfavor|porfa)[ ,]+(?:alto|paren?|basta){_HERE_ENDS_THE_SENTENCE}",
)

# French

_MESSAGES = r"(?:messages?|msgs?|textos?|sms)"
_ME = r"(?:m ?'? ?|me |nous )"
_ECRIRE = r"(?:ecrire|envoyer|contacter|texter|appeler|deranger|harceler|spammer|solliciter|relancer)"
_ECRIVEZ = r"(?:ecrivez|envoyez|contactez|textez|appelez|derangez|sollicitez|relancez)"
_VOS = r"(?:(?:de|d'|des|les|vos|ces|tes|aucun|tous|tout|autres) )*"
_WHEN_OR_HOW = r"(?:avant|apres|demain|aujourd|maintenant|ce|le|la|pendant|tout de suite|si|en|a|de|d')(?![\w])"
_FRENCH = (
    rf"(?:d')?(?:arrete[rsz]?|cesse[rsz]?|stop) (?:{PLEASE} )?(?:de |d')(?:{_ME}){_ECRIRE}",
    rf"(?<!n')(?:arrete[rz]?|cesse[rz]?|stop) {_VOS}(?:(?:vos|ces|les) {_MESSAGES}|envois?)",
    rf"(?<!vous )ne {_ME}{_ECRIVEZ} (?:plus|pas(?! {_WHEN_OR_HOW})|pas {_VOS}{_MESSAGES})",
    rf"(?<!vous )(?<!ne ){_ME}{_ECRIVEZ} plus{_HERE_ENDS_THE_SENTENCE}",
    r"j ?'?ai (?:deja )?(?:dit|ecrit|envoye|repondu|texte) ['\"«]? ?stop",
    rf"(?<!tu )ne {_ME}(?:ecris|contacte|texte|derange) plus",
    rf"ne (?:plus|pas) (?:{_ME})?(?:ecrire|contacter|texter|deranger|solliciter|relancer|m ?'?envoyer)|ne plus envoyer",
    r"(?:retire[rz]?|enleve[rz]?|supprime[rz]?|efface[rz]?|ote[rz]?|raye[rz]?)[ -](?:moi|nous) de "
    r"(?:(?:la|cette|votre|vos|ta|tes) )?(?:\w+ )?(?:listes?|fichiers?|contacts|base)",
    r"(?:retire[rz]?|enleve[rz]?|supprime[rz]?|efface[rz]?)[ -]moi"
    rf"(?: svp)?{_HERE_ENDS_THE_SENTENCE}",
    r"(?:retire[rz]?|enleve[rz]?|supprime[rz]?|efface[rz]?) (?:mon|ce) (?:numero|nom|contact|tel\w*)",
    r"(?:me|nous) (?:retirer|enlever|supprimer|oter) de (?:votre|vos|la|cette) (?:\w+ )?(?:listes?|fichiers?)",
    rf"(?:desabonn\w+|desinscri(?:re|ption|vez|s)(?:[ -]moi)?)\b{_OTHER_THINGS}",
    r"(?:veux|voudrais|souhaite|desire|voulons) (?:ne )?plus "
    rf"(?:recevoir|etre (?:contacte|sollicite|derange|appele)\w*|{_VOS}(?:vos|ces) {_MESSAGES})",
    rf"ne (?:veux|souhaite|voulons) (?:plus|pas) (?:recevoir )?{_VOS}{_MESSAGES}",
    r"(?:laisse[rz]?|foutez|fichez|lache[rz]?)[ -](?:moi|nous) (?:tranquilles?|en paix|la paix)",
)

_WISH = r"(?<![\w'])(?:" + "|".join((*_ENGLISH, *_SPANISH, *_FRENCH)) + r")(?![\w'])"

_BESIDE = rf"(?:{PLEASE}|just|ok|okay|no|hey|non|ya|now|it|this|that|already|maintenant|ahora)"
_BARE = (
    rf"(?:{_BESIDE} )*(?:stopp*|st0p|stopstop|stop ?all|opt[ -]?out|remove|arret|arretez|alto|paren?)"
    rf"(?: (?:stop|arret|todo|{_BESIDE}))*"
)
"""A whole sentence of a longer message that is only such a word."""

_OPENS = (
    r"stop (?:i|i'm|im|i've|ive|we|we're|you have|you've|this is|it's|not|no|wrong|this (?:nonsense|crap|bs))(?![\w'])"
)
"""The beginning of a message with the word first and no full stop behind it."""

_ALONE = (
    rf"(?:{_BESIDE} )*(?:end|cancel|quit|revoke|remove|unsubscribed|enough|no more|i want out"
    r"|fin|para|basta|no mas|salir|de baja|quit[ea]n?me|eliminarme|terminar|finalizar|eliminar|quitar|borrar|remover"
    r"|parar|cancelar|detener|baja"
    r"|arrete|arrete[zs]? ca|arreter|veuillez (?:me retirer|cesser|arreter)|assez|cessez|ca suffit|quitter|finir"
    r"|annuler|resilier"
    rf"|(?:plus|pas) (?:de|aucun|un seul) {_MESSAGES})(?: {_BESIDE})*"
)
"""A whole message of words that are ordinary in a longer one."""

# Instructions

_WORD = (
    r"(?:stop ?all|stop|unsubscribe|unsub|cancel|end|quit|revoke|opt[ -]?out"
    r"|arret|arreter|alto|parar|pare|cancelar|baja|fin|salir)"
)
_SAY_ENGLISH = r"(?:reply|respond|text|txt|send|type)"
_SAY = (
    r"(?:reply|respond|text|txt|send|type|repond(?:re|ez|s)|envoye[rz]|texte[rz]|respond(?:a|e|er)|envi(?:e|a|ar)"
    r"|mand(?:e|a|ar)|escrib(?:e|a|ir))"
)
_SAY_IT = rf"{_SAY}(?: (?:back|us|with|the|word|to us|con|la|palabra|le|mot|par|avec))*"
_OBJECT = (
    r"(?:(?: (?:of|from|receiving|getting|recibir|recevoir|de|nos|ces|les|estos|los))*"
    rf" {_THE}(?:{_TEXTS}|{_MENSAJES}|alerts))?"
)
_AIM = (
    r"(?:(?:stop|end|quit|cancel|leave|exit|be removed|unsubscribe|unsub|opt[ -]?out|finish|revoke"
    r"|cancelar|parar|salir|terminar|detener|finalizar|no recibir(?: mas)?|darse de baja|dejar de recibir"
    r"|arreter|annuler|quitter|vous desabonner|se desabonner|vous desinscrire|ne plus recevoir(?: de)?)" + _OBJECT + ")"
)
_FOR = r"(?:to|2|=|for|para|pour)"
_CLEAR = r"(?:stop ?all|stop|quit|cancel|unsubscribe|arret|alto|parar|baja|cancelar)"
_COPIED = (
    rf"(?:{_SAY_IT} )?{_CLEAR} ?{_FOR} ?{_AIM}|{_SAY_IT} {_CLEAR}"
    rf"|(?:{_FOR} )?{_AIM} {_SAY_IT} {_WORD}"
)
"""Our own instruction as the whole message."""

_NOT_THEIR_WISH = "".join(f"(?<!{word} )" for word in ("want", "like", "how", "need", "wish", "trying", "asked", "you"))
_INSTRUCTION = (
    rf"(?<![\w'])(?:(?:(?:stop|opt[ -]?out|remove)[?:,]? ?)?(?<!i )(?<!to )"
    rf"(?:{_SAY_IT}:? ?\W?{_WORD}|{_SAY_ENGLISH}:? (?:\w+ ){{0,2}}?(?:{_WORD}|x|out))\w*(?: or stop)?\W?"
    rf"(?: ?(?:to|al|au|2) \+?[\d ]{{3,}})?(?: ?{_FOR} ?{_AIM})?"
    rf"|{_NOT_THEIR_WISH}(?:to|2|para|pour) ?{_AIM}(?: \w+){{0,3}}[ ,:;.-]*(?:please )?"
    rf"(?:(?:{_SAY_IT}|w/|with) \W?(?:\w+ ){{0,3}}?(?:{_WORD}|x|out|no)|call \d)\w*"
    rf"|{_CLEAR}\W? ?{_FOR} ?{_AIM}"
    rf"|unsub(?:scribe)?(?: from \w+)?[ ,:]*"
    rf"(?:(?:{_SAY}|with) (?:\w+ ){{0,3}}?(?:{_WORD}|x|out)|stop|at anytime by|\d)\w*"
    rf"|stop[ -]?sms[ :-]*\d+)"
)

_SENTENCE_BREAK = re.compile(r"[^\w\s'-]+|\s-+\s|[\n\r\u2028\u2029]")
_WORDS = re.compile(r"[\w']+")
_WORDS_OR_EQUALS = re.compile(r"[\w']+|=")
_FEW = 3


def copies_instruction(text: str) -> bool:
    """Return whether a text is only a copy of our own instruction, such as "Reply STOP to end"."""
    return re.fullmatch(_COPIED, " ".join(_WORDS_OR_EQUALS.findall(text))) is not None


def asks_to_stop(text: str) -> bool:
    """Return whether a text asks to be left alone.

    An opt-out instruction in it, ours or another sender's, counts only if at most three other words stand beside it.
    """
    own, instructions = re.subn(_INSTRUCTION, " . ", " ".join(text.split()))
    if instructions and len(_WORDS.findall(own)) <= _FEW:
        return True
    if re.search(_WISH, own) or re.fullmatch(_ALONE, " ".join(_WORDS.findall(text))):
        return True
    sentences = (" ".join(_WORDS.findall(part)) for part in _SENTENCE_BREAK.split(re.sub(_INSTRUCTION, " . ", text)))
    return any(re.fullmatch(_BARE, sentence) for sentence in sentences) or bool(re.match(_OPENS, text.lstrip()))
