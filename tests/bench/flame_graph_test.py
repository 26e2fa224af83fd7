#!/usr/bin/env python3
"""Flame graphs have the widths that perf's samples and callgrind's costs say."""
import pathlib
import re
import subprocess
import sys
import tempfile

GRAPH = pathlib.Path(__file__).resolve().parents[2] / "bench/report/flame_graph.py"

SAMPLES = """katydid 1 10.0: 1 cpu-clock:
\t    55aa work<int>(char const*)+0x12 (/hub/katydid)
\t    55ab main+0x2 (/hub/katydid)

katydid 1 10.1: 1 cpu-clock:
\t    55aa work<int>(char const*)+0x18 (/hub/katydid)
\t    55ab main+0x2 (/hub/katydid)

katydid 1 10.2: 1 cpu-clock:
\t    55ac rest (/hub/katydid)
\t    55ab main+0x2 (/hub/katydid)

katydid 1 10.3: 1 cpu-clock:
\t    55ab main+0x9 (/hub/katydid)

"""

# main costs 10 itself; a and b each call c, which costs 60 in all, one part for a and two for b;
# c calls itself once, which must not make it count twice or never end.
CALLGRIND = """version: 1
events: Ir

fn=(1) main
3 10
cfn=(2) a
calls=1 5
4 25
cfn=(3) b
calls=2 9
+2 45

fn=(2)
5 5
cfn=(4) c
calls=1 20
6 20

fn=(3)
9 5
cfn=(4)
calls=2 20
10 40

fn=(4)
20 48
cfn=(4)
calls=1 20
* 12
-2 12
"""


def draw(arguments, text):
    ended = subprocess.run([sys.executable, "-B", GRAPH, *arguments], input=text, text=True, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    boxes = re.findall(r"data-w='([\d.]+)' data-n='([^']*)'", ended.stdout)
    assert ended.stdout.startswith("<svg") and ended.stdout.rstrip().endswith("</svg>")
    shares = {}
    for width, name in boxes:
        shares[name] = shares.get(name, 0) + float(width) / 1200
    return shares


def check(shares, wanted):
    for name, share in wanted.items():
        assert abs(shares.get(name, 0) - share) < 0.002, f"{name}: {shares.get(name)}, not {share} ({shares})"


def main():
    check(draw([], SAMPLES), {"all": 1, "katydid": 1, "main": 1, "work": 0.5, "rest": 0.25})
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "out.1")
        path.write_text(CALLGRIND)
        check(draw(["--callgrind", path], ""), {"all": 1, "main": 1, "a": 25 / 80, "b": 45 / 80, "c": 60 / 80})
    nothing = subprocess.run([sys.executable, "-B", GRAPH], input="", text=True, capture_output=True)
    assert nothing.returncode != 0 and "nothing was sampled" in nothing.stderr
    print("flame graphs are as wide as what they show")


main()
