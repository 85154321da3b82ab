"""Pages in a real browser: nothing runs off, steps fold, values are found, results wait to be asked for.

One start of the browser loads all pages in frames, whose width is the width of their screen. A copy of each
page ends with a probe that clicks, looks, and sends what it has seen to the page around the frames.
"""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import handcalc
from handcalc.formats import write

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")

PROBLEMS = (
    "adam-on-a-square",
    "attention-three-words",
    "batch-norm-four-samples",
    "cnn-11x7",
    "conv-channels",
    "conv-classifier",
    "descent-to-the-minimum",
    "lstm-classifier",
    "net-2-2-2",
    "resnet-50",
    "sigmoid-circuit",
    "transformer-block",
    "vgg-16",
)
WIDTHS = (400, 1000)

# What each probe can use; `seen` is what it sends.
TOOLS = """
const all = query => [...document.querySelectorAll(query)];
const at = id => document.getElementById(id);
const wait = () => new Promise(done => setTimeout(done, 700));
const there = element => element.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true});
const button = name => all("button").find(one => one.textContent.includes(name));
const over = element => element.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
const key = (element, name) => element.dispatchEvent(new KeyboardEvent("keydown", {key: name, bubbles: true}));
const lit = () => [...new Set(all(".lit").map(one => one.id || one.querySelector("[id]")?.id))];
const said = () => document.querySelector(".where").innerText.normalize("NFKC").replace(/\\s+/g, "");
const inside = element => { const box = element.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
"""

WIDE = """
const boxes = all("main *").filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1);
const loose = boxes.filter(one => !one.closest(".scroll, .lines, .brackets, .drawing"));
seen = {page: document.documentElement.scrollWidth, screen: innerWidth, loose: loose.map(one => one.outerHTML.slice(0, 80))};
"""

