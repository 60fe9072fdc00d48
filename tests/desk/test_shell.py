"""What every page has: keys, language, colours, a way past the menu; without scripts too."""

from typing import TYPE_CHECKING, Protocol

import pytest

from tests.support.desks import Running

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from playwright.sync_api import Page


class Another(Protocol):
    """How another editor's page is opened."""

    def __call__(self, url: str, **options: object) -> "AbstractContextManager[Page]":
        """One, while the context lasts."""


def test_the_keys_are_shown_by_a_key_and_leave_by_another(shared_page: "Page") -> None:
    shared_page.goto("/api")
    shared_page.keyboard.press("?")
    dialog = shared_page.get_by_role("dialog", name="Keys")
    assert dialog.is_visible()
    assert dialog.get_by_text("to the next row, to the one before").is_visible()
    assert shared_page.evaluate("document.activeElement.closest('dialog') !== null")
    shared_page.keyboard.press("Escape")
    assert not dialog.is_visible()
    shared_page.keyboard.press("?")
    shared_page.keyboard.press("?")
    assert not dialog.is_visible()


def test_a_slash_leads_to_the_search_and_letters_there_are_only_letters(
    shared_page: "Page",
) -> None:
    shared_page.goto("/api")
    shared_page.keyboard.press("/")
    search = shared_page.get_by_role("searchbox")
    assert search.evaluate("each => each === document.activeElement")
    shared_page.keyboard.type("gf?/")
    assert search.input_value() == "gf?/"
    shared_page.keyboard.press("Escape")
    shared_page.keyboard.press("g")
    with shared_page.expect_navigation(url="**/feeds"):
        shared_page.keyboard.press("f")


def choose_keys(page: "Page", choice: str) -> None:
    page.locator("summary", has=page.locator("svg")).last.click()
    keys = page.get_by_role("group", name="Keys of one letter")
    with page.expect_navigation(wait_until="load"):
        keys.get_by_role("button", name=choice, exact=True).click()


def test_keys_of_one_letter_are_turned_off_for_who_does_not_want_them(
    shared_desk: Running, another: Another
) -> None:
    with another(shared_desk.url) as page:
        page.goto("/")
        choose_keys(page, "off")
        for key in ("j", "x", "?", "/"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement === document.body")
        assert not page.get_by_role("dialog").is_visible()
        choose_keys(page, "on")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.matches('[data-row]')")


def test_who_opened_the_keys_from_the_menu_is_led_back_there(shared_page: "Page") -> None:
    shared_page.goto("/api")
    shared_page.locator("summary", has=shared_page.locator("svg")).last.press("Enter")
    link = shared_page.get_by_role("link", name="Keys")
    link.press("Enter")
    assert shared_page.get_by_role("dialog", name="Keys").is_visible()
    shared_page.keyboard.press("Escape")
    assert not shared_page.get_by_role("dialog", name="Keys").is_visible()
    assert link.evaluate("each => each === document.activeElement")
    shared_page.keyboard.press("Escape")
    assert not link.is_visible()
    assert shared_page.evaluate("document.activeElement.matches('summary')")


def test_the_menu_closes_behind_who_goes_on_by_tab(shared_page: "Page") -> None:
    shared_page.goto("/api")
    shared_page.locator("summary", has=shared_page.locator("svg")).last.press("Enter")
    last = shared_page.get_by_role("link", name="For programs")
    last.focus()
    assert last.is_visible()
    shared_page.keyboard.press("Tab")
    assert not last.is_visible()
    assert shared_page.evaluate("document.activeElement.closest('main') !== null")


def test_what_has_the_focus_is_never_behind_the_bar_of_a_phone(
    shared_desk: Running, another: Another
) -> None:
    behind = """() => {
        const at = document.activeElement, nav = document.querySelector(".nav");
        const inside = nav.contains(at) || at.closest(".bar, .skip") || at === document.body;
        const hidden = at.getBoundingClientRect().top > nav.getBoundingClientRect().top - 4;
        return [!inside, !inside && hidden ? at.outerHTML.slice(0, 100) : ""];
    }"""
    with another(shared_desk.url, viewport={"width": 390, "height": 640}) as page:
        page.goto("/")
        seen = []
        for _ in range(50):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(behind))
        assert sum(counts for counts, _ in seen) > 30
        assert [what for _, what in seen if what] == []


