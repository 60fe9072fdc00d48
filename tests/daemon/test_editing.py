"""What editors do at the desk, on a real database: at once, undoable, or refused with a reason."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.daemon.desk import writing
from aggregator.daemon.desk.editing import Editor
from aggregator.pipeline.learning import spread
from aggregator.storage import board, decision_log, decisions, furniture, readers
from aggregator.storage.database import Database, open_database
from aggregator.storage.decision_log import Chosen
from aggregator.web.ports import Done, Refused
from tests.support.editing import anew, are_one, computed, place, remove, sound
from tests.support.events import EVENTS, FOUND, NOW, SETTINGS, bring, ids_of

COPY, MATE, SHORT, OWN = ids_of(0)
OTHERS = ids_of(1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.db"


@pytest.fixture
def press(path: Path) -> Iterator[Database]:
    """Three stories of four articles; `path` is the file."""
    with open_database(path) as db:
        bring(db, FOUND)
        yield db
        assert sound(db)


@pytest.fixture
def editor(path: Path, press: Database) -> Editor:
    assert press.path == str(path)
    return Editor(path, SETTINGS, lambda: NOW)


def stories_of(db: Database) -> list[int]:
    return [place(db, ids_of(event)[0]) for event in range(EVENTS)]


def first_of(db: Database, story: int) -> int:
    """The first article of the text that three outlets of a story have."""
    sql = "SELECT first_article_id FROM copy_group WHERE story_id = ? AND article_count = 3"
    return int(db.value(sql, (story,)))


def refusal(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.kind


# --- stories ---------------------------------------------------------------------------------


def test_two_stories_become_one_whole_and_two_again(editor: Editor, press: Database) -> None:
    before = computed(press)
    a, b, _ = stories_of(press)
    done = editor.together_stories(a, b, "eva")
    assert are_one(press, *ids_of(0), *OTHERS)
    assert done.story == min(a, b)
    assert {a, b} <= set(done.changed)
    anew(press)
    assert are_one(press, *ids_of(0), *OTHERS)
    back = editor.undo(done.decisions, "tom")
    assert computed(press) == before
    assert back.taken_back == done.decisions


def test_what_is_united_is_claimed_of_no_more_than_it_takes(
    editor: Editor, press: Database
) -> None:
    a, b, _ = stories_of(press)
    done = editor.together_stories(a, b, "eva")
    (made,) = decision_log.made(press, done.decisions)
    assert made.article_count == 2
    # So a text that turns out not to belong there can still leave.
    editor.split(a, [OWN], "tom")
    assert not are_one(press, COPY, OWN)
    assert are_one(press, COPY, *OTHERS)


def test_to_unite_what_has_become_one_says_so(editor: Editor, press: Database) -> None:
    a, b, c = stories_of(press)
    editor.together_stories(a, b, "eva")
    again = editor.together_stories(b, a, "tom")
    assert again.already
    assert again.merged == ((max(a, b), min(a, b)),)
    # Of two editors who unite with a third story both get what they want.
    done = editor.together_stories(max(a, b), c, "tom")
    assert done.merged == ((max(a, b), min(a, b)),)
    assert are_one(press, COPY, *OTHERS, *ids_of(2))


def test_what_was_said_twice_and_taken_back_is_done_again_once(
    editor: Editor, press: Database
) -> None:
    said: list[int] = []
    for _ in range(2):
        done = editor.together([COPY, OTHERS[0]], "eva")
        said += editor.undo(done.decisions, "eva").taken_back
    again = editor.redo(said, "eva")
    assert not again.already
    assert again.decisions == (max(said) + 1,)
    editor.undo(again.decisions, "eva")
    assert not are_one(press, COPY, OTHERS[0])


def test_a_story_is_not_united_with_itself_nor_with_none(editor: Editor, press: Database) -> None:
    a, *_ = stories_of(press)
    with pytest.raises(Refused) as same:
        editor.together_stories(a, a, "eva")
    with pytest.raises(Refused) as none:
        editor.together_stories(a, 999, "eva")
    assert (refusal(same), refusal(none), none.value.number) == ("same", "no-story", 999)


@pytest.mark.parametrize(
    ("act", "back"), [("pin", "unpin"), ("hide", "unhide"), ("star", "unstar")]
)
def test_what_is_said_of_a_story_holds_once_and_can_be_taken_back(
    editor: Editor, press: Database, act: str, back: str
) -> None:
    a, *_ = stories_of(press)
    first: Done = getattr(editor, act)(a, "eva")
    second: Done = getattr(editor, act)(a, "eva")
    assert (len(first.decisions), second.already, second.decisions) == (1, True, ())
    gone: Done = getattr(editor, back)(a, "eva")
    assert gone.taken_back == first.decisions
    assert getattr(editor, back)(a, "eva").already
    again = editor.redo(gone.taken_back, "eva")
    assert len(again.decisions) == 1
    assert getattr(editor, back)(a, "eva").taken_back == again.decisions


def starred(db: Database, reader: str) -> set[int]:
    """The stories that the board shows to a reader as starred."""
    every = [row[0] for row in db.rows("SELECT id FROM stories")]
    return {each.id for each in board.cards_of(db, every, reader) if each.starred}


def test_a_star_is_its_editors_own_and_a_note_is_everybodys(
    editor: Editor, press: Database
) -> None:
    a, b, _ = stories_of(press)
    editor.star(a, "eva")
    editor.note(a, "Call the  mayor.\nAt once.\n", "eva")
    assert starred(press, "eva") == {a}
    assert starred(press, "tom") == set()
    (note,) = decision_log.notes(press, a)
    assert (note.author, note.text) == ("eva", "Call the  mayor.\nAt once.")
    cards = board.cards_of(press, [a, b], "tom")
    assert {each.id: each.notes for each in cards} == {a: 1, b: 0}
    # Another's star is nothing of theirs to take away.
    assert editor.unstar(a, "tom").already
    # They follow their story, and are told to nobody who reads the views.
    editor.together_stories(a, b, "tom")
    assert starred(press, "eva") == {min(a, b)}
    assert len(decision_log.notes(press, min(a, b))) == 1
    assert {each.kind for each in decisions.listed(press)} == {"together"}
    kinds = {row[0] for row in press.rows("SELECT kind FROM changes WHERE kind GLOB 'decision*'")}
    assert kinds == {"decision_made"}
    editor.undo([note.id], "tom")
    assert decision_log.notes(press, min(a, b)) == []


def test_a_title_is_given_and_taken_back(editor: Editor, press: Database) -> None:
    a, *_ = stories_of(press)
    own = readers.story_row(press, a)
    assert own is not None
    editor.rename(a, "  A bridge\nis closed ", "eva", seen=own.title)
    named = readers.story_row(press, a)
    assert named is not None
    assert named.title == "A bridge is closed"
    editor.rename(a, "", "eva", seen="A bridge is closed")
    assert readers.story_row(press, a) == own


def test_what_nobody_can_see_is_no_title_and_no_note(editor: Editor, press: Database) -> None:
    a, *_ = stories_of(press)
    unseen = "\u200b\u2060 \u202e\u00ad"
    assert editor.rename(a, unseen, "eva").already
    with pytest.raises(Refused) as empty:
        editor.note(a, unseen, "eva")
    assert refusal(empty) == "empty"


def test_a_title_that_another_gave_meanwhile_is_not_lost(editor: Editor, press: Database) -> None:
    a, *_ = stories_of(press)
    editor.rename(a, "What eva says", "eva")
    with pytest.raises(Refused) as changed:
        editor.rename(a, "What tom says", "tom", seen="What the machine says")
    assert (refusal(changed), changed.value.by) == ("changed", "eva")
    assert changed.value.value == "What eva says"
    with pytest.raises(Refused):
        editor.rename(a, "", "tom", seen="What the machine says")
    # Who knows of it may.
    editor.rename(a, "What tom says", "tom", seen="What eva says")


# --- articles --------------------------------------------------------------------------------


def test_what_is_split_off_leaves_together_and_stays_away(editor: Editor, press: Database) -> None:
    a, *_ = stories_of(press)
    done = editor.split(a, [MATE, OWN], "eva")
    assert are_one(press, MATE, OWN)
    assert not are_one(press, COPY, OWN)
    assert done.story == place(press, OWN)
    assert set(done.changed) >= {a, place(press, OWN)}
    anew(press)
    assert are_one(press, MATE, OWN)
    assert not are_one(press, COPY, OWN)
    editor.undo(done.decisions, "eva")
    assert are_one(press, *ids_of(0))


def test_where_the_larger_part_is_split_off_the_rest_has_another_number(
    editor: Editor, press: Database
) -> None:
    a, *_ = stories_of(press)
    done = editor.split(a, [first_of(press, a)], "eva", with_copies=True)
    assert are_one(press, COPY, MATE, SHORT)
    assert not are_one(press, COPY, OWN)
    assert place(press, COPY) == a
    assert (done.turned, done.story, done.articles) == (True, place(press, OWN), 3)


def test_a_copy_that_is_chosen_beside_its_source_leaves_the_others_behind(
    editor: Editor, press: Database
) -> None:
    a, b, _ = stories_of(press)
    first = int(
        press.value("SELECT min(first_article_id) FROM copy_group WHERE story_id = ?", (a,))
    )
    copy = next(each for each in (COPY, MATE, SHORT) if each != first)
    done = editor.move([first, copy], b, "eva", with_copies=True)
    assert done.articles == 2
    left = next(each for each in (COPY, MATE, SHORT) if each not in {first, copy})
    assert are_one(press, left, OWN)
    assert are_one(press, first, copy, *OTHERS)


def test_what_another_took_away_is_not_split_off(editor: Editor, press: Database) -> None:
    a, b, _ = stories_of(press)
    editor.move([OWN], b, "eva")
    with pytest.raises(Refused) as elsewhere:
        editor.split(a, [OWN], "tom")
    assert (refusal(elsewhere), elsewhere.value.number) == ("elsewhere", OWN)
    assert elsewhere.value.now == b
    with pytest.raises(Refused) as left:
        editor.split(a, [COPY, MATE, SHORT], "tom")
    assert refusal(left) == "nothing-left"


def test_an_article_moves_into_another_story_and_back(editor: Editor, press: Database) -> None:
    before = computed(press)
    a, b, _ = stories_of(press)
    done = editor.move([OWN], b, "eva")
    assert are_one(press, OWN, *OTHERS)
    assert not are_one(press, OWN, COPY)
    assert done.story == b
    assert set(done.changed) == {a, b}
    anew(press)
    assert are_one(press, OWN, *OTHERS)
    assert not are_one(press, OWN, COPY)
    assert editor.move([OWN], b, "tom").already
    editor.undo(done.decisions, "eva")
    assert computed(press) == before


def test_a_story_that_moves_with_all_its_articles_is_united(
    editor: Editor, press: Database
) -> None:
    a, b, _ = stories_of(press)
    editor.move(ids_of(0), b, "eva")
    assert are_one(press, *ids_of(0), *OTHERS)
    assert decisions.story_now(press, a) == decisions.story_now(press, b)


def test_articles_are_one_or_two_at_both_levels(editor: Editor, press: Database) -> None:
    editor.together([COPY, OTHERS[0]], "eva")
    assert are_one(press, *ids_of(0), *OTHERS)
    editor.apart(COPY, SHORT, "copies", "eva")
    assert not are_one(press, COPY, SHORT, column="copy_group_id")
    assert are_one(press, COPY, SHORT)


# --- what stands in the way ------------------------------------------------------------------


def test_a_contradiction_names_what_stands_in_the_way_and_can_be_taken_over(
    editor: Editor, press: Database
) -> None:
    kept = editor.together([COPY, OWN], "eva")
    with pytest.raises(Refused) as error:
        editor.apart(COPY, OWN, "story", "tom")
    assert refusal(error) == "contradiction"
    (against,) = error.value.against
    assert (against.id, against.author, against.kind) == (*kept.decisions, "eva", "together")
    assert are_one(press, COPY, OWN)
    editor.apart(COPY, OWN, "story", "tom", over=[against.id])
    assert not are_one(press, COPY, OWN)
    assert decision_log.undone(press, kept.decisions) == {kept.decisions[0]: True}


def test_what_was_united_is_split_though_taking_that_back_would_do(
    editor: Editor, press: Database
) -> None:
    a, b, _ = stories_of(press)
    united = editor.together_stories(a, b, "eva")
    with pytest.raises(Refused):
        editor.split(a, OTHERS, "tom")
    editor.split(a, OTHERS, "tom", over=united.decisions)
    assert not are_one(press, COPY, *OTHERS)
    assert are_one(press, *OTHERS)
    with pytest.raises(Refused):
        editor.together_stories(place(press, COPY), place(press, OTHERS[0]), "eva")


def test_what_stood_in_the_way_holds_still_where_the_act_fails(
    editor: Editor, press: Database
) -> None:
    kept = editor.pin(place(press, COPY), "eva")
    with pytest.raises(Refused):
        editor.split(place(press, COPY), [OTHERS[0]], "tom", over=kept.decisions)
    assert decision_log.undone(press, kept.decisions) == {kept.decisions[0]: False}


def test_what_is_not_there_is_named(editor: Editor, press: Database) -> None:
    remove(press, OWN)
    with pytest.raises(Refused) as article:
        editor.together([COPY, OWN], "eva")
    with pytest.raises(Refused) as decision:
        editor.undo([77], "eva")
    with pytest.raises(Refused) as again:
        editor.redo([77], "eva")
    with pytest.raises(Refused) as line:
        editor.approve([5], "eva")
    kinds = [refusal(each) for each in (article, decision, again, line)]
    assert kinds == ["no-article", "no-decision", "no-decision", "no-line"]


def test_too_much_is_refused(editor: Editor, press: Database) -> None:
    a, *_ = stories_of(press)
    with pytest.raises(Refused) as title:
        editor.rename(a, "x" * 301, "eva")
    with pytest.raises(Refused) as note:
        editor.note(a, "x" * 5001, "eva")
    with pytest.raises(Refused) as many:
        editor.split(a, range(1, 502), "eva")
    with pytest.raises(Refused) as nothing:
        editor.note(a, " \n", "eva")
    kinds = [refusal(each) for each in (title, note, many, nothing)]
    assert kinds == ["too-long", "too-long", "too-long", "empty"]


def test_a_database_that_another_holds_is_busy_and_nothing_is_changed(
    editor: Editor, press: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_PATIENCE", 0.05)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Refused) as busy:
            editor.pin(place(press, COPY), "eva")
    assert refusal(busy) == "busy"
    assert decisions.listed(press) == []


def test_where_the_file_is_gone_none_is_made(tmp_path: Path) -> None:
    editor = Editor(tmp_path / "none.db", SETTINGS, lambda: NOW)
    with pytest.raises(Refused) as busy:
        editor.pin(1, "eva")
    assert refusal(busy) == "busy"
    assert not (tmp_path / "none.db").exists()


# --- looking back ----------------------------------------------------------------------------


def test_the_last_act_is_taken_back_whole_then_the_one_before(
    editor: Editor, press: Database
) -> None:
    a, b, _ = stories_of(press)
    pinned = editor.pin(a, "eva")
    moved = editor.move([OWN], b, "eva")
    editor.hide(b, "tom")
    assert len(moved.decisions) == 2
    assert editor.undo_last("eva").taken_back == moved.decisions
    assert are_one(press, *ids_of(0))
    assert editor.undo_last("eva").taken_back == pinned.decisions
    with pytest.raises(Refused) as error:
        editor.undo_last("eva")
    assert refusal(error) == "nothing-to-undo"


def test_what_was_taken_back_is_taken_back_once_and_decided_again(
    editor: Editor, press: Database
) -> None:
    _, b, _ = stories_of(press)
    moved = editor.move([OWN], b, "eva")
    editor.undo(moved.decisions, "eva")
    assert editor.undo(moved.decisions, "tom").already
    again = editor.redo(moved.decisions, "tom")
    assert not set(again.decisions) & set(moved.decisions)
    assert are_one(press, OWN, *OTHERS)
    assert editor.undo_last("tom").taken_back == again.decisions


def test_the_log_has_acts_with_who_when_and_of_what(editor: Editor, press: Database) -> None:
    _, b, _ = stories_of(press)
    editor.star(b, "tom")
    editor.pin(b, "tom")
    moved = editor.move([OWN], b, "eva")
    acts, behind = decision_log.acts(press, Chosen("eva"), limit=1)
    assert [act.standing for act in acts] == [moved.decisions]
    assert acts[0].deed == "move"
    apart, together = acts[0].decisions
    assert (apart.kind, together.kind, apart.author, apart.at) == ("apart", "together", "eva", NOW)
    assert [each.id for each in apart.articles] == [OWN]
    assert apart.other_count == 3
    older, end = decision_log.acts(press, Chosen("eva"), before=behind)
    assert ([act.decisions[0].kind for act in older], end) == (["pin"], None)
    # The star is told to who set it alone.
    own, _ = decision_log.acts(press, Chosen("tom", author="tom"))
    assert [act.decisions[0].kind for act in own] == ["pin", "star"]
    of_kind, _ = decision_log.acts(press, Chosen("tom", kind="together"))
    assert len(of_kind) == 1
    of_story, _ = decision_log.acts(press, Chosen("eva", story_id=b))
    assert len(of_story) == 2
    editor.undo(moved.decisions, "tom")
    undone, _ = decision_log.acts(press, Chosen("eva", standing=False))
    assert [each.undone_by for act in undone for each in act.decisions] == ["tom", "tom"]
    assert decision_log.authors(press) == ["eva", "tom"]


def test_what_was_split_off_is_told_as_one(editor: Editor, press: Database) -> None:
    a, *_ = stories_of(press)
    editor.split(a, [MATE, OWN], "eva")
    editor.apart(COPY, SHORT, "copies", "eva")
    acts, _ = decision_log.acts(press, Chosen("eva"))
    assert [act.deed for act in acts] == [None, "split"]


# --- lines that recur ------------------------------------------------------------------------


def test_a_learnt_line_is_decided_on_and_taken_back(editor: Editor, press: Database) -> None:
    now = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    with press.write():
        sql = """INSERT INTO furniture (site, form, example, pages, first_seen_at, last_seen_at)
                 VALUES ('press.example', 'follow us', 'Follow us!', 3, ?1, ?1)"""
        line = press.execute(sql, (now,))
    first = editor.reject([line], "eva")
    assert first.before == ((line, "learnt"),)
    assert editor.reject([line], "tom").already
    assert editor.approve([line], "tom").before == ((line, "rejected"),)
    (decided,) = furniture.decided(press, 5)
    assert (decided.state, decided.author, decided.at) == ("approved", "tom", NOW)
    editor.undecide([line], "eva")
    assert furniture.decided(press, 5) == []
    (kept,) = furniture.listed(press, "press.example")
    assert (kept.state, kept.decided_by) == ("learnt", None)


def test_a_line_taken_back_has_articles_looked_at_that_have_it_or_had_it(
    editor: Editor, press: Database
) -> None:
    text = "Follow us on all channels we have"
    site = str(press.value("SELECT site FROM article WHERE id = ?", (COPY,)))
    furniture.decide(press, site, text, "added", by="eva", now=NOW)
    (line,) = (each.id for each in furniture.listed(press, site))
    with press.write():
        press.execute("UPDATE article SET studied = 1")
        press.execute("UPDATE article SET text = text || char(10) || ? WHERE id = ?", (text, COPY))
    assert spread(press) == 1
    with press.write():
        press.execute("UPDATE article SET studied = 1")
    editor.undecide([line], "tom")
    assert spread(press) == 1
    # On no page it was ever seen, and nobody speaks of it now.
    assert furniture.listed(press, site) == []