# name: problem, address, script
PROBES: dict[str, tuple[str, str, str]] = {
    "folding": (
        "net-2-2-2",
        "",
        """
seen.first = there(at("w5_new"));
all("details.step").find(one => one.querySelector("#step-3\\\\.1")).querySelector("summary").click();
await wait();
seen.folded = there(at("w5_new"));
seen.others = there(at("w6_new"));
button("Fold all").click();
await wait();
seen.none = all("details .line, details .ledger").filter(there).length;
seen.headings = all("main h2").filter(there).length;
button("Unfold all").click();
await wait();
seen.again = all("main details").every(one => one.open);
""",
    ),
    "print": (
        "net-2-2-2",
        "",
        """
button("Fold all").click();
dispatchEvent(new Event("beforeprint"));
seen.open = all("main details").every(one => one.open);
dispatchEvent(new Event("afterprint"));
seen.closed = all("main details.step").every(one => !one.open);
""",
    ),
    "address": (
        "net-2-2-2",
        "#dE_dw5",
        """
await wait();
seen.inside = inside(at("dE_dw5"));
button("Fold all").click();
all("main [data-k=w6_new]")[0].dispatchEvent(new MouseEvent("click", {bubbles: true}));
await wait();
button("Fold all").click();
all("main [data-k=w6_new]")[0].dispatchEvent(new MouseEvent("click", {bubbles: true}));
await wait();
seen.opened = there(at("w6_new"));
seen.scrolled = inside(at("w6_new"));
seen.others = there(at("w7_new"));
""",
    ),
    "cell": (
        "cnn-11x7",
        "#conv1[2,3]",
        "await wait(); seen.inside = inside(at('conv1[2,3]'));",
    ),
    "lighting": (
        "net-2-2-2",
        "",
        """
const row = at("w5_new");
over(row.querySelector("[data-k=w5]"));
seen.given = [lit(), said()];
over(all("[data-k=h1_out]").at(-1));
seen.symbol = [lit(), said()];
over([...at("o1_in").querySelectorAll("mn[data-k=h1_out], mrow[data-k=h1_out]")].at(-1));
seen.number = lit();
all("a[href='#step-3.1']").find(one => one.closest("main")).focus();
seen.link = lit();
over(document.querySelector("h1"));
seen.away = lit();
""",
    ),
    "keyboard": (
        "net-2-2-2",
        "",
        """
const stops = at("o1_in").closest(".lines").querySelectorAll("[tabindex='0']");
stops[0].focus();
seen.stops = stops.length;
seen.first = document.activeElement.dataset.k;
key(document.activeElement, "ArrowRight");
seen.next = document.activeElement.dataset.k;
seen.lit = lit();
key(document.activeElement, "Enter");
await wait();
seen.hash = location.hash;
""",
    ),
    "window": (
        "cnn-11x7",
        "",
        """
const cell = all("main [data-k]").find(one => /^x.[0-9]+,[0-9]+.$/.test(one.dataset.k));
over(cell);
seen.key = cell.dataset.k;
seen.lit = all("td.lit").map(one => one.id);
seen.said = said();
seen.seen = getComputedStyle(at(cell.dataset.k)).backgroundColor !== getComputedStyle(at("x[1,1]").parentElement).backgroundColor;
seen.written = [at(cell.dataset.k).tagName, at(cell.dataset.k).closest("table").id];
""",
    ),
    "training": (
        "adam-on-a-square",
        "",
        """
const steps = all("main details.step");
const second = at("m_theta@step2");
over(second.querySelector("[data-k='m_theta@step1']"));
seen.lit = lit();
""",
    ),
    "hiding": (
        "net-2-2-2",
        "",
        """
const value = () => at("dE_dw5").querySelector("td:last-child .r");
const hidden = () => [there(value()), value().getAttribute("aria-hidden")];
seen.before = hidden();
button("Practise").click();
seen.hidden = hidden();
seen.lines = all("main .r").filter(there).length;
seen.symbols = there(at("w5_new").querySelector(".side"));
over(all("[data-k=dE_dw5]").at(-1));
seen.leaks = said();
const show = at("dE_dw5").querySelector("button");
show.focus();
seen.name = show.textContent;
show.click();
seen.shown = hidden();
seen.focus = document.activeElement === value();
seen.other = there(at("dE_dw6").querySelector("td:last-child .r"));
button("Practise").click();
seen.after = all("main .r").every(there);
seen.buttons = all(".show").length;
""",
    ),
    "hide": ("cnn-11x7", "#hide", "seen = all('main .r').filter(there).length;"),
    "nothing": ("vgg-16", "#nothing%5B", "seen = all('main details').every(one => one.open);"),
}


def _copy(page: str, script: str, name: str) -> str:
    """A copy that may run a probe, which waits until the page's own script has run."""
    probe = f"<script>(async () => {{ let seen = {{}};{TOOLS}{script}parent.postMessage([{name!r}, seen], '*'); }})();</script>"
    return re.sub(r"<meta http-equiv[^>]*/>", "", page).replace("</body>", f"{probe}</body>")


