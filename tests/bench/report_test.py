#!/usr/bin/env python3
"""What report.py makes of results: verdicts, comparisons, the page, pictures; and how wide flame graphs' boxes are."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

REPORT = pathlib.Path(__file__).resolve().parents[2] / "bench/report/report.py"

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




def run(*arguments, text="", status=0):
    ended = subprocess.run([sys.executable, "-B", REPORT, *map(str, arguments)], input=text, text=True,
                           capture_output=True)
    assert (ended.returncode == 0) == (status == 0), ended.stderr
    return ended.stdout + ended.stderr


def result(rate, latency, size="quick"):
    """A result as katydid-bench writes it, with one phase of three seconds."""
    histogram = {"count": 3, "mean_us": 300, "p50_us": 300, "p90_us": 400, "p99_us": 900, "p999_us": 950, "max_us": 990}
    timeline = [{"at": second, "accepted": rate, "delivered": 0, "p50_us": 300, "p99_us": latency * 1000,
                 "max_us": latency * 2000, "end_to_end_p99_us": 0, "target_cpu": 0.7, "target_rss_mb": 40 + second,
                 "own_cpu": 0.3} for second in (1, 2, 3)]
    phase = {"name": "ingest <closed>", "loop": "closed", "connections": 64, "body_bytes": 1146,
             "accepted_per_second": rate, "latency": histogram, "timeline": timeline,
             "disturbance": "other work took 20 % of a core meanwhile",
             "resources": {"target_cores": 0.7, "target_cpu_us_per_event": 40, "target_rss_peak_mb": 43,
                           "stolen_ms": 0}}
    figures = [{"name": "ingest.per_second", "value": rate, "unit": "events/s", "better": "higher", "must": 20000,
                "aim": 30000},
               {"name": "ingest.p99", "value": latency, "unit": "ms", "better": "lower", "must": 50, "aim": 15}]
    return {"date": "2026-06-15T18:00:00.000Z", "size": size, "machine": {"cores": 2},
            "floor": {"beast_per_second": 70000, "sqlite_per_second": 0, "phases": []},
            "scenarios": [{"name": "ingest", "status": "ok", "reason": "", "figures": figures, "phases": [phase]}]}


class Folder(tempfile.TemporaryDirectory):
    def write(self, name, content):
        path = pathlib.Path(self.name, name)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path


def lines_with(text, name):
    return [line for line in text.splitlines() if line.split()[:1] == [name]]


def goals_are_judged_in_the_right_direction(folder):
    text = run("show", folder.write("good.json", result(25000, 12)))
    assert "must reached" in lines_with(text, "ingest.per_second")[0], text
    assert "aim reached" in lines_with(text, "ingest.p99")[0], text
    assert "other work took" in text and "70000 requests/s" in text, text
    assert "BELOW MUST" in run("show", folder.write("slow.json", result(19000, 12)))
    assert "BELOW MUST" not in run("show", folder.write("smoke.json", result(19000, 12, size="smoke")))


def what_got_worse_is_marked(folder):
    before = folder.write("before.json", result(20000, 10))
    text = run("compare", before, folder.write("worse.json", result(15000, 20)))
    assert "-25.0 %  WORSE" in text and "+100.0 %  WORSE" in text, text
    assert "better" in run("compare", folder.write("worse.json", result(15000, 20)), before)
    noise = run("compare", before, folder.write("noise.json", result(20500, 10.2)))
    assert "WORSE" not in noise and "better" not in noise, noise
    assert "WORSE" in run("compare", before, folder.write("noise.json", result(19500, 10)), "--tolerance", "0.01")


def figures_of_one_result_alone_are_listed(folder):
    before, after = result(1, 1), result(1, 1)
    after["scenarios"][0]["figures"][0]["name"] = "ingest.other"
    text = run("compare", folder.write("before.json", before), folder.write("after.json", after))
    assert lines_with(text, "ingest.other")[0].endswith("new"), text
    assert lines_with(text, "ingest.per_second")[0].endswith("gone"), text


def servers_stand_side_by_side(folder):
    def server(rate, cpu, missing):
        made = result(rate, 1)
        phase = made["scenarios"][0]["phases"][0]
        phase |= {"name": "end to end, fan-out 1", "delivered_per_second": rate - 1, "end_to_end": phase["latency"],
                  "tally": {"delivered": 2000, "missing": missing}}
        phase["resources"]["target_cpu_seconds"] = cpu
        return made
    slow = server(800, 5.2, 12)
    slow["scenarios"][0] |= {"status": "failed", "reason": "12 deliveries missing"}
    text = run("peers", folder.write("ours.json", server(20000, 0.3, 0)), folder.write("theirs.json", slow))
    assert "| ours | theirs |" in text, text
    assert "| accepted/s | 20,000 | 800 |" in text and "| delivered/s, sustained | 19,999 | 799 |" in text, text
    assert "| CPU seconds per 1,000 delivered | 0.15 | 2.60 |" in text, text
    assert "p50 / p99 ms | – | – |" in text, text  # the rate was not tried
    assert "note: theirs, ingest: failed: 12 deliveries missing" in text, text


def google_benchmark_is_compared_too(folder):
    def times(**rows):
        return {"benchmarks": [{"name": name, "cpu_time": time, "time_unit": "ns"} for name, time in rows.items()]}
    before = folder.write("before.json", times(verify=100, sign=50))
    after = folder.write("after.json", times(verify=150, sign=20))
    text = run("compare", before, after)
    assert "WORSE" in lines_with(text, "verify")[0] and "better" in lines_with(text, "sign")[0], text
    assert lines_with(run("show", after), "verify")[0].split() == ["verify", "150", "ns"]
    assert "only a result of katydid-bench" in run("show", after, "--html", folder.name + "/page.html", status=1)


def what_is_no_result_is_refused(folder):
    for content in ("", "[]", "{}", "not JSON"):
        assert "report.py:" in run("show", folder.write("bad.json", content), status=1)
    run("show", pathlib.Path(folder.name, "missing.json"), status=1)


def page_and_pictures(folder):
    page, pictures = pathlib.Path(folder.name, "page.html"), pathlib.Path(folder.name, "png")
    run("show", folder.write("result.json", result(25000, 12)), "--html", page, "--png", pictures)
    text = page.read_text()
    assert "ingest <closed>" not in text and "ingest &lt;closed&gt;" in text
    assert "must reached" in text
    if shutil.which("gnuplot"):
        assert [path.name for path in pictures.iterdir()] == ["ingest-1-ingest-closed.png"]
        assert (pictures / "ingest-1-ingest-closed.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        assert "src='data:image/png;base64,iVBOR" in text
    else:
        print("gnuplot is not installed (script/bootstrap installs it)")


def shares_of(*arguments, text=""):
    """{name: its boxes' share of the whole width}"""
    drawn = run("flame", *arguments, text=text)
    assert drawn.startswith("<svg") and drawn.rstrip().endswith("</svg>")
    shares = {}
    for width, name in re.findall(r"data-w='([\d.]+)' data-n='([^']*)'", drawn):
        shares[name] = shares.get(name, 0) + float(width) / 1200
    return shares


def check(shares, wanted):
    for name, share in wanted.items():
        assert abs(shares.get(name, 0) - share) < 0.002, f"{name}: {shares.get(name)}, not {share} ({shares})"


def flame_graphs_are_as_wide_as_what_they_show(folder):
    check(shares_of(text=SAMPLES), {"all": 1, "katydid": 1, "main": 1, "work": 0.5, "rest": 0.25})
    callgrind = folder.write("out.1", CALLGRIND)
    check(shares_of("--callgrind", callgrind), {"all": 1, "main": 1, "a": 25 / 80, "b": 45 / 80, "c": 60 / 80})
    assert "nothing was sampled" in run("flame", status=1)


def main():
    for case in (goals_are_judged_in_the_right_direction, what_got_worse_is_marked,
                 figures_of_one_result_alone_are_listed, servers_stand_side_by_side, google_benchmark_is_compared_too,
                 what_is_no_result_is_refused, page_and_pictures, flame_graphs_are_as_wide_as_what_they_show):
        folder = Folder()
        with folder:
            case(folder)
        print("ok", case.__name__.replace("_", " "))


main()
