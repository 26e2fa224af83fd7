#!/usr/bin/env python3
"""Writes a flame graph as one SVG that stands alone, of `perf script` on standard input or of
callgrind's files.

Width is time (callgrind: instructions), depth is the call stack; hover for numbers, click a box to
zoom to it.
"""
import argparse
import html
import re
import sys

import callgrind_file

WIDTH, ROW, SMALLEST = 1200, 17, 0.6  # pixels; narrower boxes are left out

SCRIPT = """
function zoom(box){const x=+box.dataset.x,w=+box.dataset.w;
for(const g of document.querySelectorAll('g.f')){const gx=+g.dataset.x,gw=+g.dataset.w;
const nx=(gx-x)/w*%d,nw=gw/w*%d;const r=g.querySelector('rect'),t=g.querySelector('text');
const a=Math.max(0,nx),b=Math.min(%d,nx+nw);g.style.display=b-a>0.5?'':'none';
r.setAttribute('x',a);r.setAttribute('width',Math.max(0,b-a));t.setAttribute('x',a+3);
t.textContent=b-a>30?g.dataset.n.slice(0,Math.floor((b-a)/6.5)):'';}}
""" % (WIDTH, WIDTH, WIDTH)


def read_stacks(lines):
    """Yields (function names, outermost first; 1) per sample."""
    stack, thread = [], ""
    for line in lines:
        if not line.strip():
            if stack:
                yield [thread] + stack[::-1], 1
            stack = []
        elif not line[0].isspace():
            thread = line.split()[0]
        else:
            name = re.sub(r"^\s*[0-9a-f]+ ", "", line.rstrip())
            name = re.sub(r" \([^()]*\)$", "", name)
            name = re.sub(r"\+0x[0-9a-f]+$", "", name)
            stack.append(shorten(name))
    if stack:
        yield [thread] + stack[::-1], 1


def shorten(name):
    """Template arguments and parameter lists say little and take all the room."""
    while True:
        shorter = re.sub(r"<[^<>]*>|\([^()]*\)", "", name)
        if shorter == name:
            return shorter.strip() or name
        name = shorter


def read_callgrind(paths):
    profile = callgrind_file.Profile()
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as file:
            profile.read(file)
    for stack, cost in profile.stacks():
        yield [shorten(name) for name in stack], cost


def grow(stacks):
    root = {"n": 0, "kids": {}}
    for stack, count in stacks:
        node = root
        node["n"] += count
        for name in stack:
            node = node["kids"].setdefault(name, {"n": 0, "kids": {}})
            node["n"] += count
    return root


def depth_of(node):
    return 1 + max((depth_of(kid) for kid in node["kids"].values()), default=0)


def draw(out, name, node, x, depth, total, height, unit):
    width = node["n"] / total * WIDTH
    if width < SMALLEST:
        return
    y = height - (depth + 1) * ROW
    colour = "hsl(%d,75%%,%d%%)" % (20 + hash(name) % 35, 62 + hash(name) % 11)
    label = html.escape(name[: int(width / 6.5)]) if width > 30 else ""
    safe = html.escape(name, quote=True)
    out.append(f"<g class='f' data-x='{x:.2f}' data-w='{width:.2f}' data-n='{safe}' onclick='zoom(this)'>"
               f"<title>{safe}: {node['n']:.0f} {unit}, {100 * node['n'] / total:.1f} %</title>"
               f"<rect x='{x:.2f}' y='{y}' width='{width:.2f}' height='{ROW - 1}' fill='{colour}'/>"
               f"<text x='{x + 3:.2f}' y='{y + 12}'>{label}</text></g>")
    for kid in sorted(node["kids"]):
        draw(out, kid, node["kids"][kid], x, depth + 1, total, height, unit)
        x += node["kids"][kid]["n"] / total * WIDTH


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--title", default="profile")
    parser.add_argument("--callgrind", nargs="+", metavar="FILE", help="callgrind.out files")
    options = parser.parse_args()
    title, unit = options.title, "instructions" if options.callgrind else "samples"
    sys.setrecursionlimit(10000)
    root = grow(read_callgrind(options.callgrind) if options.callgrind else read_stacks(sys.stdin))
    if root["n"] == 0:
        sys.exit("flame_graph.py: nothing was sampled: did the profiled program run?")
    height = (depth_of(root) + 1) * ROW + 24
    out = [f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' height='{height}'"
           " font-family='monospace' font-size='11'>",
           f"<text x='4' y='15' font-size='13'>{html.escape(title)}: {root['n']:.0f} {unit}</text>"]
    draw(out, "all", root, 0.0, 0, root["n"], height, unit)
    print("\n".join(out), f"<script><![CDATA[{SCRIPT}]]></script></svg>", sep="\n")


main()
