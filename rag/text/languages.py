"""The language of a text, told from its letters and its commonest words.

Function words are the classical evidence (Ingle, "A language identification table", 1976; Grefenstette, "Comparing two
language identification schemes", 1995): a few dozen of them make up a good third of any prose, and no two languages
share all of theirs. A word counts the less the more of the languages have it. Meant for documents: of a line or two, or
of a table, nothing is said. `tests/unit/test_languages.py` holds the measurement.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict

_LATIN = {
    "en": "the of and to in a is that for it was on with as be by at this are from have not but they which or had an "
    "has were been their will would there what said he his she her who its you we can more one all when if "
    "than",
    "de": "der die das und in den von zu mit dem sich des auf für ist im ein nicht eine als auch es an werden aus er "
    "hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor "
    "zur bis",
    "fr": "le la les de des du et en un une est que qui dans pour pas sur ce il au par plus se avec ne sont cette "
    "ont aux mais ou nous vous elle été son sa ses leur c l d qu n s j comme tout fait être avait était ces "
    "très",
    "es": "el la los las de del y en un una que es se por con no para su al lo como más pero sus le ya o este sí "
    "porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante fue ha "
    "había era son",
    "it": "il lo la i gli le di del della dei delle e in un una che è per non con si da al dal nel sono come più "
    "anche ma ha alla nella questo questa ai o se ci essere dalla hanno era suo sua loro l d c stato tra fra "
    "fu quando",
    "pt": "o a os as de do da dos das e em um uma que é para com não por se na no mais como mas foi ao ele seu sua "
    "ou quando muito nos já eu também só pelo pela até isso ela entre depois sem mesmo aos seus quem nas são "
    "está tem",
    "ca": "el la els les de del dels i en un una que és per amb no al es com més però seu seva o ha van aquest "
    "aquesta també són hi ho va ser on entre fins perquè sense tot molt dos seus ja quan han l d n s pel als",
    "ro": "și de la în a cu pe un o din nu este care pentru că mai să se ce au fost sunt al ale le lui prin dar sau "
    "ca după fi acest această între am ei era până fără când cum el ea îi își iar unui unei asupra despre va",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij of uit nog naar heeft "
    "ze door over worden wordt hij was hebben deze die haar geen kan meer tot werd al zo wel moet tegen onder",
    "sv": "och i att det som en på är av för med den till inte om ett har de men var jag sig från vi så kan när han "
    "nu skulle efter eller hade vid ska under också där över än bara mot blev sin kommer man alla varit",
    "da": "og i at det som en på er af for med den til ikke om et har de men var jeg sig fra vi så kan når han nu "
    "skulle efter eller havde ved skal under også der over end kun mod blev sin hun man alle været nogle hvad "
    "mig uden",
    "no": "og i at det som en på er av for med den til ikke om et har de men var jeg seg fra vi så kan når han nå "
    "skulle etter eller hadde ved skal under også der over enn bare mot ble sin hun man alle vært noen hva meg "
    "uten",
    "fi": "ja on ei se että oli ovat hän kun mutta myös joka tai jos niin sen en ole mitä kuin vain sekä mukaan "
    "kanssa olla jo nyt minä tämä siitä vielä mukana ollut voi noin hänen jälkeen kuitenkin sitä ennen heidän "
    "jossa jotka eivät",
    "et": "ja on ei see et oli ta kui aga ka kes või mis ning oma seda selle olid nii siis veel välja ma pole mille "
    "kuid pärast enne juba üle sest need nende tema ainult kus väga olema saab peab olnud millest juures meie",
    "pl": "i w na z się do że nie to jest o jak ale po za co przez dla od czy są tym tak jego oraz który która które "
    "był była może ich ze już też ma tylko przy by być roku lub gdy bardzo jej nad pod jako przed ten tej tego",
    "cs": "a v na se že je to z s do o i ve jako za po ale pro by jsou jeho od k který která které byl byla bylo "
    "také nebo však při než už jen si tak aby až podle mezi před není jsem ze své ještě může podle jejich "
    "kteří u",
    "sk": "a v na sa že je to z s do o i vo ako za po ale pre by sú jeho od k ktorý ktorá ktoré bol bola bolo aj "
    "tiež alebo však pri než už len si tak aby až podľa medzi pred nie som zo svoje ešte môže ich ktorí u keď",
    "sl": "in v na se da je to z s do o za po pa ki kot ali tudi so bi pri iz ne ni od njegov kjer bil bila bilo ko "
    "še med pred le tako že lahko zaradi vse če pod kako svoje bolj ter imajo vendar zelo jih",
    "hr": "i u na se da je to s od za o a koji koja koje su ne kao iz te što bi ali po do nije će ili kako bio bila "
    "bilo samo već još kod prema između pred sve može ako nakon zbog njegov sam iako jer bez ima",
    "hu": "a az és hogy nem is egy volt meg csak de ez el ha már van mint még vagy aki lesz ki azt amely szerint "
    "után fel minden ami mert pedig között kell majd nagyon lehet ezt voltak első két le így ő itt sem",
    "tr": "ve bir bu da de için ile olarak çok daha en gibi olan ne var kadar sonra ama değil o ki her ya mi göre "
    "oldu olduğunu ise şey ancak tarafından ben kendi diye yok büyük iki bütün önce hem ona sadece",
    "lt": "ir į kad yra su iš tai ne bet kaip buvo ar jis o per po už jo ji apie nuo tik dar kuris taip jau bei pat "
    "kurie prie arba jos jų iki labai gali būti savo kai nes kurią metų to ant tačiau",
    "lv": "un ir ka ar no uz par bet kā to nav arī tas vai bija tā pie es viņš līdz pēc lai kas ja gan jau tikai vēl "
    "šo savu būt viņa tie kuri ko pat tiek ļoti kur gada bez kad vairāk",
    "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena ada mereka oleh telah "
    "bisa sudah atau lebih adalah sebagai dia kami tersebut kata seperti saat tahun para orang hanya secara "
    "menjadi satu",
    "vi": "và của là có được cho không các trong người với một những để đã này khi đến ra từ về như ở vào cũng nhiều "
    "còn sẽ tại theo nhưng sau phải năm đó trên bị làm hơn ông mà nên vì nếu",
    "sw": "ya na wa kwa ni katika la za kuwa cha hii yake huyo hiyo alisema watu ambao kama pia hata kutoka baada "
    "mwaka lakini wake vya wakati hilo hayo yao bila kila sana ambayo huo tu ili hapo",
}
_CYRILLIC = {
    "ru": "и в не на что он с как это по но из у за от так о же его к все она был бы для вы мы до только или если "
    "уже когда их чтобы было были который которые также этого при том того более после ещё еще может нет",
    "uk": "і в не на що він з як це по але із у за від так про же його до всі вона був би для ви ми та тільки або "
    "якщо вже коли їх щоб було були який які також цього при тому того більше після ще може немає є й",
    "be": "і ў не на што ён з як гэта па але у за ад так пра жа яго да ўсе яна быў бы для вы мы толькі або калі ўжо "
    "іх каб было былі які якія таксама гэтага пры больш пасля яшчэ можа няма ці ад",
    "bg": "и в не на че той с как това по но от за да се е са беше ще или ако вече когато им за него бяха който "
    "които също при този тази повече след още може няма като към през който до си със",
    "sr": "и у не на да је се он са као то по али из за од су би који која које или ако већ када њих што било били "
    "такође овог при том више после још може нема о ће није до само",
    "mk": "и во не на дека тој со како тоа по но од за да се е ќе или ако веќе кога нив беше беа кој кои исто овој "
    "оваа повеќе по уште може нема што ги го ја му при до",
}
_SCRIPTS = {
    "GREEK": "el",
    "HEBREW": "he",
    "ARABIC": "ar",
    "THAI": "th",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
}
_PERSIAN = frozenset("پچژگی")
_LONGEST = 6_000
"""Characters that are looked at."""
_MOST_LETTERS = 2_000
"""Letters whose script is looked up."""
_FEWEST_HITS = 5
"""Function words that must be there."""
_LEAST_SHARE = 0.15
"""Share of all words that they must make up: tables and code have hardly any."""
_FEWEST_LETTERS = 10
_MARGIN = 1.1
"""How far ahead of the second language the first must be."""
_JAPANESE = 0.05
"""Share of kana from which on Chinese characters are Japanese."""
_WORD = re.compile(r"[^\W\d_]+")


def _by_word(languages: dict[str, str]) -> dict[str, frozenset[str]]:
    """Return for each word the languages that have it."""
    known: defaultdict[str, set[str]] = defaultdict(set)
    for language, listed in languages.items():
        for word in listed.split():
            known[word].add(language)
    return {word: frozenset(having) for word, having in known.items()}


_KNOWN = {"LATIN": _by_word(_LATIN), "CYRILLIC": _by_word(_CYRILLIC)}


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language that most of `text` is in, None where that cannot be told."""
    plain = unicodedata.normalize("NFC", text[:_LONGEST]).lower()
    script = _script(plain)
    if script in _KNOWN:
        return _by_words(plain, _KNOWN[script])
    if script == "ARABIC":
        return "fa" if len(_PERSIAN & set(plain)) >= len(_PERSIAN) - 1 else "ar"
    return _SCRIPTS.get(script or "")