def test_an_act_that_is_not_answered_says_so(shared_desk: Running, another: Another) -> None:
    with another(shared_desk.url) as page:
        page.goto("/")
        page.route("**/star", lambda route: route.abort())
        page.keyboard.press("j")
        page.keyboard.press("*")
        message = page.get_by_role("alert").get_by_text("The desk does not answer")
        message.wait_for()
        page.get_by_role("alert").get_by_role("button", name="Close").click()
        assert not message.is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_language_and_colours_are_chosen_and_kept(
    shared_desk: Running, another: Another, scripts: bool
) -> None:
    with another(shared_desk.url, java_script_enabled=scripts, color_scheme="light") as page:
        page.goto("/api?x=1")
        dark = "getComputedStyle(document.documentElement).colorScheme"
        before = page.evaluate(dark)
        page.locator("summary", has=page.locator("svg")).last.click()
        page.get_by_role("button", name="dark").click()
        assert page.url.endswith("/api?x=1")
        assert (before, page.evaluate(dark)) == ("light dark", "dark")
        page.locator("summary", has=page.locator("svg")).last.click()
        page.get_by_role("button", name="Deutsch").click()
        assert page.get_by_role("link", name="Übersicht").is_visible()
        page.goto("/help")
        assert page.get_attribute("html", "lang") == "de"
        assert page.evaluate(dark) == "dark"


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_stands_in_the_way_in_the_menu_and_among_the_keys(
    shared_desk: Running, another: Another, axe: "Callable[[Page], list[str]]", colours: str
) -> None:
    with another(
        shared_desk.url, color_scheme=colours, viewport={"width": 390, "height": 844}
    ) as page:
        page.goto("/help")
        page.locator("summary", has=page.locator("svg")).last.click()
        assert page.get_by_role("group", name="Colours").is_visible()
        assert axe(page) == []
        page.keyboard.press("Escape")
        assert not page.get_by_role("group", name="Colours").is_visible()
        page.keyboard.press("?")
        assert page.get_by_role("dialog", name="Keys").is_visible()
        assert axe(page) == []


def test_the_first_stop_leads_past_the_menu(shared_page: "Page") -> None:
    shared_page.goto("/api")
    shared_page.keyboard.press("Tab")
    skip = shared_page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("each => each === document.activeElement")
    assert skip.bounding_box()["y"] >= 0  # type: ignore[index] # it is visible
    shared_page.keyboard.press("Enter")
    assert shared_page.evaluate("document.activeElement.id") == "main"


def test_a_page_that_is_not_there_says_so_in_its_own_words(
    shared_desk: Running, another: Another
) -> None:
    with another(shared_desk.url, locale="de-DE") as page:
        answer = page.goto("/nirgends")
        assert answer is not None
        assert answer.status == 404
        assert page.get_by_role("heading", name="Das gibt es nicht").is_visible()
        page.get_by_role("link", name="Zur Übersicht").click()
        assert page.url == f"{shared_desk.url}/"


def test_the_fonts_are_the_desks_own(shared_page: "Page") -> None:
    shared_page.goto("/api")
    shared_page.evaluate("async () => { await document.fonts.ready; }")
    loaded = "[...document.fonts].filter(each => each.status === 'loaded').map(each => each.family)"
    assert len(shared_page.evaluate(loaded)) == 2


def test_an_act_by_key_says_what_it_did_and_another_key_undoes_it(page: "Page") -> None:
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    row = page.evaluate("document.activeElement.id")
    page.keyboard.press("*")
    message = page.locator("[data-toast]").last
    message.get_by_text("Starred.").wait_for()
    assert page.evaluate("document.activeElement.id") == row
    page.locator(f"#{row}").get_by_role("button", name="Take back the star").wait_for()
    page.keyboard.press("z")
    page.locator("[data-toast]").get_by_text("Taken back.").wait_for()
    page.locator(f"#{row}").locator("button[data-key='*'][title^='Star']").wait_for()
    assert page.evaluate("document.activeElement.id") == row


def test_a_page_that_stays_open_tells_how_long_ago_things_are_by_then(page: "Page") -> None:
    page.clock.install()
    page.goto("/")
    first = page.locator("time[data-ago]").first
    before = first.inner_text()
    page.clock.fast_forward("02:00:00")
    page.clock.run_for(31_000)
    assert first.inner_text() != before
    assert first.inner_text().endswith(" h ago")
