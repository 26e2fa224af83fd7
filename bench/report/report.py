#!/usr/bin/env python3
"""What the bench measured, for a person to read: tables, a page, pictures, comparisons, flame graphs.

  report.py show RESULT.json [--html PAGE] [--png FOLDER]    figures with their goals; a page, pictures
  report.py compare BEFORE.json AFTER.json                   figure by figure; marks what is worse
  report.py peers RESULT.json…                               several servers side by side, named as their files
  report.py flame [--title TEXT] [--callgrind FILE…]         an SVG: `perf script` on standard input, or callgrind

A result is what `katydid-bench run` or Google Benchmark writes. gnuplot draws the pictures.
"""
import argparse
import base64
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib

import callgrind_file
import peers

PERCENTILES = [("p50", "p50_us"), ("p90", "p90_us"), ("p99", "p99_us"), ("p99.9", "p999_us"), ("max", "max_us")]


# --- figures and comparisons ---------------------------------------------------------------------

def read_result(path):
    try:
        document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"report.py: {path}: {error}")
    if not isinstance(document, dict) or not document.keys() & {"scenarios", "benchmarks"}:
        sys.exit(f"report.py: {path} is not a result of katydid-bench or of Google Benchmark")
    return document


def figures_of(document):
    """{name: figure} of either kind of result."""
    if "benchmarks" in document:
        return {row["name"]: {"value": row["cpu_time"], "unit": row["time_unit"], "better": "lower"}
                for row in document["benchmarks"] if "cpu_time" in row}
    return {figure["name"]: figure for scenario in document["scenarios"] for figure in scenario["figures"]}


def number(value):
    return f"{value:.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.2f}"


def verdict_of(figure):
    def reaches(goal):
        return figure["value"] >= goal if figure["better"] == "higher" else figure["value"] <= goal
    if "aim" in figure and reaches(figure["aim"]):
        return "aim reached"
    if "must" in figure:
        return "must reached" if reaches(figure["must"]) else "BELOW MUST"
    return "below aim" if "aim" in figure else ""


def line_of(name, figure, verdict="", width=42):
    return f"  {name:<{width}} {number(figure['value']):>11} {figure['unit']:<12} {verdict}".rstrip()


def show_figures(document):
    if "benchmarks" in document:
        for name, figure in figures_of(document).items():
            print(line_of(name, figure, width=52))
        return
    floor = {f"floor.{key}": {"value": document["floor"][key], "unit": "requests/s"}
             for key in ("beast_per_second", "sqlite_per_second") if document["floor"][key] > 0}
    for name, figure in floor.items():
        print(line_of(name, figure))
    judged = document.get("size") != "smoke"  # too short to judge a time by
    for scenario in document["scenarios"]:
        reason = f" ({scenario['reason']})" if scenario["reason"] else ""
        print(f"\n{scenario['name']}: {scenario['status']}{reason}")
        for figure in scenario["figures"]:
            print(line_of(figure["name"], figure, verdict_of(figure) if judged else ""))
        for phase in scenario["phases"]:
            if phase["disturbance"]:
                print(f"  note, {phase['name']}: {phase['disturbance']}")


def change_of(before, after, tolerance):
    old, new = before["value"], after["value"]
    if before["unit"] != after["unit"] or (old == 0 and new != 0):
        return ""
    change = (new - old) / abs(old) if old else 0
    gain = change if after["better"] == "higher" else -change
    word = "WORSE" if gain < -tolerance else "better" if gain > tolerance else ""
    return f"{100 * change:+7.1f} %  {word}".rstrip()


def compare(before, after, tolerance):
    old, new = figures_of(before), figures_of(after)
    print(f"{'figure':<52} {'before':>11} {'after':>11}   change")
    for name in [*new, *(name for name in old if name not in new)]:
        values = [number(side[name]["value"]) if name in side else "-" for side in (old, new)]
        word = change_of(old[name], new[name], tolerance) if "-" not in values else "  new" if name in new else "  gone"
        print(f"{name:<52} {values[0]:>11} {values[1]:>11} {word}".rstrip())


# --- pictures and the page -----------------------------------------------------------------------

