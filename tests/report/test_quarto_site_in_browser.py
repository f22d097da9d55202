"""What is mended behind Quarto, in a browser."""

from quarto_site import mend
from what_is_here import chromium


def test_the_scripts_of_a_page_run_from_a_disk(quarto_site):
    mend(quarto_site)
    mend(quarto_site)  # as the next render of one document does
    said = []
    with chromium() as browser:
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto((quarto_site / "report" / "index.html").as_uri())
        assert page.title() == "tabsets"
    assert said == []


def test_the_keyboard_unfolds_a_callout_of_that_name(quarto_site):
    mend(quarto_site)
    mend(quarto_site)
    with chromium() as browser:
        page = browser.new_page()
        page.goto((quarto_site / "report" / "index.html").as_uri())
        title = page.get_by_role("button", name="Title", exact=True)
        for key, expanded in (("Enter", "true"), ("Space", "false"), ("a", "false")):
            title.press(key)
            assert title.get_attribute("aria-expanded") == expanded
