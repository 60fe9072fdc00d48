"""How a page's extraction is judged by what its set says is true."""

from pathlib import Path

from aggregator.evaluation import corpora
from aggregator.evaluation.contestants import OURS
from aggregator.evaluation.scoring import Job, Measure, Score, score
from tests.support.evaluation import NAME, tiny


def judged(folder: Path, of: str) -> Score:
    tiny(folder, of)
    (data,) = corpora.find(folder / "extraction", [of])
    page = next(each for each in corpora.pages(data) if each.truth.lead)
    (found,) = score(Job(page, (OURS,)))
    return found


def test_a_lead_counts_as_text_where_the_truth_has_leads(tmp_path: Path) -> None:
    with_lead, without = judged(tmp_path, NAME), judged(tmp_path, "scrapinghub")
    assert with_lead.values[Measure.LEAD_APART] == without.values[Measure.LEAD_APART] == 1
    # The tiny set's truth has it, whatever it is called: so it is missed where it does not count.
    assert with_lead.values[Measure.RECALL] == 1
    assert without.values[Measure.RECALL] < 1