class Plot:
    """One diagram: lines of (x, y). A line without a value above zero is left out."""

    def __init__(self, title, lines, logarithmic=False, ticks=()):
        self.title, self.logarithmic, self.ticks = title, logarithmic, ticks
        self.lines = {label: points for label, points in lines.items() if any(y > 0 for _, y in points)}

    def commands(self):
        text = f"set title '{self.title}'\n" + (
            "set logscale y\nset yrange [*:*]\nset format y '%.0s%c'\n" if self.logarithmic
            else "unset logscale y\nset yrange [0:*]\nset format y '%g'\n")
        names = ", ".join(f"'{label}' {x}" for x, label in enumerate(self.ticks))
        text += f"set xtics ({names})\nset xlabel ''\n" if names else "set xtics auto\nset xlabel 'seconds'\n"
        for at, points in enumerate(self.lines.values()):
            rows = (f"{x} {y if y > 0 or not self.logarithmic else 'NaN'}\n" for x, y in points)
            text += f"$line{at} << E\n{''.join(rows)}E\n"
        return text + "plot " + ", ".join(f"$line{at} with linespoints pt 7 ps 0.4 lw 2 title '{label}'"
                                          for at, label in enumerate(self.lines)) + "\n"


def plots_of(phase):
    timeline = phase["timeline"] if len(phase["timeline"]) > 1 else []

    def over_time(**keys):
        return {label.replace("_", " "): [(point["at"], point[key]) for point in timeline]
                for label, key in keys.items()}
    latency = over_time(p50="p50_us", p99="p99_us", max="max_us", end_to_end_p99="end_to_end_p99_us")
    ends = [("acceptance", "latency"), ("end to end", "end_to_end"), ("after acceptance", "after_acceptance")]
    percentiles = {label: [(x, phase[key][percentile]) for x, (_, percentile) in enumerate(PERCENTILES)]
                   for label, key in ends if key in phase}
    plots = [Plot("Latency, µs", latency, logarithmic=True),
             Plot("Throughput, per second", over_time(accepted="accepted", delivered="delivered")),
             Plot("CPU, cores", over_time(target="target_cpu", bench="own_cpu")),
             Plot("Memory of the target, MB", over_time(memory="target_rss_mb")),
             Plot("Percentiles, µs", percentiles, True, [label for label, _ in PERCENTILES])]
    return [plot for plot in plots if plot.lines]


