"""The languages in which the desk speaks: messages, numbers and times, by Babel.

Source strings are English and stand in the code; what they are in German stands in catalogues, one
for each part of the desk, which are read as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_datetime, format_timedelta, get_timezone
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from aggregator.core.speech import Speech
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from babel.messages.catalog import Catalog, Message

__all__ = ["DEFAULT", "Language", "Telling", "languages", "preferred", "zone_named"]

DEFAULT: Final = "en"
_OTHERS: Final = ("de",)
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
_WEEK_DAYS: Final = 7
_PATTERNS: Final = {
    "en": ("d MMM", "d MMM y", "EEE, d MMM y, HH:mm"),
    "de": ("d. MMM", "d. MMM y", "EEE, d. MMM y, HH:mm"),
}


def _two_forms(number: int) -> int:
    return int(number != 1)


@dataclass(frozen=True, slots=True)
class Language:
    """One language: `messages` has the forms of each message by its English (singular) form."""

    code: str
    messages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = _two_forms

    def gettext(self, message: str) -> str:
        """The message in this language, else as it is."""
        return self.messages.get(message, (message,))[0]

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The form for a number of things."""
        forms = self.messages.get(one, (one, many))
        return forms[min(self.plural(number), len(forms) - 1)]


_MARKED: Final = 1000
"""From here on numbers have marks between their digits."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How numbers and times are told to one reader: in a language, a time zone, and at `now`."""

    language: Language
    zone: tzinfo
    now: datetime

    def number(self, number: float) -> str:
        """With the language's own marks, 12,345 or 12.345."""
        if isinstance(number, int) and 0 <= number < _MARKED:
            return str(number)
        return format_decimal(number, locale=self.language.code)

    def percent(self, share: float) -> str:
        """A share of one, as a whole per cent."""
        return format_percent(share, locale=self.language.code)

    def speech(self) -> Speech:
        """The same for who makes whole sentences."""
        return Speech(
            self.language.gettext, self.language.ngettext, self._with_digits, self._percent
        )

    def _with_digits(self, number: float, digits: int) -> str:
        return format_decimal(number, f"#,##{_digits(digits)}", locale=self.language.code)

    def _percent(self, share: float, digits: int) -> str:
        pattern = Locale.parse(self.language.code).percent_formats[None].pattern
        exactly = pattern.replace("0", _digits(digits), 1)
        return format_percent(share, exactly, locale=self.language.code)

    def moment(self, when: datetime | str) -> str:
        """Weekday, day and time of day: Thu, 26 Nov 2026, 12:45."""
        return self._format(_local(when, self.zone), 2)

    def clock(self, when: datetime | str) -> str:
        """The time of day; of another day the day as well."""
        local = _local(when, self.zone)
        shown = f"{local:%H:%M}"
        return shown if self._days_ago(local) == 0 else f"{self.day(local)}, {shown}"

    def day(self, when: datetime | str) -> str:
        """The day; its year where that is another one."""
        local = _local(when, self.zone)
        return self._format(local, int(local.year != self.now.astimezone(self.zone).year))

    def ago(self, when: datetime | str) -> str:
        """How long ago, in the unit that fits: 5 min ago, yesterday, 26 Nov."""
        local, language = _local(when, self.zone), self.language
        seconds = (self.now - local) // timedelta(seconds=1)
        if abs(seconds) < _MINUTE:
            return language.gettext("just now")
        if seconds < 0:
            return self.clock(local)
        if seconds < _HOUR:
            return self.minutes_ago % {"num": seconds // _MINUTE}
        if seconds < _DAY:
            return self.hours_ago % {"num": seconds // _HOUR}
        days = self._days_ago(local)
        if days == 1:
            return language.gettext("yesterday")
        if days < _WEEK_DAYS:
            return language.ngettext("%(num)s day ago", "%(num)s days ago", days) % {"num": days}
        return self.day(local)

    @property
    def minutes_ago(self) -> str:
        """Some minutes ago, with a place for their number; a page that stays open needs it too."""
        return self.language.gettext("%(num)s min ago")

    @property
    def hours_ago(self) -> str:
        """Some hours ago, with a place for their number."""
        return self.language.gettext("%(num)s h ago")

    def language_name(self, code: str) -> str:
        """What a language is called, its code where nobody knows."""
        return str(Locale.parse(self.language.code).languages.get(code, code))

    def span(self, span: timedelta) -> str:
        """A span of time in the largest unit that fits it twice or more: 30 hours."""
        least = max(span, timedelta(minutes=1))
        return format_timedelta(least, "minute", threshold=2, locale=self.language.code)

    def iso(self, when: datetime | str) -> str:
        """The moment as programs read it, in UTC."""
        return when if isinstance(when, str) else when.isoformat(timespec="seconds")

    def _days_ago(self, local: datetime) -> int:
        return (self.now.astimezone(self.zone).date() - local.date()).days

    def _format(self, local: datetime, pattern: int) -> str:
        code = self.language.code
        return format_datetime(local, _PATTERNS[code][pattern], locale=code)


def _digits(number: int) -> str:
    return "0." + "0" * number if number else "0"


def _local(when: datetime | str, zone: tzinfo) -> datetime:
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    return moment.astimezone(zone)


def languages() -> dict[str, Language]:
    """Every language there is, by its code."""
    found = {DEFAULT: Language(DEFAULT)}
    for code in _OTHERS:
        folder = files("aggregator.web").joinpath("locale", code)
        catalogues = sorted(folder.iterdir(), key=lambda each: each.name)
        found[code] = _language(code, [each for each in catalogues if each.name.endswith(".po")])
    return found


def _language(code: str, catalogues: "list[Traversable]") -> Language:
    messages: dict[str, tuple[str, ...]] = {}
    for path in catalogues:
        for message in _read(code, path):
            known, forms = _forms(message)
            messages.setdefault(known, forms)
    return Language(code, messages)


def _read(code: str, path: "Traversable") -> "list[Message]":
    with path.open("rb") as opened:
        catalogue: Catalog = read_po(opened, Locale.parse(code))
    return [each for each in catalogue if each.id and each.string]


def _forms(message: "Message") -> tuple[str, tuple[str, ...]]:
    known, said = message.id, message.string
    return (
        known if isinstance(known, str) else known[0],
        (said,) if isinstance(said, str) else tuple(said or ()),
    )


def zone_named(name: str | None) -> tzinfo:
    """The time zone of this name (Europe/Berlin), or this machine's; raises UsageError for none."""
    try:
        return ZoneInfo(name) if name else get_timezone(None)
    except (LookupError, ValueError, OSError) as error:
        message = f"no time zone is called {name!r}; names are such as Europe/Berlin and UTC"
        raise UsageError(message) from error


def preferred(accepted: str) -> str:
    """The code of the language that a header Accept-Language likes best."""
    ranked = sorted(_wishes(accepted), key=lambda wish: -wish[1])
    wanted = [name for name, weight in ranked if weight > 0]
    return negotiate_locale(wanted, [DEFAULT, *_OTHERS], sep="-") or DEFAULT


def _wishes(accepted: str) -> list[tuple[str, float]]:
    wishes = []
    for part in accepted[:1000].split(","):
        name, _, weight = part.partition(";")
        try:
            number = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        wishes.append((name.strip(), number))
    return wishes
