"""Sign-offs as agencies and outlets of many countries write them, and lines that look like some."""

import pytest

from aggregator.core.agency import cut_sign_off, join, sign_off

GERMAN = (
    ("dpa/lno", "dpa", ""),
    ("(dpa/bur)", "dpa", "bur"),
    ("(mit dpa)", "dpa", ""),
    ("(mit dpa/AFP)", "dpa/AFP", ""),
    ("dpa-infocom GmbH", "dpa", ""),
    ("© dpa-infocom, dpa:260302-930-123/1", "dpa", ""),
    ("Mit Material der Deutschen Presse-Agentur", "dpa", ""),
    ("Deutsche Presse-Agentur (dpa)", "dpa", ""),
    ("Nachrichtenagentur dpa", "dpa", ""),
    ("Mit Informationen der Nachrichtenagenturen dpa und AFP", "dpa/AFP", ""),
    ("Dieser Artikel wurde mit Material der dpa erstellt", "dpa", ""),
    ("In Zusammenarbeit mit dpa", "dpa", ""),
    ("Mit Agenturmaterial (dpa)", "dpa", ""),
    ("(Quelle: dpa)", "dpa", ""),
    ("Quelle: F.A.Z. mit dpa", "dpa", ""),
    ("Quelle: ZEIT ONLINE, dpa, AFP, fin", "dpa/AFP", "fin"),
    ("Quelle: ntv.de, jwu/dpa", "dpa", "jwu"),
    ("Quellen: dpa, AFP, eigene Recherche", "dpa/AFP", ""),
    ("Quelle: Stadtverwaltung Dornau, dpa", "dpa", "Stadtverwaltung Dornau"),
    ("Verwendete Quellen: Nachrichtenagenturen dpa und AFP", "dpa/AFP", ""),
    ("Verwendete Quellen: eigene Beobachtungen vor Ort, Nachrichtenagentur dpa", "dpa", ""),
    ("DER SPIEGEL, dpa, AFP", "dpa/AFP", ""),
    ("mik/dpa/AFP/Reuters", "dpa/AFP/Reuters", "mik"),
    ("SZ/dpa/mkoh/saul", "dpa", "mkoh saul"),
    ("dpa/acr/LTO-Redaktion", "dpa", "acr"),
    ("(dpa/jW)", "dpa", ""),
    ("red/dpa", "dpa", ""),
    ("Redaktion/dpa", "dpa", ""),
    ("RND/dpa", "dpa", ""),
    ("kle/pg (dpa, afp, rtr)", "dpa/AFP/Reuters", "kle pg"),
    ("Max Mustermann, dpa", "dpa", "Max Mustermann"),
    ("(Max Mustermann mit dpa)", "dpa", "Max Mustermann"),
    ("dpa | Max Mustermann", "dpa", "Max Mustermann"),
    ("epd lnb mig", "epd", "mig"),
    ("epd lmw", "epd", ""),
    ("Von epd und KNA", "epd/KNA", ""),
    ("KNA/chl/joh", "KNA", "chl joh"),
    ("pw/cne AFP", "AFP", "pw cne"),
    ("bur/cp © AFP", "AFP", "bur cp"),
    ("AFP/dpa/lni", "AFP/dpa", ""),
    ("© AFP 2026", "AFP", ""),
    ("SID xy/ab", "SID", "xy ab"),
    ("dpa-AFX/zb", "dpa-AFX", "zb"),
    (
        "Geschrieben von Anna Holm, redigiert von Jan Berg. Rückfragen an die Redaktion",
        "Reuters",
        "",
    ),
    (
        "Original-Content von: Polizei Dornau, übermittelt durch news aktuell",
        "ots",
        "",
    ),
)
AUSTRIAN = (
    ("(APA/red, 2.3.2026)", "APA", ""),
    ("(red, APA, 2.3.2026)", "APA", ""),
    ("(red/APA)", "APA", ""),
    ("(APA/dpa/Reuters)", "APA/dpa/Reuters", ""),
    ("(SN/APA)", "APA", ""),
    ("Kurier/APA", "APA", ""),
    ("ag., red, apa", "APA", ""),
    ("red, ORF.at/Agenturen", "", ""),
    ("APA-OTS", "APA-OTS", ""),
)
SWISS = (
    ("SDA/abc", "sda", "abc"),
    ("(sda/afp/reuters)", "sda/AFP/Reuters", ""),
    ("sda/dpa/reu", "sda/dpa/Reuters", ""),
    ("(Keystone-SDA)", "sda", ""),
    ("srf/agenturen/hosb;brus", "", "hosb brus"),
    ("(awp)", "AWP", ""),
    ("Keystone-ATS", "ATS", ""),
    ("ATS/afp", "ATS/AFP", ""),
)
ENGLISH = (
    ("— The Associated Press", "AP", ""),
    ("—Associated Press writer Anna Holm in Paris contributed to this report.", "AP", ""),
    ("The Associated Press contributed to this report.", "AP", ""),
    ("With files from The Canadian Press", "CP", ""),
    ("This report by The Canadian Press was first published March 2, 2026.", "CP", ""),
    ("(With inputs from PTI)", "PTI", ""),
    ("With inputs from agencies", "", ""),
    ("Staff and agencies", "", ""),
    ("© Thomson Reuters 2026", "Reuters", ""),
    ("Source: Reuters", "Reuters", ""),
    ("AFP/Reuters", "AFP/Reuters", ""),
    ("– AAP", "AAP", ""),
    ("Copyright 2026 AFP. All rights reserved.", "AFP", ""),
)
OTHERS = (
    ("Avec AFP", "AFP", ""),
    ("(avec AFP et Reuters)", "AFP/Reuters", ""),
    ("Le Courrier avec AFP", "AFP", ""),
    ("La rédaction avec AFP", "AFP", ""),
    ("Source : AFP", "AFP", ""),
    ("L'Écho/afp", "AFP", ""),
    ("(Belga)", "Belga", ""),
    ("Con información de EFE", "EFE", ""),
    ("Con información de EFE y AFP", "EFE/AFP", ""),
    ("Fuente: EFE", "EFE", ""),
    ("Redacción / EFE", "EFE", ""),
    ("Agencias", "", ""),
    ("(Europa Press)", "Europa Press", ""),
    ("(ANSA).", "ANSA", ""),
    ("Redazione ANSA", "ANSA", ""),
    ("Fonte: Adnkronos", "Adnkronos", ""),
    ("© Riproduzione riservata ANSA", "ANSA", ""),
    ("(askanews)", "askanews", ""),
    ("ANP/Belga", "ANP/Belga", ""),
    ("Źródło: PAP", "PAP", ""),
    ("Com agências", "", ""),
    ("(Lusa)", "Lusa", ""),
)
NONE = (
    "Foto: dpa",
    "(Foto: picture alliance/dpa)",
    "Symbolbild: AFP",
    "Video: Reuters",
    "dpa-Nachrichten",
    "Er kam mit dpa",
    "laut dpa",
    "wie AFP",
    "sagte dpa",
    "Reuters in Berlin",
    "Die AFP schweigt",
    "dpa und die anderen Agenturen Europas",
    "Die Agentur dpa meldet den Abschluss.",
    "Nach Angaben der Agentur Reuters",
    "AP, Microsoft und Apple",
    "AP, NASA",
    "CDU/SPD/AP",
    "SPD, AP und CDU",
    "PA/SPD",
    "AP Møller",
    "PA system",
    "AA-Batterien",
    "TT-Rennen",
    "(CDU)",
    "(SPD/CDU)",
    "(Mitte)",
    "(2026)",
    "2. März 2026",
    "Red Bull",
    "Keystone XL",
    "Agentur für Arbeit",
    "Agenturen der Stadt",
    "Siemens AG",
    "Quelle: Polizei Dornau",
    "Quelle: Statistisches Amt, Grafik: dpa",
    "Quelle: eigene Berechnungen",
    "Quellen:",
    "Verwendete Quellen: Stadtarchiv Dornau",
    "Mit Material der Stadtwerke",
    "Mit Informationen aus dem Rathaus",
    "In Zusammenarbeit mit der Stadt",
    "Text: Anna Holm",
    "Anna Holm, Dornau",
    "Von Anna Holm und Jan Berg",
    "Dieser Artikel wurde am Montag ergänzt",
    "Copyright 2026 Dornau Verlag",
    "© Dornauer Kurier",
    "Redaktion",
    "red",
    "ZEIT ONLINE",
    "gom/bua",
    "Interfax-Chef",
    "Belga Queen",
    "EFE-Preis für Dornau",
    "Writing by hand helps to remember",
    "Anna Holm contributed to this report.",
    "Reported by the council",
    "The Press",
    "Source: City of Dornau",
    "With thanks to the Canadian army",
    "Staff",
    "Avec Anna Duval",
    "Le Courrier",
    "Source : mairie de Dornau",
    "Con información del ayuntamiento",
    "Fuente: Ayuntamiento de Dornau",
    "Redazione",
    "Fonte: Comune di Dornau",
    "Original-Content von Dornau",
    "Bericht von Anna Holm",
    "AFP erklärt: Was der Beschluss bedeutet",
    "dpa: Die Lage am Morgen",
    "(APA) Rapid Dornau gegen Austria Holm, Stadion am See",
    "REUTERS/Anna Holm/File Photo",
    "Source: PAP / Anna Holm Crowds on the bridge and the banks below",
)


