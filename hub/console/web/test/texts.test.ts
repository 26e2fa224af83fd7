// @ts-expect-error  the page is compiled without the types of Node.js
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatDistance,
  formatDuration,
  shellQuoted,
  shortId,
  sinceOf,
} from "../src/format";
import { helpOf } from "../src/openapi";
import { curlOf } from "../src/pages/traffic/event";
import { hexRows, readText } from "../src/pages/traffic/event_payload";
import { reasonOf } from "../src/reasons";

describe("figures", () => {
  test.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [1_000, "1.0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_600_000, "1 h"],
    [200_000_000, "2 d"],
  ])("%d ms", (ms, text) => expect(formatDuration(ms)).toBe(text));
  test.each([
    [1, "1 byte"],
    [999, "999 bytes"],
    [1_000, "1.0 KB"],
    [999_999, "1.0 MB"],
    [5_000_000_000_000, "5.0 TB"],
  ])("%d bytes", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
  test("distances look both ways", () => {
    const now = Date.parse("2026-06-15T18:00:00Z");
    expect(formatDistance("2026-06-15T17:59:00Z", now)).toBe("1 min ago");
    expect(formatDistance("2026-06-15T18:00:30Z", now)).toBe("in 30 s");
  });
  test("a range begins on the minute, so that a poll asks the same", () => {
    const now = Date.parse("2026-06-15T18:00:42.123Z");
    expect(sinceOf("15m", now)).toBe("2026-06-15T17:45:00.000Z");
    expect(sinceOf("", now)).toBeUndefined();
    expect(sinceOf("1y", now)).toBeUndefined();
  });
  test("ids are told apart by their ends", () => {
    expect(shortId("evt_01M8N7RW7K4BXQN2CJV0NJZXMK")).toBe("evt_01M8…NJZXMK");
    expect(shortId("operator")).toBe("operator");
  });
});

describe("reasons", () => {
  test.each([
    [{ outcome: "success", status: 200 }, "Delivered"],
    [
      { outcome: "rejected", status: 401 },
      "The receiver does not accept the signature or credentials (401)",
    ],
    [{ outcome: "rejected", status: 418 }, "The receiver refuses the request (418)"],
    [{ outcome: "failed", status: 599 }, "The receiver failed (599)"],
    [{ outcome: "rejected", status: 308 }, "The receiver redirects (308)"],
    [{ outcome: "timed_out", status: null }, "No answer in time"],
    [{ outcome: "refused", status: null }, "The hub may not send there"],
  ] as const)("%j", (attempt, title) => {
    const reason = reasonOf(attempt);
    expect(reason.title).toBe(title);
    if (attempt.outcome !== "success") expect(reason.advice).not.toBe("");
  });
});

describe("payloads", () => {
  const event = { content_type: "application/json" } as Parameters<typeof curlOf>[0];
  test("curl quotes what a shell would read", () => {
    const body = new TextEncoder().encode(`{"a":"it's $(x)"}`);
    expect(curlOf(event, body, "http://h/")).toBe(
      `curl -X POST 'http://h/' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{"a":"it'\\''s $(x)"}'`,
    );
    expect(shellQuoted("")).toBe("''");
  });
  test.each([
    ["quotes", `{"a":"it's \"$(x)\" \`y\` \\ !z"}`],
    ["lines, the last one empty", "one\ntwo\n"],
    ["what would name a file", "@/etc/passwd"],
    ["what would be an option", "--config /tmp/x"],
    ["nothing", ""],
    ["keys of a terminal", "a\u0003\rrm -rf x\u001b[201~\n"],
    ["a mark of the byte order", "\ufeff{}"],
    ["bytes that are no text", new Uint8Array([0, 255, 10, 0, 39])],
    ["more than an argument may be", `${"long ".repeat(60_000)}'`],
  ])("curl sends the payload byte for byte from a shell: %s", (_, payload) => {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    const copied = curlOf(event, bytes, "http://h/?a='b'&c=$(d)");
    // Of a terminal, nothing but the text and its lines.
    expect(/[^\P{Cc}\n]/u.test(copied)).toBe(false);
    // Instead of curl: its arguments, and what it would read.
    const curl = `curl() { printf '%s\\0' "$@"; [ "$7" != @- ] || cat; }`;
    const said: string = execFileSync("sh", {
      input: `${curl}\n${copied}\n`,
      encoding: "latin1",
    });
    const start = `-X\0POST\0http://h/?a='b'&c=$(d)\0-H\0Content-Type: application/json\0`;
    const sent = Array.from(bytes, (each) => String.fromCharCode(each)).join("");
    const [asText, asBytes] = [`--data-raw\0${sent}\0`, `--data-binary\0@-\0${sent}`];
    expect(said === start + asText || said === start + asBytes).toBe(true);
  });
  test("a text that is cut within a character is still text", () => {
    const bytes = new TextEncoder().encode("aé").subarray(0, 2);
    expect(readText(bytes, true)).toBe("a");
    expect(readText(bytes)).toBeUndefined();
  });
  test("bytes that are no UTF-8 are no text", () => {
    expect(readText(new Uint8Array([0xff]))).toBeUndefined();
    expect(readText(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe("\ufeffa");
  });
  test("hexadecimal has offset, bytes and what is printable", () => {
    expect(hexRows(new Uint8Array([0, 65, 255]))).toBe(`000000  00 41 ff${" ".repeat(39)}  .A.`);
  });
});

test("help comes from the API's description, through references", () => {
  const document = {
    components: {
      schemas: {
        New: {
          properties: {
            timeout: { $ref: "#/components/schemas/Duration" },
            limits: { $ref: "#/components/schemas/Limits" },
          },
        },
        NewThing: { properties: { name: {}, kind: { description: "what it is to be" } } },
        Thing: {
          properties: { name: { description: "how it is called" }, kind: { description: "what it is" } },
        },
        Duration: { examples: ["5s"] },
        Limits: { properties: { in_flight: { minimum: 1, maximum: 10, description: "at once" } } },
      },
    },
  };
  expect(helpOf(document, "New", "/timeout")).toBe("e.g. 5s");
  expect(helpOf(document, "New", "/limits/in_flight")).toBe("at once · 1 to 10");
  expect(helpOf(document, "New", "/nothing/here")).toBe("");
  expect(helpOf(document, "NewThing", "/name")).toBe("how it is called");
  expect(helpOf(document, "NewThing", "/kind")).toBe("what it is to be");
});
