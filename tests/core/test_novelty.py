"""What later texts say that earlier ones do not."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.novelty import MOST_WORDS, News, Part, Text, novelty
from aggregator.core.sentences import sentences

FIRE = (
    "In a fire in a warehouse in the harbour of Mainz twelve people were hurt on Monday. "
    "The fire brigade was there with 80 people and fifteen engines. "
    "The cause is unknown. The police will make a statement on Tuesday morning."
)


def text(number: int, *said: str, title: str = "", language: str = "en") -> Text:
    return Text(number, title, " ".join(said), language)


def new(earlier: str, later: str) -> list[str]:
    """The new sentences of one text after another."""
    (found,) = novelty([text(1, earlier)], [text(2, later)])
    return [each.text for each in found.sentences]


def test_a_sentence_that_stands_before_is_not_told_again() -> None:
    added = "Two firemen were brought to hospital."
    assert new(FIRE, f"{added} {FIRE}") == [added]
    (found,) = novelty([text(1, FIRE)], [text(2, FIRE, added)])
    assert (found.repeated, found.told) == (4, 0)


def test_what_says_the_same_in_almost_the_same_words_is_not_told_again() -> None:
    """In other places, in capitals, with function words more or less, cut or joined to one."""
    again = (
        "THE POLICE WILL THEN MAKE A STATEMENT ON TUESDAY MORNING",
        "In a fire in a warehouse in the harbour of Mainz twelve people were hurt.",
        "The fire brigade was there with 80 people and fifteen engines; the cause is unknown.",
    )
    assert new(FIRE, " ".join(again)) == []


def test_another_number_name_or_deed_is_new_however_alike_the_sentence() -> None:
    for before, after in (
        ("twelve", "14"),
        ("twelve", "fourteen"),
        ("hurt", "killed"),
        ("Mainz", "Worms"),
        ("80 people", "90 people"),
    ):
        changed = FIRE.replace(before, after, 1)
        (found,) = novelty([text(1, FIRE)], [text(2, changed)])
        (sentence,) = found.sentences
        assert [part.text.strip() for part in sentence.parts if part.is_new] == [after.split()[0]]
        assert found.repeated == 3


def test_a_denial_is_new_and_so_is_its_opposite() -> None:
    denied = FIRE.replace("will make", "will not make")
    assert new(FIRE, denied) == [sentences(denied)[-1]]
    assert new(denied, FIRE) == [sentences(FIRE)[-1]]
    assert new(denied, denied) == []


def test_what_was_made_of_pieces_of_several_sentences_is_new() -> None:
    earlier = "Police investigate for arson. The opposition protests against minister Miller."
    made = "Police investigate against minister Miller."
    assert new(earlier, made) == [made]


def test_of_several_that_say_the_same_the_first_tells_it_with_the_others() -> None:
    added = "Two firemen were brought to hospital."
    first, second, third = novelty(
        [text(1, FIRE)],
        [text(2, FIRE, added), text(3, added), text(4, "Nothing else is known.", added)],
    )
    assert [(each.text, each.others) for each in first.sentences] == [(added, (3, 4))]
    assert second == News(3, (), repeated=0, told=1)
    assert [each.text for each in third.sentences] == ["Nothing else is known."]


def test_a_word_that_another_told_just_now_is_no_news() -> None:
    """Its runs are all of the earlier text, and of its one other word the first one told."""
    again = f"Lieutenant {FIRE}"
    first, second = novelty([text(1, FIRE)], [text(2, "The lieutenant slept."), text(3, again)])
    assert [each.text for each in first.sentences] == ["The lieutenant slept."]
    assert first.sentences[0].others == ()
    assert (second.sentences, second.told) == ((), 1)


def test_a_headline_counts_as_told() -> None:
    earlier = text(1, "Nothing.", title="Twelve hurt in warehouse fire")
    (found,) = novelty([earlier], [text(2, "Twelve hurt in warehouse fire.")])
    assert found.sentences == ()


def test_sentences_know_whether_they_stand_together() -> None:
    (found,) = novelty([text(1, FIRE)], [text(2, "Ann is safe. Bob is too.", FIRE, "Eve fled.")])
    assert [(each.text, each.follows) for each in found.sentences] == [
        ("Ann is safe.", False),
        ("Bob is too.", True),
        ("Eve fled.", False),
    ]


def test_what_has_little_in_common_is_shown_in_one_part() -> None:
    (found,) = novelty([text(1, FIRE)], [text(2, "The brewery celebrates its birthday.")])
    (sentence,) = found.sentences
    assert sentence.parts == (Part("The brewery celebrates its birthday.", is_new=False),)


def test_german_forms_of_a_word_are_one_word() -> None:
    earlier = "Bei dem Brand in der Lagerhalle in Mainz wurden am Montag zwölf Menschen verletzt."
    later = (
        "Bei dem Brand in der Lagerhalle in Mainz waren am Montag zwölf Menschen verletzt worden."
    )
    (found,) = novelty([text(1, earlier, language="de")], [text(2, later, language="de")])
    assert found.sentences == ()


def test_of_a_long_text_the_beginning_is_looked_at() -> None:
    long = " ".join(f"Sentence {number} is here." for number in range(MOST_WORDS))
    (found,) = novelty([], [text(1, long)])
    assert len(found.sentences) == MOST_WORDS / 4


WORDS = st.sampled_from("the fire in mainz hurt 12 not people is Ann no will 80".split())
SENTENCE = st.lists(WORDS, min_size=1, max_size=8).map(
    lambda words: " ".join(words).capitalize() + "."
)
BODY = st.lists(SENTENCE, max_size=6).map(" ".join)
TEXTS = st.lists(BODY, max_size=4).map(
    lambda bodies: [text(number, body) for number, body in enumerate(bodies)]
)


def news(earlier: list[Text], later: list[Text]) -> set[tuple[int, str]]:
    found = novelty(earlier, later)
    return {(each.id, sentence.text) for each in found for sentence in each.sentences}


@given(TEXTS)
def test_what_is_known_is_never_new(texts: list[Text]) -> None:
    assert news(texts, texts) == set()


@given(TEXTS, TEXTS)
def test_every_sentence_is_new_or_repeated_and_told_as_it_is_written(
    earlier: list[Text], later: list[Text]
) -> None:
    for each, found in zip(later, novelty(earlier, later), strict=True):
        every = sentences(each.body)
        assert len(found.sentences) + found.repeated + found.told == len(every)
        rest = iter(every)
        assert all(sentence.text in rest for sentence in found.sentences)


@given(TEXTS, TEXTS, BODY)
def test_who_knows_more_finds_nothing_more_new(
    earlier: list[Text], later: list[Text], more: str
) -> None:
    """Of one later text: of several, what one tells no more another may."""
    for each in later:
        assert news([*earlier, text(99, more)], [each]) <= news(earlier, [each])


@given(TEXTS, TEXTS)
def test_the_order_of_what_is_known_does_not_matter(earlier: list[Text], later: list[Text]) -> None:
    assert novelty(earlier[::-1], later) == novelty(earlier, later)


@given(TEXTS, BODY)
def test_a_number_that_nobody_told_is_always_new(earlier: list[Text], body: str) -> None:
    told = f"Now {body} 4711 people."
    assert any("4711" in sentence for _, sentence in news(earlier, [text(7, told)]))
