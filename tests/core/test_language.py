"""Which language a text is in, by its commonest words and its script."""

import pytest

from aggregator.core import language

SENTENCES = {
    "de": "Die Stadt baut die Brücke über den Fluss neu, und das ist nicht die letzte, denn "
    "auch der Bahnhof ist alt und wird von einer Firma aus dem Norden geprüft.",
    "en": "The town will build the bridge over the river anew, and it is not the last of "
    "them, for the station is old and will be looked at by a firm from the north.",
    "fr": "La ville va reconstruire le pont sur la rivière, et ce n'est pas le dernier, car "
    "la gare est vieille et sera examinée par une entreprise du nord qui est dans la "
    "région.",
    "es": "La ciudad va a construir el puente sobre el río, y no es el último de los que se "
    "harán, como la estación, que es vieja y será vista por una empresa del norte.",
    "it": "La città costruisce il ponte sul fiume, e non è più il solo, perché la stazione è "
    "vecchia e sarà vista da una ditta del nord che è nella regione con gli altri.",
    "ro": "Orașul construiește podul peste râu din nou, și nu este ultimul, pentru că gara "
    "este veche și va fi văzută de o firmă din nord care a fost aleasă după licitație.",
    "hu": "A város újjáépíti a hidat a folyó felett, és ez nem az utolsó, mert az állomás is "
    "régi, és egy északi cég vizsgálja meg, hogy mit kell még tenni vagy csak javítani.",
    "fi": "Kaupunki rakentaa sillan joen yli uudelleen, ja se ei ole viimeinen, sillä asema "
    "on myös vanha ja sen tutkii yritys pohjoisesta, mutta hän sanoi että työt ovat "
    "kuin uusia.",
    "hr": "Grad će ponovno graditi most koji je star, a nije posljednji, jer se kolodvor od "
    "kamena na sjeveru kao i ostalo što je samo teret nakon godine ili dvije mora "
    "obnoviti.",
    "sq": "Qyteti do të ndërtojë urën mbi lumë, dhe nuk është e fundit, sepse stacioni në "
    "veri është i vjetër dhe për këtë një firmë që vjen nga veriu i kanë bërë më shumë.",
    "id": "Kota akan membangun jembatan di atas sungai itu, dan ini tidak yang terakhir, juga"
    " untuk stasiun yang tua dan akan dilihat pada tahun ini dengan bantuan dari "
    "perusahaan.",
    "tl": "Ang lungsod ay muling magtatayo ng tulay sa ilog, at hindi lang ito dahil ang mga "
    "istasyon ay luma na rin daw, pero naman sa ngayon ay titingnan niya ang mga gusali"
    " ng bayan.",
    "la": "Urbs pontem in flumine et viam ad montem aedificat, sed non sunt ultimi, quod "
    "statio ex lapide est et per annos cum populo stetit ut esse posset quae nunc est.",
}


@pytest.mark.parametrize(("name", "text"), SENTENCES.items())
def test_a_language_is_told_by_its_commonest_words(name: str, text: str) -> None:
    assert language.guess(text) == name
    # What the page says of itself is overruled only where the words speak plainly.
    assert language.choose([name], text) == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bn", "শহরটি নদীর উপর সেতুটি নতুন করে নির্মাণ করবে"),
        ("ka", "ქალაქი ახლიდან ააშენებს ხიდს მდინარეზე"),
        ("hy", "Քաղաքը նորից կկառուցի գետի վրայի կամուրջը"),
        ("ta", "நகரம் ஆற்றின் மீது பாலத்தை மீண்டும் கட்டும்"),
        ("te", "నగరం నదిపై వంతెనను మళ్లీ నిర్మిస్తుంది"),
        ("ja", "市は川に架かる橋を新しく建設する"),
    ],
)
def test_a_script_tells_by_itself(name: str, text: str) -> None:
    assert language.guess(text) == name


def test_a_template_in_another_language_is_overruled() -> None:
    assert language.choose(["en-US"], SENTENCES["ro"]) == "ro"
    assert language.choose(["en-US"], SENTENCES["sq"]) == "sq"


def test_too_few_words_tell_nothing() -> None:
    assert language.guess("Die Stadt baut") is None
    assert language.choose(["nl"], "Die Stadt baut") == "nl"
