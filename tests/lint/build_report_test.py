#!/usr/bin/env python3
"""script/build-report adds up what stands in clang's time traces."""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPORT = ROOT / "script/build-report"


def span(name, start, end, detail):
    return {"ph": "X", "name": name, "ts": start, "dur": end - start, "args": {"detail": detail}}


def header(start, end, path):
    """Files are pairs of events, in a row, the inner ones first."""
    return [{"ph": "b", "name": "Source", "ts": start, "args": {"detail": path}},
            {"ph": "e", "name": "Source", "ts": end}]


def write_unit(folder, name, seconds, events):
    totals = [{"ph": "X", "name": f"Total {what}", "ts": 0, "dur": seconds * 1e6 * part, "args": {"count": 1}}
              for what, part in (("ExecuteCompiler", 1), ("Frontend", 0.75), ("Backend", 0.25))]
    path = pathlib.Path(folder, "hub/core/CMakeFiles/katydid_core.dir", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"traceEvents": events + totals}))


def report(*arguments):
    return subprocess.run([sys.executable, "-B", REPORT, *map(str, arguments)], text=True, capture_output=True)


def row_of(text, name):
    rows = [line.split() for line in text.splitlines() if line.endswith(f"  {name}")]
    assert len(rows) == 1, f"{name}: {rows}\n{text}"
    return rows[0]


def main():
    with tempfile.TemporaryDirectory() as folder:
        nothing = report("--read", folder)
        assert nothing.returncode != 0 and "no time traces" in nothing.stderr
        outer = str(ROOT / "hub/core/event.hpp")
        inner = "/usr/lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/bits/atomic.h"
        write_unit(folder, "clock.cpp.json", 8, [
            *header(1_000_000, 2_000_000, inner), *header(0, 3_000_000, outer),
            # One template in three instances; an instance in itself counts once.
            span("InstantiateClass", 3_000_000, 5_000_000, "std::map<int, std::vector<int>>"),
            span("InstantiateClass", 3_500_000, 4_000_000, "std::map<int, int>"),
            span("InstantiateFunction", 5_000_000, 6_000_000, "katydid::join<std::string>")])
        write_unit(folder, "error.cpp.json", 4, [
            *header(0, 2_000_000, outer), span("InstantiateClass", 2_000_000, 3_000_000, "std::map<char, int>")])
        write_unit(folder, "cmake_pch.hxx.pch.json", 2, [])
        pathlib.Path(folder, "hub/core/CMakeFiles/katydid_core.dir/other.json").write_text("[1]")
        text = report("--read", folder).stdout
        assert "3 translation units: 0.2 minutes in the compiler" in text, text
        assert row_of(text, "hub/core/clock.cpp")[:3] == ["8.0", "6.0", "2.0"]
        assert row_of(text, "hub/core/precompiled header of katydid_core")[0] == "2.0"
        assert row_of(text, "hub/core/event.hpp")[:4] == ["5.0", "4.0", "2", "2500.0"]
        assert row_of(text, "c++/bits/atomic.h")[:3] == ["1.0", "1.0", "1"]
        assert row_of(text, "std::map<…>")[:3] == ["3.0", "3.0", "3"]
        assert row_of(text, "katydid::join<…>")[:3] == ["1.0", "1.0", "1"]
        first = report("--read", folder, "--top", 1).stdout
        assert "clock.cpp" in first and "error.cpp" not in first, first
    print("the traces are added up")


main()
