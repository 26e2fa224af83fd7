#!/usr/bin/env python3
"""The lint finds what it is there for: each rule in a tree of its own, with one file that breaks it and
one beside it that does not."""

import pathlib
import subprocess
import sys
import tempfile

LINT = pathlib.Path(__file__).with_name("lint.py")
NAP = "sle" + "ep"  # or the lint would find this file
PAGE, GONE = "docs/a." + "md", "gone." + "md"


def private_key(kind):
    """A key made now, in PEM."""
    options = {"PKCS #8": ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
               "SEC 1": ["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
               "RSA": ["genrsa", "-traditional", "2048"],
               "PKCS #8 with a passphrase": ["genpkey", "-algorithm", "ED25519", "-aes256", "-pass", "pass:x"]}
    return subprocess.run(["openssl", *options[kind]], check=True, capture_output=True, text=True).stdout


def rooms(a_links, source='#include "hub/b/b.hpp"\n', table=""):
    """Two rooms: hub/a with one source, hub/b with one header."""
    return {"hub/a/CMakeLists.txt": f"katydid_library(a\n  SOURCES a.cpp LINK {a_links})\n",
            "hub/b/CMakeLists.txt": "katydid_library(b SOURCES b.cpp LINK katydid::core)\n",
            "hub/a/a.cpp": source, "hub/b/b.hpp": "#pragma once\n", "docs/architecture.md": table}


# What it is, the file's name, its text, and what the lint says; empty: nothing.
CASES = [
    *[(f"a private key, {kind}", name, private_key(kind), "a private key is in the tree")
      for kind in ("PKCS #8", "SEC 1", "RSA", "PKCS #8 with a passphrase")
      for name in ("certs/server.key", "tests/lint/notes.txt")],
    ("a key in a test", "tests/certs/a_test.cpp",
     'const char* key = R"(\n' + private_key("PKCS #8") + ')";\n', "a private key is in the tree"),
    ("a public key", "certs/server.pub", "-----BEGIN PUBLIC KEY-----\n" + "QUJD" * 20 + "\n", ""),
    ("C++ that waits", "tests/a_test.cpp", f"std::this_thread::{NAP}_for(1ms);\n", "a test sleeps"),
    ("C that waits", "tests/a_test.cpp", f"  u{NAP}(10);\n", "a test sleeps"),
    ("Python that waits", "tests/a_test.py", f"    time.{NAP}(0.02)\n", "a test sleeps"),
    ("Python that waits by another name", "tests/a_test.py", f"from time import monotonic, {NAP}\n",
     "a test sleeps"),
    ("shell that waits", "tests/a.sh", f"until ready; do {NAP} 0.1; done\n", "a test sleeps"),
    ("shell that waits within Python", "tests/a_test.py", f'run("{NAP} $SECONDS_MAX")\n', "a test sleeps"),
    ("a wait with a signal", "tests/a_test.py", "    stopped.wait(0.02)\n", ""),
    ("the word in a sentence", "tests/a_test.py", f'"""It does not {NAP} for long; no {NAP}s."""\n', ""),
    ("a program that is no test may", "examples/a.py", f"time.{NAP}(1)\n", ""),
    ("detached", "hub/a.cpp", "co_spawn(io, run(), asio::detached);\n", "loses exceptions"),
    ("detached in a comment", "hub/a.cpp", "// never asio::detached\n", ""),
    ("an awaited co_spawn", "hub/a.cpp", "co_await asio::co_spawn(other,\n    work(), asio::use_awaitable);\n",
     "use on_executor"),
    ("a spawned coroutine with its handler", "hub/a.cpp", "asio::co_spawn(other, work(), on_end);\n", ""),
    ("the parser's message", "hub/a.cpp", "co_await http::async_read(s, b, parser.get());\n", "body_limit"),
    ("a regular expression", "hub/a.cpp", "std::regex pattern;\n", "overflows the stack"),
    ("co_await in a condition", "hub/a.cpp", "if (co_await ready()) return;\n", "inside a condition"),
    ("co_await among arguments", "hub/a.cpp", "use(1, co_await next());\n", "argument list"),
    ("work left", "hub/a.cpp", "// TO" + "DO: later\n", "do it"),
    ("a long line", "hub/a.cpp", "int a = 0;" + " " * 95 + "\n", "a line is 105 long"),
    ("a header without its guard", "hub/a.hpp", "int a();\n", "#pragma once"),
    ("Beast in a header", "hub/a.hpp", "#pragma once\n#include <boost/beast/http.hpp>\n", "slow to compile"),
    ("a page that is not there", "hub/a.cpp", f"// The table of {GONE}, Delivery.\n", f"{GONE} does not exist"),
    ("a page of another repository", "hub/a.cpp", "// https://example.org/docs/gone.md\n", ""),
    ("a page beside the one that names it", PAGE, f"See {PAGE} and {PAGE[5:]}.\n", ""),
    ("a link that leads nowhere", PAGE, "[the schema](b/c.json)\n", "b/c.json does not exist"),
    ("what only looks like a link", PAGE, "`[](const Event& event)`\n\n```cpp\n[](int a)\n```\n", ""),
    ("a long cell", PAGE, "| a | b |\n|---|---|\n| a | " + "b" * 201 + " |\n", "a table cell of 201"),
    ("a cell with a long link", PAGE, "| [a](https://example.org/" + "b" * 201 + ") |\n", ""),
    ("a long paragraph", PAGE, "A line.\n" * 7, "a paragraph of 7 lines"),
    ("a console block that is not run", PAGE, "<!-- console: skip: it is long -->\n", "a console block that is not run"),
    ("a long paragraph that is not wrapped", PAGE, "- " + "word " * 150 + "\n", "a paragraph of 7 lines"),
    ("a long list and a long block of code", PAGE, "- A line.\n" * 9 + "\n```\n" + "a\n" * 9 + "```\n", ""),
    ("modules that import each other", "web/a.ts", {
        "web/a.ts": 'import { b } from "./b/index.js";\n', "web/b/index.ts": 'export * from "../c";\n',
        "web/c.tsx": 'import type {\n  A,\n} from "./a";\n'}, "a circle of imports: web/a.ts → web/b/index.ts → web/c.tsx"),
    ("modules that import one another's neighbours", "", {
        "web/a.ts": 'import "./b";\nimport "./c";\n', "web/b.ts": 'import { c } from "./c";\n', "web/c.ts": ""}, ""),
    ("a header of a room that is linked", "", rooms("katydid::b"), ""),
    ("a header of a room that is not linked", "hub/a/a.cpp", rooms("katydid::core"), "a does not link b"),
    ("a room that is linked for nothing", "hub/a/CMakeLists.txt", rooms("katydid::b", ""), "includes nothing of it"),
    ("an old table of rooms", "docs/architecture.md",
     rooms("katydid::b", table="| `hub/b/` | B | core |\n| `hub/a/` | A | core |\n"), "run script/docs"),
    ("a room that includes one below it", "hub/a/CMakeLists.txt",
     rooms("katydid::b", table="| `hub/a/` | A | b |\n| `hub/b/` | B | core |\n"), "not above it"),
    ("the table of rooms", "docs/architecture.md",
     rooms("katydid::b", table="| `hub/b/` | B | core |\n| `hub/a/` | A | b |\n"), ""),
    ("a block that is not what its file holds", PAGE, f"<!-- file: {PAGE} -->\n```\na\n```\n", "script/docs"),
    ("a block of a file that is gone", PAGE, "<!-- file: a.py -->\n```py\na = 1\n```\n", "script/docs"),
    ("a source that is not formatted", "a.cpp",
     {".clang-format": "BasedOnStyle: LLVM\n", "a.cpp": "int  a;\n"}, "not formatted"),
    ("a script that cannot run", "script/a", "#!/bin/sh\n", "must be executable"),
]


def lint(name, text):
    """What it says about a tree with this one file, or with those of a dictionary."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        for each, content in (text if isinstance(text, dict) else {name: text}).items():
            path = pathlib.Path(folder) / each
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        done = subprocess.run([sys.executable, "-B", str(LINT), "--root", folder], check=False,
                              capture_output=True, text=True)
        return done.returncode, done.stdout


def main():
    problems = []
    for what, name, text, wanted in CASES:
        status, said = lint(name, text)
        is_right = status == 1 and name in said and wanted in said if wanted else status == 0
        if not is_right:
            problems.append(f"{what}: ended with {status}, said: {said.strip()}")
    print("\n".join(problems) or f"{len(CASES)} cases as they should be")
    return 1 if problems else 0


sys.exit(main())
