"""What editors write: however long it is, it neither leaves a page nor comes twice."""

from typing import TYPE_CHECKING

from tests.desk.test_putting_right import Another, rename, story_of, toast
from tests.support.desks import Running
from tests.support.layout import faults

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG = "Donaudampfschifffahrtsgesellschaft" * 8


def test_a_long_word_in_a_title_stays_on_every_page(
    page: "Page", desk: Running, another: Another
) -> None:
    story = story_of(desk.path, "Chipmaker Halden")
    page.goto(f"/stories/{story}")
    rename(page, LONG)
    toast(page, "Renamed.")
    with another(desk.url, viewport={"width": 320, "height": 640}) as phone:
        for path in ("/", f"/stories/{story}", f"/stories/{story}/merge", "/decisions"):
            phone.goto(path)
            assert (path, faults(phone)) == (path, [])


def test_what_is_noted_leaves_the_field_and_what_is_refused_stays(
    page: "Page", desk: Running
) -> None:
    page.goto(f"/stories/{story_of(desk.path, 'Chipmaker Halden')}")
    field, add = page.locator("#note"), page.get_by_role("button", name="Add note")
    field.fill(LONG * 20)
    add.click()
    toast(page, "5000 is the most")
    assert field.input_value() == LONG * 20
    field.fill("Call the mayor")
    add.click()
    page.locator(".note-entry", has_text="Call the mayor").wait_for()
    assert field.input_value() == ""