def write_pictures(document, folder):
    """One PNG for each phase, by gnuplot. \\returns {id of the phase: its file}"""
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    script = ("set grid back lt 1 lc rgb '#e4e4e4'\nset border 3 back\nset tics nomirror\n"
              "set key below samplen 2\nset offsets 0, 0, graph 0.05, 0\n")
    files = {}
    for owner in [*document["scenarios"], {"name": "floor", "phases": document["floor"]["phases"]}]:
        for at, phase in enumerate(owner["phases"], 1):
            plots = plots_of(phase)
            if not plots:
                continue
            name = re.sub(r"[^a-z0-9]+", "-", f"{owner['name']} {at} {phase['name']}".lower()).strip("-")
            files[id(phase)] = pathlib.Path(folder, f"{name}.png")
            columns, rows = min(len(plots), 3), -(-len(plots) // 3)
            title = re.sub(r"[^\w ,.:-]", "", phase["name"])
            script += (f"set terminal pngcairo noenhanced size {380 * columns},{280 * rows + 30} font 'sans,10'\n"
                       f"set output '{name}.png'\nset multiplot layout {rows},{columns} title '{title}'\n"
                       + "".join(plot.commands() for plot in plots) + "unset multiplot\n")
    try:
        ended = subprocess.run(["gnuplot", "-"], input=script, text=True, capture_output=True, cwd=folder)
        if ended.returncode != 0:
            print("report.py: gnuplot failed:", ended.stderr, file=sys.stderr)
    except FileNotFoundError:
        print("report.py: no pictures: gnuplot is not installed (script/bootstrap installs it)", file=sys.stderr)
    return {phase: file for phase, file in files.items() if file.exists()}


HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Katydid bench</title><style>
body{font:15px/1.45 system-ui,sans-serif;max-width:1200px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:.6em 0} td,th{padding:.15em .8em;border-bottom:1px solid #ddd;text-align:right}
td:first-child,th:first-child,td:last-child{text-align:left} img{max-width:100%}
.failed{color:#b3001b}.skipped{color:#777}.ok{color:#1c6b2a} small{color:#666}</style></head><body>
"""


def phase_part(phase, picture):
    def shown(key):
        return number(phase["resources"].get(key, phase.get(key)))
    text = html.escape
    delivered = f", <b>{shown('delivered_per_second')}</b> delivered a second" if "end_to_end" in phase else ""
    part = (f"<h3>{text(phase['name'])}</h3><p>{phase['loop']} loop, {shown('connections')} connections, bodies of "
            f"{shown('body_bytes')} bytes: <b>{shown('accepted_per_second')}</b> accepted a second{delivered}. "
            f"Target: {shown('target_cores')} cores, {shown('target_cpu_us_per_event')} µs CPU per event, peak "
            f"{shown('target_rss_peak_mb')} MB. The hypervisor took {shown('stolen_ms')} ms.</p>")
    if "tally" in phase:
        part += f"<p><small>Correctness: {text(json.dumps(phase['tally']))}</small></p>"
    if phase["disturbance"]:
        part += f"<p class='failed'>Note: {text(phase['disturbance'])}</p>"
    if picture:
        data = base64.b64encode(picture.read_bytes()).decode()
        part += f"<img alt='Latency, throughput, CPU and memory over time' src='data:image/png;base64,{data}'>"
    return part


def figure_row(figure):
    goals = "".join(f"<td>{number(figure[goal]) if goal in figure else ''}</td>" for goal in ("must", "aim"))
    return (f"<tr><td>{html.escape(figure['name'])}</td><td>{number(figure['value'])}</td>"
            f"<td>{html.escape(figure['unit'])}</td>{goals}<td>{verdict_of(figure)}</td></tr>")


def write_page(document, path, pictures):
    about = {key: html.escape(str(document.get(key, ""))) for key in ("date", "commit", "size", "target")}
    floor = document["floor"]
    page = HEAD + (f"<h1>Katydid bench</h1><p>{about['date']}, commit {about['commit']}, size {about['size']}, target "
                   f"{about['target']}</p><p><small>{html.escape(json.dumps(document.get('machine')))}</small></p>"
                   f"<p>Floor: bare Beast {number(floor['beast_per_second'])}/s, with SQLite group commit "
                   f"{number(floor['sqlite_per_second'])}/s.</p>")
    for scenario in document["scenarios"]:
        status = html.escape(scenario["status"])
        page += (f"<h2>{html.escape(scenario['name'])} <span class='{status}'>{status}</span></h2>"
                 f"<p>{html.escape(scenario['reason'])}</p>")
        if scenario["figures"]:
            page += ("<table><tr><th>figure</th><th>value</th><th>unit</th><th>must</th><th>aim</th><th></th></tr>"
                     + "".join(map(figure_row, scenario["figures"])) + "</table>")
        page += "".join(phase_part(phase, pictures.get(id(phase))) for phase in scenario["phases"])
    page += "<h2>Floor</h2>" + "".join(phase_part(phase, pictures.get(id(phase))) for phase in floor["phases"])
    pathlib.Path(path).write_text(page + "</body></html>\n", encoding="utf-8")


def show(options):
    document = read_result(options.result)
    show_figures(document)
    if (options.html or options.png) and "scenarios" not in document:
        sys.exit("report.py: only a result of katydid-bench has a page and pictures")
    with tempfile.TemporaryDirectory() as folder:
        pictures = write_pictures(document, options.png or folder) if options.png or options.html else {}
        if options.html:
            write_page(document, options.html, pictures)


def show_peers(options):
    results = [(pathlib.Path(path).stem, read_result(path)) for path in options.results]
    if any("scenarios" not in result for _, result in results):
        sys.exit("report.py: only results of katydid-bench can be compared as servers")
    print(peers.table(results))
    for note in peers.notes(results):
        print(f"note: {note}")


# --- flame graphs --------------------------------------------------------------------------------

WIDTH, ROW, NARROWEST = 1200, 17, 0.6  # pixels; narrower boxes are left out

ZOOM = """function zoom(box){const x=+box.dataset.x,w=+box.dataset.w;
for(const g of document.querySelectorAll('g.f')){const gx=+g.dataset.x,gw=+g.dataset.w;
const nx=(gx-x)/w*%d,nw=gw/w*%d;const r=g.querySelector('rect'),t=g.querySelector('text');
const a=Math.max(0,nx),b=Math.min(%d,nx+nw);g.style.display=b-a>0.5?'':'none';
r.setAttribute('x',a);r.setAttribute('width',Math.max(0,b-a));t.setAttribute('x',a+3);
t.textContent=b-a>30?g.dataset.n.slice(0,Math.floor((b-a)/6.5)):'';}}""" % (WIDTH, WIDTH, WIDTH)


def shorten(name):
    """Template arguments and parameter lists say little and take all the room."""
    shorter = re.sub(r"<[^<>]*>|\([^()]*\)", "", name).strip()
    return shorten(shorter) if shorter not in ("", name) else name


def perf_stacks(lines):
    """Yields (thread and functions, outermost first; 1) for each sample of `perf script`."""
    stack, thread = [], ""
    for line in [*lines, ""]:
        if not line.strip():
            if stack:
                yield [thread] + stack[::-1], 1
            stack = []
        elif not line[0].isspace():
            thread = line.split()[0]
        else:
            name = re.sub(r"^\s*[0-9a-f]+ | \([^()]*\)$", "", line.rstrip())
            stack.append(shorten(re.sub(r"\+0x[0-9a-f]+$", "", name)))


def callgrind_stacks(paths):
    """Yields (functions, outermost first; cost)."""
    profile = callgrind_file.Profile()
    for path in paths:
        profile.read(pathlib.Path(path).read_text(encoding="utf-8", errors="replace").splitlines())
    for stack, cost in profile.stacks():
        yield [shorten(name) for name in stack], cost


def boxes(name, node, x, depth, total):
    """Yields (name, cost, x, width, depth) of a node and all on top of it."""
    width = node["cost"] / total * WIDTH
    if width >= NARROWEST:
        yield name, node["cost"], x, width, depth
        for kid, below in sorted(node["kids"].items()):
            yield from boxes(kid, below, x, depth + 1, total)
            x += below["cost"] / total * WIDTH


def flame(options):
    sys.setrecursionlimit(10000)
    root, unit = {"cost": 0, "kids": {}}, "instructions" if options.callgrind else "samples"
    for stack, cost in callgrind_stacks(options.callgrind) if options.callgrind else perf_stacks(sys.stdin):
        node = root
        node["cost"] += cost
        for name in stack:
            node = node["kids"].setdefault(name, {"cost": 0, "kids": {}})
            node["cost"] += cost
    if root["cost"] == 0:
        sys.exit("report.py: nothing was sampled: did the profiled program run?")
    drawn = list(boxes("all", root, 0.0, 0, root["cost"]))
    height = (max(depth for *_, depth in drawn) + 2) * ROW + 24
    print(f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' height='{height}' "
          f"font-family='monospace' font-size='11'><text x='4' y='15' font-size='13'>{html.escape(options.title)}: "
          f"{root['cost']:.0f} {unit}</text>")
    for name, cost, x, width, depth in drawn:
        safe, y, hue = html.escape(name), height - (depth + 1) * ROW, zlib.crc32(name.encode())
        label = html.escape(name[:int(width / 6.5)]) if width > 30 else ""
        fill = f"hsl({20 + hue % 35},75%,{62 + hue % 11}%)"
        print(f"<g class='f' data-x='{x:.2f}' data-w='{width:.2f}' data-n='{safe}' onclick='zoom(this)'>"
              f"<title>{safe}: {cost:.0f} {unit}, {100 * cost / root['cost']:.1f} %</title>"
              f"<rect x='{x:.2f}' y='{y}' width='{width:.2f}' height='{ROW - 1}' fill='{fill}'/>"
              f"<text x='{x + 3:.2f}' y='{y + 12}'>{label}</text></g>")
    print(f"<script><![CDATA[{ZOOM}]]></script></svg>")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("show", help="figures with their goals; a page and pictures")
    command.add_argument("result")
    command.add_argument("--html", metavar="PAGE")
    command.add_argument("--png", metavar="FOLDER")
    command.set_defaults(run=show)
    command = commands.add_parser("compare", help="two results, figure by figure")
    command.add_argument("before")
    command.add_argument("after")
    command.add_argument("--tolerance", type=float, default=0.1, help="a smaller change is noise (0.1)")
    command.set_defaults(run=lambda options: compare(read_result(options.before), read_result(options.after),
                                                     options.tolerance))
    command = commands.add_parser("peers", help="several servers side by side")
    command.add_argument("results", nargs="+")
    command.set_defaults(run=show_peers)
    command = commands.add_parser("flame", help="a flame graph as SVG")
    command.add_argument("--title", default="profile")
    command.add_argument("--callgrind", nargs="+", metavar="FILE")
    command.set_defaults(run=flame)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
