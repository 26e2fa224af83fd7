"""Rules for documentation: pages that are named exist, table cells and paragraphs stay short, console
blocks are run, and a block below `<!-- file: PATH -->` is what that file holds. Run as a program it
copies these blocks anew.

What is too long or not run today is counted in ratchet.json, page by page, and may only become less.
"""

import math
import pathlib
import re

CELL_MAX = 200                     # characters
PARAGRAPH_MAX, COLUMNS = 6, 120    # lines, and the characters of one where the text is not wrapped

URL = re.compile(r"\b\w+://\S+")
PAGE = re.compile(r"(?<![\w/.*$-])(?:[\w.-]+/)*[\w-]+\.md\b(?![\w/-])")
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")
NAMES = re.compile(r"[\w+]+(, [\w+]+)+")  # rooms, that walls.py writes: no sentence to be split
SKIPPED = re.compile(r"<!-- console: skip\b")  # a console block that script/test does not run
INCLUDED = re.compile(r"(<!-- file: (\S+) -->\n```\w*\n)(.*?)(```\n)", re.S)


def exists(root, path, name):
    """A page is named as seen from the root, from docs/ or from the file that names it."""
    return any((base / name).exists() for base in (root, root / "docs", path.parent))


def without_code(text):
    """The same lines, without fenced blocks and code in a sentence."""
    text = re.sub(r"^ *```.*?^ *```", lambda block: "\n" * block[0].count("\n"), text, flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`", "", text)


def check_references(root, path, name):
    """Findings: pages and links that lead nowhere."""
    text = path.read_text(errors="replace")
    if path.suffix != ".md" and ".md" not in text:
        return
    prose = without_code(text).split("\n") if path.suffix == ".md" else []
    for number, line in enumerate(text.split("\n"), 1):
        if "lint: allow" in line:
            continue
        wanted = PAGE.findall(URL.sub("", line))
        wanted += LINK.findall(URL.sub("", prose[number - 1])) if prose else []
        for target in sorted(set(wanted)):
            # What is in build/ is written by a script.
            if not target.startswith("build/") and not exists(root, path, target):
                yield f"{name}:{number}: {target} does not exist: name a page of the repository"


def with_files(root, text):
    """The page with the blocks that its files hold."""
    def block(match):
        file = root / match[2]
        return match[1] + (file.read_text() if file.exists() else "") + match[4]
    return INCLUDED.sub(block, text)


def check_included(root, path, name):
    text = path.read_text()
    if with_files(root, text) != text:
        yield f"{name}: a block below `<!-- file: … -->` is not what that file holds: script/docs"


def visible(text):
    """Without the targets of links, which nobody reads."""
    return re.sub(r"\]\([^)]*\)", "]", text).strip()


def cells_and_paragraphs(text):
    """(cells, paragraphs) as lists of (line number, text); a list item is a paragraph of its own."""
    cells, paragraphs, is_code, is_open = [], [], False, False
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*(```|~~~)", line):
            is_code, is_open = not is_code, False
        elif is_code or not line.strip() or line.startswith("#"):
            is_open = False
        elif line.lstrip().startswith("|"):
            cells += [(number, visible(cell)) for cell in re.split(r"(?<!\\)\|", line)]
            is_open = False
        elif is_open and not re.match(r"\s*([-*+]|\d+\.)\s", line):
            paragraphs[-1][1].append(visible(line))
        else:
            paragraphs.append((number, [visible(line)]))
            is_open = True
    return cells, paragraphs


def blemishes(text):
    """(cells, paragraphs, skipped blocks) as lists of (line number, what is wrong there)."""
    cells, paragraphs = cells_and_paragraphs(text)
    sizes = [(number, max(len(lines), math.ceil(len(" ".join(lines)) / COLUMNS))) for number, lines in paragraphs]
    return ([(number, f"a table cell of {len(cell)} characters, {CELL_MAX} allowed")
             for number, cell in cells if len(cell) > CELL_MAX and not NAMES.fullmatch(cell)],
            [(number, f"a paragraph of {size} lines, {PARAGRAPH_MAX} allowed")
             for number, size in sizes if size > PARAGRAPH_MAX],
            [(text.count("\n", 0, found.start()) + 1, "a console block that is not run")
             for found in SKIPPED.finditer(without_code(text))])


def measure_page(text):
    """[cells, paragraphs, skipped blocks], how many."""
    return [len(found) for found in blemishes(text)]


def check_page(path, name, allowed):
    """Findings, when there are more than the ratchet allows: all of them, since nobody knows which are new."""
    for found, limit in zip(blemishes(path.read_text()), allowed.get(name, [0, 0, 0])):
        if len(found) > limit:
            yield from (f"{name}:{number}: {what}; {len(found)} such on this page, {limit} allowed"
                        for number, what in found)


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parents[2]
    for page in here.glob("docs/**/*.md"):
        page.write_text(with_files(here, page.read_text()))
