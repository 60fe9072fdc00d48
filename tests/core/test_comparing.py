"""Two texts beside each other: nothing lost, nothing told twice, in time that no text stretches."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.alignment import Run
from aggregator.core.comparing import Compared, Piece, compare
from aggregator.core.matching import _heaviest_chain, matches

# Few words, so that texts made at random have much in common, at many places.
WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), max_size=60)
LINES = st.lists(
    st.lists(
        st.sampled_from(["Der", "der", "Minister", "sagte,", "–", "1.234,5", "東京"]), max_size=9
    ),
    max_size=6,
).map(lambda lines: "\n".join(" ".join(line) for line in lines))


def pieces(found: Compared, *, there: bool) -> list[Piece]:
    sides = [row.after if there else row.before for row in found.rows]
    return [piece for side in sides for paragraph in side for piece in paragraph.pieces]


def written(found: Compared, *, there: bool) -> list[str]:
    sides = [row.after if there else row.before for row in found.rows]
    return [paragraph.text for side in sides for paragraph in side]


def test_marks_what_changed_within_a_paragraph() -> None:
    found = compare("The mayor spoke on Monday in Kiel.", "The mayor spoke on Tuesday in Kiel.")
    assert [(piece.kind, piece.text) for piece in pieces(found, there=True)] == [
        ("same", "The mayor spoke on"),
        ("own", "Tuesday"),
        ("same", "in Kiel."),
    ]
    assert (found.same, found.gone, found.come, found.moved) == (6, 1, 1, 0)


def test_links_a_paragraph_that_moved_in_both_texts() -> None:
    first, second = (
        "The river rose by two metres overnight.",
        "Schools stay closed until Friday at least.",
    )
    third = "Nobody was hurt, the police said on Sunday morning."
    found = compare(f"{first}\n{second}\n{third}", f"{third}\n{first}\n{second}")
    moved = [
        [piece for piece in pieces(found, there=side) if piece.kind == "moved"]
        for side in (False, True)
    ]
    assert [piece.text for piece in moved[0]] == [third]
    assert moved[0] == moved[1]
    assert moved[0][0].number == 1


def test_a_moved_passage_over_paragraphs_opens_once() -> None:
    first, second = "one two three four five six", "seven eight nine ten eleven twelve"
    rest = " ".join(f"word{at}" for at in range(20))
    found = compare(f"{first}\n{second}\n{rest}", f"{rest}\n{first}\n{second}")
    moved = [piece for piece in pieces(found, there=False) if piece.kind == "moved"]
    assert [(piece.number, piece.opens) for piece in moved] == [(1, True), (1, False)]


def test_case_and_punctuation_count_only_where_asked() -> None:
    before, after = "He said: “No.”", "he said, No"
    assert not compare(before, after).differs
    assert compare(before, after, exact=True).differs


def test_words_by_chance_in_common_are_no_likeness() -> None:
    found = compare(
        "Fire broke out in the old mill near Hull and spread to the roof within minutes",
        "Voters in the north rejected a plan by the council to build over the market garden",
    )
    assert found.same == 0


def test_paragraphs_stand_beside_those_they_share_words_with() -> None:
    found = compare(
        "alpha beta gamma delta epsilon\nonly the first one has this",
        "something that is new here\nalpha beta gamma delta epsilon",
    )
    assert [(len(row.before), len(row.after)) for row in found.rows] == [(0, 1), (1, 1), (1, 0)]
    assert [row.is_same for row in found.rows] == [False, True, False]


def test_a_paragraph_is_of_a_kind_where_all_of_it_is() -> None:
    found = compare("alpha beta gamma delta\nnot there at all", "alpha beta gamma epsilon")
    assert [each.kind for row in found.rows for each in row.before] == ["mixed", "own"]
    assert found.common == found.same == 3


def test_tells_what_it_left_out_of_a_long_text() -> None:
    found = compare("a b c d e\nf g", "a b c d", most=4)
    assert found.left_out == (3, 0)
    assert written(found, there=False) == ["a b c d"]
    assert not found.differs


def test_signs_of_scripts_without_spaces_are_words() -> None:
    found = compare("東京で会議が開かれた", "東京で総会が開かれた")
    assert [piece.text for piece in pieces(found, there=True) if piece.kind == "own"] == ["総会"]


@given(WORDS, WORDS)
def test_matches_equal_words_none_of_them_twice(words: list[str], others: list[str]) -> None:
    found = matches(words, others)
    runs = [*found.in_place, *found.moved]
    for side, texts in ((0, words), (1, others)):
        places = [run[side] + at for run in runs for at in range(run.length)]
        assert len(places) == len(set(places))
        assert all(place < len(texts) for place in places)
    for run in runs:
        mine = words[run.start : run.start + run.length]
        assert mine == others[run.other : run.other + run.length]


def heaviest(runs: list[Run]) -> int:
    """The most words that runs have which follow each other in both texts, by trying all."""
    best = 0
    weights: list[int] = []
    for at, run in enumerate(runs):
        before = (
            weights[other]
            for other, each in enumerate(runs[:at])
            if each.start + each.length <= run.start and each.other + each.length <= run.other
        )
        weights.append(max(before, default=0) + run.length)
        best = max(best, weights[-1])
    return best


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)), max_size=12))
def test_the_chain_is_the_heaviest_there_is(found: list[tuple[int, int]]) -> None:
    start, runs = 0, []
    for other, length in found:
        runs.append(Run(start, other, length))
        start += length
    assert sum(run.length for run in _heaviest_chain(runs)) == heaviest(runs)


@given(WORDS, WORDS)
def test_what_is_in_place_follows_each_other_in_both(words: list[str], others: list[str]) -> None:
    here = there = 0
    for run in matches(words, others).in_place:
        assert run.start >= here
        assert run.other >= there
        here, there = run.start + run.length, run.other + run.length


@given(LINES, LINES)
def test_both_texts_can_be_read_whole(before: str, after: str) -> None:
    found = compare(before, after)
    for text, there in ((before, False), (after, True)):
        lines = [line for line in text.split("\n") if line]
        assert written(found, there=there) == lines


@given(LINES, LINES)
def test_words_are_counted_once(before: str, after: str) -> None:
    found = compare(before, after)
    for there, own in ((False, found.gone), (True, found.come)):
        count = {"same": 0, "moved": 0, "own": 0}
        for piece in pieces(found, there=there):
            count[piece.kind] += piece.words
        assert count == {"same": found.same, "moved": found.moved, "own": own}


@given(LINES)
def test_a_text_is_like_itself(text: str) -> None:
    found = compare(text, text, exact=True)
    assert not found.differs
    assert all(row.is_same and row.before == row.after for row in found.rows)


@given(LINES, LINES)
def test_each_row_says_something(before: str, after: str) -> None:
    assert all(row.before or row.after for row in compare(before, after).rows)
