"""HTML: one page that needs no network and no font of its own; formulas are MathML.

It is well-formed XML as well, and all of it is there without its script. How it looks is said in page.css
alone, what it does in page.js.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from handcalc.document import Document
from handcalc.formats._html_places import CONTENT, Places
from handcalc.formats._html_steps import Steps
from handcalc.formats._html_words import plain_words

# No page and no XML holds these, escaped or not.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def write(document: Document, *, ascii: bool = False, **_: object) -> str:
    """The document as a page; in ASCII other characters are written by their numbers."""
    title = plain_words(document.title)
    steps = Steps(document.blocks, Places(document))
    contents, body = steps.contents(), steps.body()
    # Reports have parts that fold by themselves, and no steps in which values are found.
    script = _beside("page.js") if document.steps else ""
    skip = f'<a class="skip" href="#{CONTENT}">Skip to the content</a>\n' if contents else ""
    page = f"""<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="{_policy(script)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>{title}</title>
<style>
{_beside("page.css")}</style>
</head>
<body>
{skip}<header>
<h1>{title}</h1>
</header>
{contents}<main id="{CONTENT}">
{body}
</main>
{f"<script>{script}</script>" if script else ""}
</body>
</html>
"""
    page = _CONTROL.sub("�", page)
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii") if ascii else page


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _policy(script: str) -> str:
    """Nothing is fetched, and nothing but the script of the page is run, whatever words it holds."""
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"
    if not script:
        return policy
    return f"{policy}; script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
