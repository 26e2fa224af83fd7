#!/usr/bin/env python3
"""What the runner of console blocks takes for equal, and what not."""

import unittest

import blocks

ID = "evt_01M8MSV8HZYYWZ3DAWXVWXV6SF"
OTHER = "evt_02M8MSV8HZYYWZ3DAWXVWXV6SF"


class Output(unittest.TestCase):
    def test_is_equal_up_to_shapes_and_white_space(self):
        for shown, printed in [
                (f"{ID}  accepted", f"{OTHER} accepted"),
                ("due  in 5 s", "due in 300 ms"),
                ("not verified: …", "not verified: the body was changed"),
                ("a … c", "a b c"),
                ("at 2026-06-15T12:00:00.000Z", "at 2030-01-01T00:00:00.123Z")]:
            self.assertIsNone(blocks.difference([shown], [printed]), shown)

    def test_differs_in_words_numbers_and_lines(self):
        for shown, printed in [
                (["accepted, deliveries: 1"], ["accepted, deliveries: 2"]),
                (["one"], []),
                (["one"], ["one", "two"]),
                ([f"{ID} accepted"], ["accepted"])]:
            self.assertIsNotNone(blocks.difference(shown, printed), shown)

    def test_without_shown_lines_is_not_looked_at(self):
        self.assertIsNone(blocks.difference([], ["anything"]))


class Page(unittest.TestCase):
    def test_has_commands_with_their_lines_and_comments(self):
        page = "\n".join([
            "<!-- console: hub -->", "<!-- console: skip: it is long -->", "```console", "$ a \\", "  b 'x", "y' # it's",
            "shown", "$ c <<'END'", "$ d", "END", "```", "```sh", "$ not this", "```", "```console", "$ d", "```"])
        first, second = blocks.blocks_of(page)
        self.assertEqual([(each.text, each.shown) for each in first.commands],
                         [("a \\\n  b 'x\ny' # it's", ["shown"]), ("c <<'END'\n$ d\nEND", [])])
        self.assertEqual((first.said("skip"), second.said("skip")), ("it is long", None))

    def test_names_the_last_id_printed(self):
        self.assertEqual(blocks.with_ids("show evt_… dlv_…", f"{ID}\n{OTHER}"), f"show {OTHER} dlv_…")


unittest.main()
