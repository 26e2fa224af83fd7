"""Console blocks of the documents: what is in them, and whether a command printed what they show.

Comments before a block say what is needed to run it:

    <!-- console: hub -->                 a hub of the README's kind is running from here on
    <!-- console: first: COMMAND -->      this command runs before the block, and is not shown
    <!-- console: in: FOLDER -->          the page's commands run in this folder of the repository
    <!-- console: stop: SECONDS -->       its commands go on until Ctrl-C, which comes after so long
    <!-- console: long -->                the block is run by script/test --full only
    <!-- console: skip: REASON -->        the block is not run
"""

import dataclasses
import re
import shlex

COMMENT = re.compile(r"<!-- console: (hub|first|in|stop|long|skip)(?:: (.*?))? -->")

# What is different in every run, by its shape: in what a page shows, and in what is printed.
SHAPES = [
    (r"\b[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}\b", "an id"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", "a time"),
    (r"\bin \d+ (?:ms|s|min|h)\b", "a wait"),
    (r"\b\d+(?:\.\d+)? ms\b", "a duration"),
    (r"\bwhsec_[A-Za-z0-9+/=]{20,}", "a secret"),
    (r"\bkd_(?:live|test)_[A-Za-z0-9_-]+", "a key"),
]
SHAPE = re.compile("|".join(f"(?P<shape{n}>{pattern})" for n, (pattern, _) in enumerate(SHAPES)))


@dataclasses.dataclass
class Command:
    line: int
    text: str
    shown: list = dataclasses.field(default_factory=list)  # the lines that the page shows below it


@dataclasses.dataclass
class Block:
    line: int
    commands: list
    comments: list  # (word, text) of the comments before it

    def said(self, wanted):
        """What a comment before it says after that word; None: it has no such comment."""
        return next((text or "" for word, text in self.comments if word == wanted), None)


def is_open(command):
    """Whether the next line belongs to the command: after a backslash, in quotes, or in <<'WORD'."""
    word = re.search(r"<<'(\w+)'", command)
    if word:
        return not command.endswith("\n" + word[1])
    try:
        shlex.split(command, comments=True)
        return False
    except ValueError:  # a quotation or an escape that does not end
        return True


def blocks_of(text):
    """The console blocks of a page, in order."""
    blocks, comments, block = [], [], None
    for number, line in enumerate(text.split("\n"), 1):
        if block is None:
            comments += [(found[1], found[2]) for found in COMMENT.finditer(line)]
            if line.strip() == "```console":
                block, comments = Block(number, [], comments), []
        elif line.strip() == "```":
            blocks.append(block)
            block = None
        elif block.commands and is_open(block.commands[-1].text):
            block.commands[-1].text += "\n" + line
        elif line.startswith(("$ ", "# ")):
            block.commands.append(Command(number, line[2:]))
        elif block.commands:
            block.commands[-1].shown.append(line)
        elif line.strip():  # the output of a command elsewhere
            block.commands.append(Command(number, "", [line]))
    return blocks


def pattern_of(line):
    """A line that a page shows, as the pattern of what may be printed."""
    pattern, at = "", 0
    line = " ".join(line.split())
    for found in list(SHAPE.finditer(line)) + [None]:
        plain = line[at:found.start() if found else len(line)]
        pattern += ".*".join(re.escape(part) for part in plain.split("…"))
        if found:
            pattern += SHAPES[int(found.lastgroup.removeprefix("shape"))][0]
            at = found.end()
    return pattern


def difference(shown, printed):
    """What is wrong with the lines a command printed, or None. Runs of white space are equal."""
    wanted = [line for line in shown if line.strip()]
    got = [" ".join(line.split()) for line in printed if line.strip()]
    if not wanted:
        return None
    for line, actual in zip(wanted, got):
        if not re.fullmatch(pattern_of(line), actual):
            return f"the page shows  {line.strip()}\n  it printed      {actual}"
    if len(wanted) > len(got):
        return f"the page shows  {wanted[len(got)].strip()}\n  it printed      no such line"
    if len(got) > len(wanted):
        return f"it printed more than the page shows: {got[len(wanted)]}"
    return None


def with_ids(command, printed):
    """`evt_…` in a command stands for the last such id that was printed."""
    def last(found):
        ids = re.findall(rf"\b{found[1]}_[0-9A-HJKMNP-TV-Z]{{26}}\b", printed)
        return ids[-1] if ids else found[0]
    return re.sub(r"\b([a-z]{3})_…", last, command)
