#!/usr/bin/env python3
"""The rules of the house that a machine can check.

Each rule is a function from a file to findings; those for documentation are in docs.py. Lengths
ratchet: what is too long today is listed in tests/lint/ratchet.json and may only shrink
(script/lint --ratchet writes it).
Another tree is looked at with --root FOLDER; lint_test.py does.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

import circles
import docs
import walls

ROOT = pathlib.Path(sys.argv[sys.argv.index("--root") + 1]).resolve() if "--root" in sys.argv \
    else pathlib.Path(__file__).resolve().parents[2]
RATCHET = ROOT / "tests/lint/ratchet.json"
LINE_MAX, FUNCTION_MAX, FILE_MAX = 100, 70, 400
CPP = {".cpp", ".hpp"}
SCRIPTS = {".py", ".sh", ".bash", ".mjs", ".ts", ".cmake", ""}  # shell also stands inside of Python


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def without_strings_and_comments(line):
    line = re.sub(r'"(\\.|[^"\\])*"', '""', line)
    return re.sub(r"//.*", "", line)


PATTERNS = [
    (CPP, r"\basio::detached\b", "asio::detached loses exceptions: use a named completion handler"),
    (CPP, r"async_read\w*\([^;]*parser\w*\.get\(\)", "async_read takes the parser: parser.get() ignores body_limit"),
    (CPP, r"\bstd::regex\b", "std::regex overflows the stack on long input: use RE2 or a loop"),
    (CPP, r"\?[^:;]*\bco_await\b[^;]*:|\?.*:\s*co_await\b", "co_await inside ?: is a double free with g++ 12"),
    (CPP, r"\w\((?!\s*co_await\b\s*$)[^()]*\bco_await\b", "co_await in an argument list: g++ 12 miscompiles it"),
    (CPP, r"\bfor\s*\(.*:\s*co_await\b", "co_await in a range-for header: bind a named local first"),
    (CPP, r"\b(TODO|FIXME|XXX|HACK)\b", "do it, or put it into the issue's note"),
    (CPP, r"\bio_context_?\.stop\(\)|\bloop_?\.stop\(\)", "shut down by draining, not by io_context::stop()"),
]
# Written so that they do not match themselves.
TEST_PATTERNS = [
    (CPP, r"\bslee[p]_(?:for|until)\b|\b(?:u|nano)?slee[p]\(", "a test sleeps: use the manual clock or a signal"),
    (SCRIPTS, r"\btime\.slee[p]\b|\basyncio\.slee[p]\b|\bfrom time import\b.*\bslee[p]\b|(?<![\w.-])slee[p]\s+[\d.$\"{]",
     "a test sleeps: wait for a signal (sd_notify, a pipe, a socket, a metric) with a deadline"),
]
PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE" + r" KEY-----\s*\n[A-Za-z0-9+/=\s]{40,}")


def check_patterns(name, lines):
    rules = list(PATTERNS)
    if name.startswith("tests/"):
        rules += TEST_PATTERNS
    for number, line in enumerate(lines, 1):
        if "lint: allow" in line:
            continue
        code = without_strings_and_comments(line)
        for suffixes, pattern, why in rules:
            text = line if "TODO" in pattern or suffixes is SCRIPTS else code
            if pathlib.Path(name).suffix in suffixes and re.search(pattern, text):
                yield f"{name}:{number}: {why}"


def condition_of(code):
    """The text between the parentheses after the first if, while or switch of a line."""
    found = re.search(r"\b(if|while|switch)\s*\(", code)
    if not found:
        return ""
    depth = 1
    for at in range(found.end(), len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return code[found.end():at]
    return code[found.end():]


def check_conditions(name, lines):
    for number, line in enumerate(lines, 1):
        if re.search(r"\bco_await\b", condition_of(without_strings_and_comments(line))):
            yield f"{name}:{number}: co_await inside a condition: g++ 12 miscompiles it"


def check_waits_for_spawned(name, lines):
    """co_spawn that is awaited passes a cancellation on, which is not safe between threads."""
    if name == "hub/core/async/on_executor.cpp" or name.startswith("tests/"):
        return
    code = "\n".join(without_strings_and_comments(line) for line in lines)
    for found in re.finditer(r"\bco_spawn\s*\([^;]*?\buse_(?:awaitable|tuple)\b", code):
        number = code.count("\n", 0, found.start()) + 1
        yield f"{name}:{number}: an awaited co_spawn: use on_executor (hub/core/async/on_executor.hpp)"


def check_includes(name, lines):
    if not name.endswith(".hpp") or name.startswith("tests/"):
        return
    for number, line in enumerate(lines, 1):
        if "#include <boost/beast" in line and not name.endswith(("_beast.hpp", "beast_types.hpp")):
            yield f"{name}:{number}: Beast is slow to compile: keep it out of headers"
        if "#include <sqlite3.h>" in line and not name.startswith(("hub/store/sqlite/", "bench/floor/")):
            yield f"{name}:{number}: SQL stays in hub/store"


def check_layout(name, lines):
    if lines and name.endswith(".hpp") and "#pragma once" not in lines[:12]:
        yield f"{name}:1: #pragma once is missing"


def function_lengths(lines):
    """(first line, length) of each function body: a `{` at column 0, or after a signature."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif re.match(r"^[A-Za-z].*\)[^;]*\{$", line) and not re.match(r"^(namespace|class|struct|enum|extern)\b", line):
            start = number
        elif line.startswith("}") and start is not None:
            yield start, number - start + 1
            start = None


def measure(files):
    """What is over the limits: {file: [longest line, longest function, lines]} where one is."""
    over = {}
    for path in files:
        if path.suffix not in CPP:
            continue
        name = str(path.relative_to(ROOT))
        lines = path.read_text(errors="replace").split("\n")
        longest_line = max((len(line) for line in lines if "lint: allow" not in line), default=0)
        longest_function = max((length for _, length in function_lengths(lines)), default=0)
        size = [longest_line if longest_line > LINE_MAX else 0,
                longest_function if longest_function > FUNCTION_MAX else 0,
                len(lines) if len(lines) > FILE_MAX else 0]
        if any(size):
            over[name] = size
    return over


def check_ratchet(over, allowed):
    for name, sizes in sorted(over.items()):
        limits = allowed.get(name, [0, 0, 0])
        for size, limit, what, most in zip(sizes, limits, ("a line", "a function", "the file"),
                                           (LINE_MAX, FUNCTION_MAX, FILE_MAX)):
            if size > max(limit, most):
                yield f"{name}: {what} is {size} long, {max(limit, most)} allowed: split it"


def check_keys(path, name):
    text = path.read_text(errors="replace") if path.stat().st_size < 1_000_000 else ""
    if PRIVATE_KEY.search(text) and "published test vector" not in text:
        yield f"{name}: a private key is in the tree: remove it and make a new one"


FORMATTER = "clang-format-19"  # by name: each version formats a little differently


def check_format(files):
    if not (ROOT / ".clang-format").exists():
        return
    sources = [str(path) for path in files if path.suffix in CPP]
    if shutil.which(FORMATTER) is None:
        yield f"{FORMATTER} is not installed: run script/bootstrap"
        return
    reported = subprocess.run([FORMATTER, "--dry-run", "--Werror", *sources], capture_output=True,
                              text=True, check=False).stderr
    for name in dict.fromkeys(re.findall(r"^(.*?):\d+:\d+: error: ", reported, re.M)):
        yield f"{pathlib.Path(name).relative_to(ROOT)}: not formatted: {FORMATTER} -i"


def main():
    files = tracked_files()
    over = measure(files)
    if "--ratchet" in sys.argv:
        pages = {str(path.relative_to(ROOT)): docs.measure_page(path.read_text())
                 for path in files if path.suffix == ".md"}
        over |= {name: size for name, size in pages.items() if any(size)}
        RATCHET.write_text(json.dumps(over, indent=1, sort_keys=True) + "\n")
        return 0
    allowed = json.loads(RATCHET.read_text()) if RATCHET.exists() else {}
    findings = list(check_ratchet(over, allowed))
    findings += walls.check(ROOT, files)
    findings += circles.check(ROOT, files)
    findings += check_format(files)
    for path in files:
        name = str(path.relative_to(ROOT))
        findings += check_keys(path, name)
        findings += docs.check_references(ROOT, path, name)
        if path.suffix == ".md":
            findings += docs.check_page(path, name, allowed)
            findings += docs.check_included(ROOT, path, name)
        if path.suffix in CPP | SCRIPTS:
            lines = path.read_text(errors="replace").split("\n")
            findings += check_patterns(name, lines)
        if path.suffix in CPP:
            for check in (check_conditions, check_includes, check_layout, check_waits_for_spawned):
                findings += check(name, lines)
        if name.startswith("script/") and not path.stat().st_mode & 0o100:
            findings.append(f"{name}: a script must be executable")
    print("\n".join(findings) if findings else f"lint: {len(files)} files, nothing to say")
    return 1 if findings else 0


sys.exit(main())
