"""Words that say nothing about the event: the function words of the languages most polled.

They only matter while few documents have been seen; later their frequency tells them by itself.
"""

from types import MappingProxyType
from typing import Final

__all__ = ["STOPWORDS", "of"]

_LISTS: Final = {
    "de": """
        ab aber alle allem allen aller alles als also am an ander andere anderen auch auf
        aus außer bald bei beim bereits bin bis bist da dabei dadurch dafür dagegen daher
        damit danach dann daran darauf daraus darf darin darüber darum das dass dein dem
        den denen denn der deren des dessen dich die dies diese diesem diesen dieser
        dieses doch dort du durch dürfen ein eine einem einen einer eines einige einigen
        er erst es etwa etwas euch euer für gab gegen gegenüber gehen geht gibt hab habe
        haben hat hatte hatten her heute hier hin hinter ich ihm ihn ihnen ihr ihre ihrem
        ihren ihrer im immer in ins ist ja jede jedem jeden jeder jedes jedoch jene jetzt
        kam kann kein keine keinem keinen keiner kommen kommt konnte können könnte lassen
        laut machen macht man mehr mein meine mich mir mit muss müssen musste nach nachdem
        neben nein nicht nichts noch nun nur ob oder ohne schon sehr sei sein seine seinem
        seinen seiner seit selbst sich sie sind so sogar soll sollen sollte sondern sonst
        sowie statt über um und uns unser unter viel viele vielen vom von vor während war
        waren warum was weil weiter welche wenn wer werde werden wie wieder will wir wird
        wo wohl wollen wollte worden wurde wurden würde würden zu zum zur zwar zwischen
        sagt sagte uhr jahr jahre jahren
    """,
    "en": """
        a about above after again against all also am an and any are aren as at back be
        because been before being below between both but by can cannot could couldn d did
        didn do does doesn doing don down during each even ever every few for from further
        get gets got had hadn has hasn have haven having he her here hers him himself his
        how however i if in into is isn it its itself just last like ll m made make many
        may me might mightn more most much must my myself near new no nor not now of off
        on once one only or other our ours out over own part per re s said same say says
        she should shouldn since so some still such t than that the their theirs them
        themselves then there these they this those though through to too two under until
        up upon us ve very via was wasn we well were weren what when where which while who
        whom whose why will with within without won would wouldn year years yet you your
        yours
    """,
    "fr": """
        a afin ai ainsi alors après au aucun aura aussi autre autres aux avait avant avec
        avoir avons c ce cela celle celles celui cependant ces cet cette ceux chez ci
        comme comment contre d dans de depuis des deux devant doit donc dont du elle elles
        en encore entre est et été être eu eux faire fait faut fois font hors il ils j
        jamais je jusqu l la là le les leur leurs lors lui m ma mais me même mêmes mes
        moins mon n ne ni non nos notre nous on ont ou où par parce pas pendant peu peut
        plus pour pourquoi pourrait qu quand que quel quelle quelles quels qui quoi s sa
        sans se selon sera ses si sont sous soit son sur ta tandis te tes toi ton toujours
        tous tout toute toutes très trop tu un une vers voici vont vos votre vous y
    """,
    "es": """
        a al algo algunas algunos ante antes así aún aunque bajo bien cada casi como cómo
        con contra cual cuando cuándo de del desde después día días donde dónde dos
        durante e el él ella ellas ellos en entre era eran es esa ese eso esta está están
        estas este esto estos fue fueron ha había hace hacer hacia han hasta hay hoy la
        las le les lo los luego más me mi mientras mis muy nada ni no nos nosotros o os
        otra otras otro otros para pero poco por porque puede que qué quien quién quienes
        se sea según ser será si sí sido sin sobre solo sólo son su sus también tan tanto
        te tiene tienen todo todos tras tu tus un una unas uno unos y ya yo años
    """,
    "it": """
        a abbiamo ad agli ai al alcuni alla alle allo anche ancora anni avere aveva c che
        chi ci cioè come con contro cosa così cui d da dagli dai dal dalla dalle dallo
        degli dei del dell della delle dello di dopo dove due e è ed era erano fa fino fra
        gli ha hanno ho i il in infatti io l la le lei li lo loro lui ma mentre mi mia mio
        molto ne negli nei nel nell nella nelle nello noi non nostro o oggi ogni oltre per
        perché più poi prima proprio può qual quale quando quanto quasi quella quelle
        quelli quello questa queste questi questo qui s se secondo sei sempre senza si sia
        sino solo sono sopra sotto sta stata stati stato su sua subito sue sugli sui sul
        sulla sulle suo suoi tra tutta tutte tutti tutto un una uno va
    """,
    "nl": """
        aan af al alle alleen als altijd ander andere ben bij daar dan dat de den der deze
        die dit doch doen door dus echter een eens en er ge geen gaan gaat had hadden haar
        heb hebben heeft hem het hier hij hoe hun ik in is ja jaar je kan komt kon kunnen
        maar meer men met mij mijn moet moeten na naar nadat net niet niets nog nu of om
        omdat onder ons ook op over reeds sinds te tegen terwijl toch toen tot twee u uit
        uw van vanaf veel volgens voor vooral waar waren was wat we wel werd werden wie
        wij wil worden wordt zal ze zei zelf zich zij zijn zo zonder zou zouden
    """,
    "pt": """
        a ainda além algum alguns ante antes ao aos após as às até cada com como contra da
        das de dela dele deles depois desde dia dias diz do dois dos durante e é ela elas
        ele eles em entre era essa esse esta está estão este foi foram há isso isto já lhe
        mais mas me mesmo meu minha muito na não nas nem no nos nós num numa o onde ou
        outra outras outro outros para pela pelas pelo pelos por porque pode qual quando
        quanto que quem são se segundo sem ser será seu seus sob sobre sua suas também tem
        têm ter teve todo todos três tu um uma você anos
    """,
    "ru": """
        а без более бы был была были было быть в вам вас во вот все всех вы где да даже
        для до его ее если есть еще же за и из или им их к как ко когда которая которые
        который кто ли между меня мне мы на над нас не него нее ни но о об он она они оно
        от по под после при про с сам свои своих себе себя со так также там то того тоже
        только том у уже что чтобы эта эти это этого этой этом этот я
    """,
}

STOPWORDS: Final = MappingProxyType(
    {
        language: frozenset(word.casefold() for word in words.split())
        for language, words in _LISTS.items()
    }
)
"""Folded words by language code."""

_EVERY: Final = frozenset().union(*STOPWORDS.values())


def of(language: str | None) -> frozenset[str]:
    """The stopwords of a language; of all languages where it is unknown."""
    if language is None:
        return _EVERY
    return STOPWORDS.get(language.partition("-")[0].lower(), frozenset())