@pytest.mark.parametrize(
    ("text", "agencies", "people"), [*GERMAN, *AUSTRIAN, *SWISS, *ENGLISH, *OTHERS]
)
def test_reads_a_sign_off(text: str, agencies: str, people: str) -> None:
    credit = sign_off(text)

    assert credit is not None
    assert join(credit.agencies) == (agencies or None)
    assert " ".join(credit.initials) == people


@pytest.mark.parametrize("text", NONE)
def test_what_looks_like_a_sign_off_is_none(text: str) -> None:
    assert sign_off(text) is None


@pytest.mark.parametrize(
    ("kept", "cut"),
    [
        ("Die Bahn fährt wieder.", "© dpa-infocom, dpa:260302-930-123/1"),
        ("Die Bahn fährt wieder.", "Quelle: dpa"),
        ("Die Bahn fährt wieder.", "kle/pg (dpa, afp, rtr)"),
        ("Die Bahn fährt wieder.", "SZ/dpa/gom"),
        ("Die Bahn fährt wieder.", "dpa, AFP"),
        ("Die Bahn fährt wieder.", "epd lnb mig"),
        ("Die Bahn fährt wieder.", "(APA/red, 2.3.2026)"),
        ("Die Bahn fährt wieder", "(hil/dpa)."),
        ("Die Bahn fährt. Sie hält. Alle jubeln.", "dpa"),
        ("Die Bahn fährt. Sie hält. Alle jubeln.", "(dpa)"),
    ],
)
def test_cuts_the_whole_sign_off_from_the_end(kept: str, cut: str) -> None:
    found = cut_sign_off(f"{kept} {cut}")

    assert found is not None
    assert found[:2] == (kept, cut)


@pytest.mark.parametrize(
    "text",
    [
        "Sie spielte für Dornau (SPD/AP).",
        "Er liest die Meldungen der dpa, AFP.",
        "Die Bahn fährt wieder. Foto: dpa",
        "Gewählt wurde Anna Holm (CDU).",
        "Das ist alles. Max Mustermann",
        "Das ist alles. AP, NASA",
        "Mehr dazu weiß der Verein (red).",
    ],
)
def test_leaves_what_ends_like_a_sign_off(text: str) -> None:
    assert cut_sign_off(text) is None
