"""Digests of passwords: made as OWASP advises, and never the same twice."""

from argon2 import PasswordHasher

from aggregator.web import passwords


def test_only_the_password_itself_fits() -> None:
    kept = passwords.digest("sieben rote Elche")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits(kept, "sieben rote Elche")
    assert not passwords.fits(kept, "sieben rote Elch")
    assert passwords.digest("sieben rote Elche") != kept


def test_it_fits_however_its_letters_are_composed() -> None:
    assert passwords.fits(passwords.digest("Bjo\u0308rns Käse"), "Björns Ka\u0308se")


def test_nothing_fits_where_there_is_none() -> None:
    assert not passwords.fits(None, "")
    assert not passwords.fits(None, "sieben rote Elche")
    assert not passwords.fits("no digest", "sieben rote Elche")


def test_that_of_nobody_is_looked_at_as_long_as_any_other() -> None:
    assert not passwords.outdated(passwords._OF_NOBODY)


def test_a_digest_with_other_parameters_is_to_be_made_anew() -> None:
    assert not passwords.outdated(passwords.digest("sieben rote Elche"))
    assert passwords.outdated(PasswordHasher(1, 8, 1).hash("sieben rote Elche"))