def _dumped(path: Path, profile: Path) -> str:
    """The document after all scripts have run."""
    assert BROWSER is not None
    settings = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}")
    # Otherwise the page glides to where an address leads, and stands still where no one looks.
    waiting = (
        "--force-prefers-reduced-motion",
        "--window-size=1400,900",
        "--virtual-time-budget=20000",
        "--dump-dom",
    )
    command = [BROWSER, *settings, *waiting, path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def seen(tmp_path_factory: Any) -> dict[str, Any]:
    """What every probe has seen, of one start of the browser."""
    folder = tmp_path_factory.mktemp("pages")
    pages = {name: write(handcalc.solve(name), "html") for name in PROBLEMS}
    frames = []
    for name, (problem, address, script) in PROBES.items():
        (folder / f"{name}.html").write_text(_copy(pages[problem], script, name), "utf-8")
        frames.append(f'<iframe src="{name}.html{address}" width="1000" height="700"></iframe>')
    for problem in PROBLEMS:
        for width in WIDTHS:
            name = f"{problem} {width}"
            (folder / f"{name}.html").write_text(_copy(pages[problem], WIDE, name), "utf-8")
            frames.append(f'<iframe src="{name}.html" width="{width}" height="700"></iframe>')
    around = "\n".join(frames)
    collect = "const found = {}; onmessage = event => { found[event.data[0]] = event.data[1]; document.querySelector('pre').textContent = JSON.stringify(found); };"
    host = folder / "host.html"
    host.write_text(f"<pre></pre><script>{collect}</script>{around}", "utf-8")
    written = re.search(r"<pre>(.*?)</pre>", _dumped(host, folder / "profile"), re.DOTALL)
    assert written is not None
    found: dict[str, Any] = json.loads(html.unescape(written[1]))
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_nothing_runs_off_the_screen(problem, width, seen):
    """The page never scrolls sideways, and what is wider stands in a box that does."""
    found = seen[f"{problem} {width}"]

    assert found["screen"] == width
    assert found["page"] <= width
    assert found["loose"] == []


def test_steps_fold_one_by_one_and_all_together(seen):
    found = seen["folding"]

    assert found == {
        "first": True,
        "folded": False,
        "others": True,
        "none": 0,
        "headings": 4,
        "again": True,
    }


def test_paper_is_unfolded_and_the_screen_is_as_it_was(seen):
    assert seen["print"] == {"open": True, "closed": True}


def test_an_address_opens_its_step_and_is_in_sight(seen):
    assert seen["address"] == {"inside": True, "opened": True, "scrolled": True, "others": False}
    assert seen["cell"] == {"inside": True}


def test_an_address_that_is_nowhere_changes_nothing(seen):
    assert seen["nothing"] is True


def test_a_symbol_or_number_lights_up_where_it_was_found(seen):
    """Its line and the heading of its step; h₁ᵒᵘᵗ is found in step 1.1 and is 0.605."""
    found = seen["lighting"]

    assert found["given"] == [["w5"], "w5=0.7given"]
    assert found["symbol"] == [["step-1.1", "h1_out"], "h1out≈0.605step1.1"]
    assert found["number"] == ["step-1.1", "h1_out"]
    assert found["link"] == ["step-3.1"]
    assert found["away"] == []


def test_the_same_without_a_mouse(seen):
    """One stop of the Tab key; o₁ⁱⁿ = w₅·h₁ᵒᵘᵗ + … goes from w₅ to h₁ᵒᵘᵗ by an arrow."""
    found = seen["keyboard"]

    assert found == {
        "stops": 1,
        "first": "w5",
        "next": "h1_out",
        "lit": ["step-1.1", "h1_out"],
        "hash": "#h1_out",
    }


def test_an_element_in_a_sum_lights_up_the_cell_of_its_matrix(seen):
    found = seen["window"]

    assert found["lit"] == [found["key"]]
    assert found["said"] == f"{found['key']}=0.1given"
    assert found["seen"] is True
    assert found["written"] == ["TD", "x"]


def test_what_a_step_of_training_begins_with_is_found_in_the_step_before(seen):
    assert "m_theta@step1" in seen["training"]["lit"]


def test_results_are_hidden_until_they_are_asked_for(seen):
    """From eyes and from screen readers; asked for, they are what has the focus."""
    found = seen["hiding"]

    assert found["before"] == [True, None]
    assert found["hidden"] == [False, "true"]
    assert found["lines"] == 0
    assert found["symbols"] is True
    assert "0.0" not in found["leaks"]
    assert found["name"] == "show"
    assert found["shown"] == [True, "false"]
    assert found["focus"] is True
    assert found["other"] is False
    assert found["after"] is True
    assert found["buttons"] == 0


def test_results_are_hidden_by_the_address_alone(seen):
    assert seen["hide"] == 0


def test_the_page_runs_its_own_script_and_no_other(tmp_path):
    """The policy of the page names its script by its hash: with it buttons appear, another does nothing."""
    page = write(handcalc.solve("net-2-2-2", ["E"]), "html")
    path = tmp_path / "page.html"
    path.write_text(
        page.replace("</body>", "<script>document.title = 'taken'</script></body>"), "utf-8"
    )
    found = _dumped(path, tmp_path / "profile")

    assert "Practise: hide results" in re.sub(r"(?s)<script>.*?</script>", "", found)
    assert "<title>taken</title>" not in found
