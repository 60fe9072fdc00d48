"""Digests of passwords: Argon2id with the parameters of the OWASP cheat sheet on storing them."""

from typing import TYPE_CHECKING, Final

from aggregator.core.guessable import normal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["digest", "fits", "outdated"]

# 19 MiB, two rounds, one lane: the least that OWASP advises, so that a few may sign in at once.
_KIBIBYTES: Final = 19_456
_ROUNDS: Final = 2
# No password has this digest: it takes as long to find that out as with any other.
_OF_NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IHNhbHQgaGVyZQ$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=_ROUNDS, memory_cost=_KIBIBYTES, parallelism=1)


def digest(password: str) -> str:
    """What is kept of a password; the salt in it is random."""
    return _hasher().hash(normal(password))


def fits(kept: str | None, password: str) -> bool:
    """Whether it is the password that `kept` is of; takes as long where there is none."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(_OF_NOBODY if kept is None else kept, normal(password))
    except (InvalidHashError, VerificationError):
        return False


def outdated(kept: str) -> bool:
    """Whether a digest was made with other parameters, so that it is to be made anew."""
    return _hasher().check_needs_rehash(kept)