def _script(text: str) -> str | None:
    """Return the script of most letters, by the first word of their Unicode names."""
    letters = "".join(_WORD.findall(text))[:_MOST_LETTERS]
    counts: Counter[str] = Counter()
    for letter, count in Counter(letters).items():
        counts[unicodedata.name(letter, "?").split()[0]] += count
    if not counts or sum(counts.values()) < _FEWEST_LETTERS:
        return None
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if kana >= _JAPANESE * sum(counts.values()) and kana + counts["CJK"] > len(letters) / 2:
        return "HIRAGANA"
    script, count = counts.most_common(1)[0]
    return script if count > len(letters) / 2 else None


def _by_words(text: str, known: dict[str, frozenset[str]]) -> str | None:
    found = Counter(_WORD.findall(text))
    hits: Counter[str] = Counter()
    scores: defaultdict[str, float] = defaultdict(float)
    for word, count in found.items():
        having = known.get(word, frozenset())
        for language in having:
            hits[language] += count
            scores[language] += count / len(having)
    ranked = sorted(scores, key=lambda language: (-scores[language], language))
    if not ranked:
        return None
    first, second = ranked[0], scores[ranked[1]] if len(ranked) > 1 else 0.0
    enough = hits[first] >= max(_FEWEST_HITS, _LEAST_SHARE * found.total())
    return first if enough and scores[first] >= _MARGIN * second else None
