"""The words that data sets, projects and people have for the eight expressions.

English with its usual misspellings, German, French, Spanish, Italian, Portuguese, Dutch, Turkish,
Polish and Indonesian; all in small letters and without accents, "arger" as well as "aerger". Words
that mean something else in another of these languages are left out.
"""

#: Expression → words, with spaces between them.
SYNONYMS = {
    "anger": "anger angry angery agry angy an mad rage furious annoyed annoyance irritated "
    "arger aerger argerlich aergerlich wut wutend wuetend zorn zornig bose boese sauer "
    "colere fache fachee furieux enerve "
    "ira enojo enojado enojada enfado enfadado enfadada rabia furioso "
    "rabbia arrabbiato arrabbiata raiva zangado nervoso irritado "
    "boos boosheid woede kizgin kizginlik ofke ofkeli sinirli zlosc zly gniew marah",
    "disgust": "disgust disgusted disguist disguisted digust di discust disgusting disgut aversion "
    "ekel geekelt angeekelt degout degoute degoutee asco asqueado asqueada disgusto disgustato "
    "disgustata nojo repugnancia walging afkeer igrenme igrenmis tiksinti tiksinme "
    "wstret obrzydzenie jijik",
    "fear": "fear fearful fearfull afraid scared frightened terrified fe fera anxious anxiety "
    "angst angstlich aengstlich furcht furchtsam peur apeure apeuree effraye effrayee miedo "
    "asustado asustada temor paura impaurito impaurita spaventato medo assustado assustada bang "
    "bange korku korkmus korkan strach przestraszony takut",
    "happiness": "happiness happy joy joyful joyfull smile smiling smiley smiled laugh "
    "laughing cheerful glad happyness hapiness happines hapy hppy ha freude frohlich froehlich "
    "glucklich gluecklich gluck glueck lacheln laecheln lachend lachen joie joyeux joyeuse heureux "
    "heureuse bonheur felicidad feliz alegria alegre contento contenta felicita "
    "felice gioia sorridente felicidade blij blijdschap vreugde mutlu mutluluk mutluyum sevinc "
    "gulumseme gulen szczescie szczesliwy radosc wesoly senang bahagia gembira",
    "sadness": "sadness sad sa saddness sadnes saddnes unhappy sorrow crying trauer traurig "
    "traurigkeit tristesse triste tristeza tristezza verdriet verdrietig droevig uzgun uzgunluk "
    "uzuntu mutsuz smutek smutny sedih",
    "surprise": "surprise surprised surprize suprise suprised supprise surpise surprized "
    "surprice surprisd suprize su astonished amazed shocked uberraschung ueberraschung "
    "uberrascht ueberrascht erstaunt erstaunen surpris sorpresa sorprendido sorprendida sorpreso "
    "surpreso surpresa surpresos verrast verrassing saskin saskinlik sasirma sasirmis zaskoczenie "
    "zaskoczony zdziwienie terkejut kaget",
    "neutral": "neutral neutrality calm ne nuetral netural neural nutral natural "
    "normal neutre neutro neutra neutrale neutraal neutralitat neutralitaet notr dogal normallik "
    "sakin neutralny netral expressionless",
    "contempt": "contempt contemptuous contemp contemt comtempt verachtung verachtlich "
    "veraechtlich mepris meprisant desprecio despectivo disprezzo desprezo minachting kucumseme "
    "asagilama pogarda",
}
#: What may stand beside the word in the name of a folder: 0_angry, angry_faces, "class 3 - fear".
BESIDE = (
    *("face", "faces", "image", "images", "picture", "pictures", "pic", "pics", "photo", "photos"),
    *("img", "imgs", "class", "label", "emotion", "expression", "expressions", "people", "person"),
    *("gesicht", "gesichter", "bild", "bilder", "en", "emotions", "cls", "i", "am", "feeling"),
)
