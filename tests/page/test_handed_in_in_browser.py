"""The pages that are handed in, opened from disk: nothing is asked for, and nothing is missing."""

import pytest
from handed_in import signed_copy, unpacked

IMAGES = "is => is.filter((i) => i.loading !== 'lazy' && !(i.complete && i.naturalWidth)).length"


@pytest.fixture(scope="module")
def folder(site, tmp_path_factory):
    project = signed_copy(site, tmp_path_factory.mktemp("handed") / "project")
    return unpacked(project, tmp_path_factory.mktemp("unpacked"))


def test_every_page_opens_from_disk_alone(browser, folder, tmp_path):
    """Each is alone in its folder; only what a reader clicks on lies beside."""
    context = browser.new_context(reduced_motion="reduce")
    for path in sorted(folder.glob("*.html")):
        alone = tmp_path / path.name
        alone.write_bytes(path.read_bytes())
        said, asked = [], []
        page = context.new_page()
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(alone.as_uri())
        if "visualization" in path.name:
            page.wait_for_selector(".viz-ready")
        else:
            assert page.eval_on_selector("#theme-toggle", "button => !button.hidden")
        page.wait_for_load_state("networkidle")
        assert page.eval_on_selector_all("img", IMAGES) == 0
        assert said == []
        assert [url for url in asked if not url.startswith("data:")] == [alone.as_uri()]
        page.close()
    context.close()


def test_links_between_the_pages_lead_from_one_to_the_other(browser, folder):
    page = browser.new_page()
    page.goto((folder / "index.html").as_uri())
    for name in ("Complete visualization", "Model checks", "Multilevel linear models"):
        page.get_by_role("banner").get_by_role("link", name=name).click()
    assert page.url == (folder / "index.html").as_uri()
    for path in folder.glob("*.html"):
        page.goto(path.as_uri())
        links = page.eval_on_selector_all("a[href]", "as => as.map((a) => a.getAttribute('href'))")
        assert links
        for link in links:
            target = link.partition("#")[0]
            assert "://" in link or not target or (folder / target).is_file(), link
    page.close()
