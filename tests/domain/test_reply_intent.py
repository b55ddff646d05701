"""What incoming messages ask for (docs/rules.md 5.3-5.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.reply_intent import ReplyIntent, classify_reply

OPT_OUT = (
    "STOP",
    "STOPALL",
    "STOP ALL",
    "UNSUBSCRIBE",
    "UNSUB",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
    "OPT OUT",
    "OPT-OUT",
    "STOP2QUIT",
    "STOP 2 QUIT",
    "STOP=QUIT",
    "STOP PLEASE",
    "I opt out",
)
around = st.text(
    st.sampled_from(" \t\n\u00a0\u200b\ufeff\u00ad.,!?…-–*_~'\"“”‘’«»()[]#<>@")
    | st.sampled_from("🛑😀❤\ufe0f\u200d🏽🇺🇸👍\U000e0067™©ℹ\u2069\x00")
)


def cases(word: str) -> st.SearchStrategy[str]:
    full_width = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)
    return st.sampled_from([word, word.lower(), word.title(), word.swapcase(), full_width])


@given(around, st.sampled_from(OPT_OUT).flatmap(cases), around, st.booleans())
def test_the_words_opt_out_whatever_is_around_them(left: str, word: str, right: str, opted_out: bool) -> None:
    assert classify_reply(left + word + right, opted_out=opted_out) is ReplyIntent.OPT_OUT


@given(st.sampled_from(OPT_OUT), st.sampled_from(["it", "my rsvp", "by", "the bill", "x", "7"]), around)
def test_with_another_word_they_never_opt_out(word: str, other: str, gap: str) -> None:
    assert classify_reply(f"{word} {gap} {other}", opted_out=False) is not ReplyIntent.OPT_OUT
    assert classify_reply(f"{other} {gap} {word}", opted_out=False) is not ReplyIntent.OPT_OUT


@pytest.mark.parametrize(
    "body",
    [
        "STOP!!!",
        '"Stop."',
        "Stop 🛑",
        "🙅🏽‍♀️ stop ❤️",
        "stop   please",
        "stop\nall",
        "stop\u00a0all",
        "Opt‑out",
        "st\u00adop",
        "ＳＴＯＰ",
        "𝐒𝐓𝐎𝐏",
        "1️⃣ stop™️",
        "...end",
        "(cancel)",
    ],
)
def test_opt_outs(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.OPT_OUT


@pytest.mark.parametrize(
    "body",
    [
        "STOP to end",
        "Stop to opt out",
        "STOP to opt-out.",
        "stop to unsubscribe",
        "STOP to quit",
        "STOP to end texts",
        "Stop2End",
        "STOP=END",
        "Text STOP",
        "text stop to cancel",
        "Reply STOP to end",
        'Reply "STOP" to opt out.',
        "To opt out reply STOP",
        "Envíe STOP para cancelar",
        "Responda ALTO para no recibir más mensajes",
        "Répondez ARRET pour vous désabonner",
        "STOP pour arrêter",
    ],
)
def test_our_own_instruction_with_nothing_else_opts_out(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.OPT_OUT


@pytest.mark.parametrize(
    "word",
    [
        *("ALTO", "PARAR", "Pare", "DETENER", "CANCELAR", "BAJA", "DESUSCRIBIR"),
        *("ARRET", "ARRÊT", "ARRETER", "Arrêtez", "Arrête", "arrête svp", "DESABONNER", "DÉSABONNER", "ANNULER"),
        *("STOP SVP", "stop por favor", "Alto por favor", "Arrêt s’il vous plaît", "stop pls", "S T O P", "S.T.O.P."),
    ],
)
@given(left=around, right=around)
def test_the_words_of_spanish_and_french_speakers_opt_out(left: str, word: str, right: str) -> None:
    assert classify_reply(left + word + right, opted_out=False) is ReplyIntent.OPT_OUT


@pytest.mark.parametrize(
    "body",
    [
        "STOPSTOP",
        "STOP I moved",
        "stop wrong number",
        "Wrong number stop",
        "not interested stop",
        "STOP this is a landline",
        "STOP to end please",
        "I said stop",
        "I already texted STOP",
        "Stop sending",
        "unsubscribe please",
        "unsubcribe",
        "End please",
        "cancel please",
        "no more",
        "no more msgs",
        "dont msg me",
        "Do not text.",
        "I want out",
        "remove this number",
        "Get me off this list",
        "I don't want to hear from you",
        "I do not wish to be contacted",
        "Quit texting",
        "How do I get off your list?",
        "Enough with the texts",
        *("unsubscribed", "Stoppp", "ST0P"),
        "How many times do I have to say stop",
        *("I revoke my consent", "revoke consent", "I want to stop receiving these"),
    ],
)
def test_more_near_misses(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.NEAR_MISS


@pytest.mark.parametrize(
    "body",
    [
        "no me escriban más",
        "Por favor, no me manden mas mensajes",
        "no me llamen",
        "Deje de escribirme",
        "paren de mandarme mensajes",
        "Ya no quiero mensajes",
        "no quiero recibir más sus textos",
        "Quítenme de la lista",
        "saqueme de su lista por favor",
        "Borre mi número",
        "bórrenme",
        "quiero darme de baja",
        "No más mensajes",
        "basta de mensajes!",
        "DÉJENME EN PAZ",
        "dejeme tranquila",
        "Cancelar mi suscripción",
        "No vuelvan a escribirme",
        *("de baja", "quiteme", "eliminarme", "no moleste más"),
        *("FIN", "Para", "¡Basta!", "NO MÁS", "salir", "Terminar", "ELIMINAR", "quitar", "Alto. No soy Maria"),
        *("Detener mensajes", "Parar los mensajes", "STOP mensajes", "déjeme de escribir", "Dejar de enviar mensajes"),
    ],
)
def test_what_spanish_speakers_say_is_a_near_miss(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.NEAR_MISS


@pytest.mark.parametrize(
    "body",
    [
        "Arrêtez de m'écrire",
        "arretez de m’envoyer des textos",
        "Cessez de me contacter",
        "Ne m'écrivez plus",
        "ne me textez plus svp",
        "merci de ne plus me contacter",
        "Retirez-moi de la liste",
        "enlevez mon numéro",
        "Désabonnez-moi",
        "je veux me désinscrire",
        "Plus de messages svp",
        "je ne veux plus recevoir de messages",
        "je veux plus recevoir vos textos",
        "arrêtez les messages",
        "Laissez-moi tranquille",
        "fichez-moi la paix",
        *("Veuillez me retirer", "Veuillez cesser", "Veuillez arrêter", "Retirez-moi", "Enlevez-moi svp"),
        *("Cessez tout envoi", "Ne plus envoyer de sms", "Lâchez-moi la paix"),
        *(
            "Stop merci",
            "Arrête ça",
            "Arrêtez ça",
            "J'ai dit stop",
            "Ne m'envoyez pas de messages",
            "Ne m'écrivez pas",
            "ça suffit",
            "Non, arrêtez. On vote ailleurs",
            "Arrêtez svp de m'envoyer des textos",
            "Cessez",
        ),
    ],
)
def test_what_french_speakers_say_is_a_near_miss(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.NEAR_MISS


@pytest.mark.parametrize(
    "body",
    [
        "para mañana",
        "para mí sí",
        "¿Para qué?",
        "buen fin de semana",
        "es muy alto",
        "alto y claro",
        "la baja",
        "salir a votar",
        "cancelar mi cita",
        "no puedo parar",
        "basta con votar",
        "no me mandes la factura todavía",
        "no dejen de escribirme",
        "pare aquí mañana",
        "l'arrêt de bus",
        "c'est la fin",
        "n'arrêtez pas de m'écrire",
        "arrêtez la production",
        "I told you to stop by",
        "Ne m'appelez pas avant 18h svp",
        "Ne m'appelez pas demain, plutôt lundi",
        "Ne m'écrivez pas en anglais svp",
        "Ne m'envoyez pas de courrier, un sms suffit",
        "Je me suis désabonné du journal",
        "Me désinscrire de la liste électorale de Lyon",
        "Quiero darme de baja del partido republicano",
        "Don't message my wife, she votes for the other guy",
        "annulez la commande",
        "j'ai plus de messages que d'habitude",
        "end to end",
        "Don't leave me alone with this ballot",
        "I saw your stop sign",
        "no more taxes",
        "remove the dam",
        "it'll stop raining",
        "opt for the other one",
        *("They want to revoke our rights", "stop receiving dark money", "no puedo dejar de enviar mensajes a mi tía"),
        *("el coche va a parar", "dejar de votar", "cessez le feu"),
    ],
)
def test_more_ordinary_replies(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.ORDINARY


@pytest.mark.parametrize(
    ("body", "intent"),
    [
        ("Vote on Tuesday! Reply STOP to opt out", ReplyIntent.NEAR_MISS),
        ("Please vote on Tuesday! Reply STOP to opt out", ReplyIntent.ORDINARY),
        ("Ann here now. Text STOP to 80001", ReplyIntent.NEAR_MISS),
        ("Ann is here now. Text STOP to 80001", ReplyIntent.ORDINARY),
    ],
)
def test_up_to_three_words_beside_an_instruction_leave_it_a_wish_perhaps(body: str, intent: ReplyIntent) -> None:
    assert classify_reply(body, opted_out=False) is intent


@pytest.mark.parametrize(
    "body",
    [
        "Come to the rally on Saturday at 5, bring friends! Reply STOP to opt out",
        "Win a phone! Call 555 0100 today. To unsubscribe text STOP to 80001",
        "Hi Maria, it's Kim with Harbor Votes. Will you vote? STOP to end",
        "> Reply STOP to opt out\n\nno thanks",
    ],
)
def test_an_instruction_in_a_longer_text_is_not_a_wish(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.ORDINARY


@pytest.mark.parametrize(
    "body",
    [
        "Come to the rally on Saturday at 5! Reply STOP to opt out\nPlease remove me",
        "> Reply STOP to opt out\nplease stop",
    ],
)
def test_a_wish_beside_our_own_text_is_heard(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.NEAR_MISS


@pytest.mark.parametrize(
    "body",
    [
        "please stop",
        "Please, stop!",
        "Can you please stop?",
        "please stop this",
        "please stop I voted already",
        "please 🙏 stop",
        "Please stop 🛑 we moved",
        "pls stop texting",
        "remove me",
        "please remove me",
        "Remove me from this list",
        "Please remove my number",
        "take me off your list",
        "Take me off the list.",
        "take me off this call list please",
        "Take me off!",
        "unsubscribe me",
        "How do I unsubscribe?",
        "lose my number",
        "LOSE MY NUMBER!!",
        "do not contact me",
        "don't text me",
        "Don’t message me again",
        "dont call me",
        "DON´T EVER CONTACT ME",
        "stop texting me",
        "Stop messaging me!",
        "you need to stop contacting me",
        "Stop texting.",
        "stop sending me this",
        "stop these messages",
        "no more texts",
        "stop texting 415-555-2000",
        "Please stop calling (415) 555 2000!",
        "remove +14155552000 from your list",
        "opt me out",
        "I want to opt out",
        "Wrong number. Stop",
        "STOP\nSent from my phone",
        "Stop, please",
        "stop stop stop",
        "REMOVE",
        "ＰＬＥＡＳＥ ＳＴＯＰ",
        "please\u200b stop",
    ],
)
def test_near_misses(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.NEAR_MISS


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "🛑",
        "!!!",
        "Stop by anytime!",
        "We have got to STOP this terrible bill",
        "can't stop",
        "can’t stop, won’t stop",
        "cancel my rsvp",
        "weekend",
        "The end",
        "please stop by",
        "Please stop by, I'm home",
        "Yes please. Stop by!",
        "please stop the bill",
        "please stop them",
        "Please stop this war",
        "please stop at 5",
        "don't stop",
        "Please don't stop",
        "Don’t stop texting me, I love it",
        "don't remove me",
        "Never unsubscribe me!",
        "Don't lose my number",
        "nonstop",
        "the bus stop!",
        "quit smoking",
        "they removed me",
        "remove men from power",
        "take me off guard",
        "text me",
        "call me",
        "I do not call many people",
        "stoppen",
        "restart",
        "yes!",
        "START",
        "unstop",
    ],
)
def test_ordinary_replies(body: str) -> None:
    assert classify_reply(body, opted_out=False) is ReplyIntent.ORDINARY


@given(around, st.sampled_from(["START", "UNSTOP", "YES"]).flatmap(cases), around)
def test_opting_in_is_only_for_the_opted_out(left: str, word: str, right: str) -> None:
    body = left + word + right
    assert classify_reply(body, opted_out=True) is ReplyIntent.OPT_IN
    assert classify_reply(body, opted_out=False) is ReplyIntent.ORDINARY


@pytest.mark.parametrize("body", ["yes please", "Yes, I voted", "start over", "don't start"])
def test_more_than_the_word_does_not_opt_in(body: str) -> None:
    assert classify_reply(body, opted_out=True) is ReplyIntent.ORDINARY


@given(st.text(), st.booleans())
def test_any_text_is_heard(body: str, opted_out: bool) -> None:
    assert classify_reply(body, opted_out=opted_out) in ReplyIntent
