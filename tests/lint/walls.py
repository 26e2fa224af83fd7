"""The walls between rooms: a file includes only headers of the rooms that its CMake target links.

The data is in the CMakeLists.txt files: katydid_library and katydid_program with their sources and links.
A header belongs to the target of the source of the same name, else to the target of its folder. The table of
rooms in docs/architecture.md says the same, and each room includes only rooms above it there; `script/docs` writes
the table (walls.py --write).
"""

import pathlib
import re
import sys

import docs

PAGE = "docs/architecture.md"
CALL = re.compile(r"^\s*katydid_(library|program)\(([^)]*)\)", re.M)
WORDS = {"FULL", "SOURCES", "LINK", "PRIVATE", "ALONE"}
INCLUDE = re.compile(r'^#include ["<]([^">]+)[">]', re.M)
ROW = re.compile(r"^\| `([\w./-]+)/` \|(.*)\|[^|\n]*\|$", re.M)


def targets(root):
    """{name: (folder, sources as paths, links)} of all libraries and programs, in the order of their files."""
    found = {}
    for path in sorted(root.glob("**/CMakeLists.txt")):
        folder = path.parent.relative_to(root)
        if folder.parts[:1] in [("tests",), ("build",)]:
            continue
        text = re.sub(r"#.*", "", path.read_text())
        for kind, arguments in CALL.findall(text):
            name, *words = arguments.split()
            part, lists = None, {word: [] for word in WORDS}
            for word in words:
                part = word if word in WORDS else part
                if word != part and part:
                    lists[part].append(word.removeprefix("katydid::"))
            found[name if kind == "library" else f"program {name}"] = (
                str(folder), [str(folder / name) for name in lists["SOURCES"] + lists["ALONE"]],
                lists["LINK"] + lists["PRIVATE"])
    return found


def owners(rooms):
    """{source without its suffix, or folder: target}; what is left of a folder belongs to the target of its name,
    or to its first one."""
    of = {folder: name for name, (folder, _, _) in rooms.items() if name == folder.split("/")[-1]}
    for name, (folder, sources, _) in rooms.items():
        for key in [source.rsplit(".", 1)[0] for source in sources] + [folder]:
            of.setdefault(key, name)
        for source in sources:
            of.setdefault(str(pathlib.PurePath(source).parent), name)
    return of


def owner(of, name):
    stem = name.rsplit(".", 1)[0]
    parts = [stem, *map(str, pathlib.PurePath(name).parents)]
    return next((of[part] for part in parts if part in of), None)


def check(root, files):
    """Findings: what is included and not linked, and what is linked for nothing."""
    rooms = targets(root)
    of, used = owners(rooms), {name: set() for name in rooms}
    for path in files:
        name = str(path.relative_to(root))
        here = owner(of, name)
        if path.suffix not in {".cpp", ".hpp"} or name.startswith("tests/") or here is None:
            continue
        for header in INCLUDE.findall(path.read_text(errors="replace")):
            there = owner(of, re.sub(r"^katydid/", "hub/include/katydid/", header))
            used[here].add(there)
            if there not in {None, here, *rooms[here][2]}:
                yield f"{name}: includes {header}, and {here} does not link {there}"
    for name, (folder, _, links) in rooms.items():
        for link in links:
            if link in rooms and link not in used[name] | {"core"}:  # core also brings Asio
                yield f"{folder}/CMakeLists.txt: {name} links {link} and includes nothing of it"
    text = (root / PAGE).read_text() if (root / PAGE).exists() else ""
    order = [folder for folder, _ in ROW.findall(text)]
    for name, (folder, _, links) in rooms.items():
        above = order[:order.index(folder) + 1] if folder in order else order
        for link in links:
            if not name.startswith("program ") and link in rooms and folder in order and rooms[link][0] not in above:
                yield f"{folder}/CMakeLists.txt: links {link}, which is not above it in the table of {PAGE}"
    if text != page(rooms, text):
        yield f"{PAGE}: the table of rooms is not what the CMakeLists.txt files say: run script/docs"


def page(rooms, text):
    """The page with the last column of its rooms as linked; a room without a row gets one."""
    libraries = {}
    for name, (folder, _, links) in rooms.items():
        if not name.startswith("program ") and folder.split("/")[0] in {"hub", "handlers", "signing", "certs"}:
            libraries.setdefault(folder, ([], []))
            libraries[folder][0].append(name)
            libraries[folder][1].extend(links)

    def room_of(link):
        """A room that makes several targets has the name of the first."""
        return libraries[rooms[link][0]][0][0] if link in rooms else link

    def cell(folder):
        own, links = libraries[folder]
        linked = {re.sub(r"PkgConfig::|::.*|_LINK_LIBRARIES|\W*$|^\W*", "", room_of(link))
                  for link in links if link not in own}
        names = ", ".join(sorted(linked, key=str.lower)) or "nothing"
        return f" {names if len(names) <= docs.CELL_MAX - 2 else f'{len(linked)} of them: `{folder}/CMakeLists.txt`'} |"

    known = {folder for folder, _ in ROW.findall(text)}
    missing = "".join(f"\n| `{folder}/` | ? |{cell(folder)}" for folder in libraries if folder not in known)
    text = ROW.sub(lambda row: f"| `{row[1]}/` |{row[2]}|{cell(row[1])}" if row[1] in libraries else row[0], text)
    rows = list(ROW.finditer(text))
    return text[:rows[-1].end()] + missing + text[rows[-1].end():] if rows and missing else text


if __name__ == "__main__" and "--write" in sys.argv:
    tree = pathlib.Path(__file__).resolve().parents[2]
    (tree / PAGE).write_text(page(targets(tree), (tree / PAGE).read_text()))
