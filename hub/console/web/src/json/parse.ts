// JSON without loss: numbers keep their digits, objects their order and their duplicate names.

export type Json =
  | { kind: "object"; members: [name: string, value: Json][]; begin: number; end: number }
  | { kind: "array"; items: Json[]; begin: number; end: number }
  | { kind: "string"; value: string; begin: number; end: number }
  | { kind: "number"; text: string; begin: number; end: number }
  | { kind: "literal"; text: string; begin: number; end: number };

/** Deeper than the hub accepts; below what the stack of a browser takes. */
const DEPTH_MAX = 1000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/** Throws SyntaxError with the place. `begin` and `end` of a value are its place in the text. */
export function parseJson(text: string): Json {
  const parser = new Parser(text);
  return parser.whole();
}

class Parser {
  private at = 0;
  constructor(private readonly text: string) {}

  whole(): Json {
    const value = this.value(0);
    this.take(SPACE);
    if (this.at !== this.text.length) this.fail("the end");
    return value;
  }

  private value(depth: number): Json {
    if (depth > DEPTH_MAX) this.fail(`at most ${DEPTH_MAX} levels`);
    this.take(SPACE);
    const begin = this.at;
    const first = this.text[begin];
    if (first === "{") return this.object(depth);
    if (first === "[") return this.array(depth);
    if (first === '"') return { kind: "string", value: this.string(), begin, end: this.at };
    const number = this.take(NUMBER);
    if (number) return { kind: "number", text: number, begin, end: this.at };
    const literal = this.take(LITERAL);
    if (literal) return { kind: "literal", text: literal, begin, end: this.at };
    return this.fail("a value");
  }

  private object(depth: number): Json {
    const begin = this.at++;
    const members: [string, Json][] = [];
    this.list("}", () => {
      this.take(SPACE);
      const name = this.string();
      this.take(SPACE);
      this.expect(":");
      members.push([name, this.value(depth + 1)]);
    });
    return { kind: "object", members, begin, end: this.at };
  }

  private array(depth: number): Json {
    const begin = this.at++;
    const items: Json[] = [];
    this.list("]", () => items.push(this.value(depth + 1)));
    return { kind: "array", items, begin, end: this.at };
  }

  private list(close: string, item: () => void): void {
    this.take(SPACE);
    if (this.text[this.at] === close) {
      this.at++;
      return;
    }
    for (;;) {
      item();
      this.take(SPACE);
      if (this.text[this.at] !== ",") break;
      this.at++;
    }
    this.expect(close);
  }

  private string(): string {
    const raw = this.take(STRING);
    return raw ? (JSON.parse(raw) as string) : this.fail("a string");
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) this.fail(`"${character}"`);
    this.at++;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private fail(wanted: string): never {
    const before = this.text.slice(0, this.at).split("\n");
    const column = (before.at(-1) ?? "").length + 1;
    throw new SyntaxError(`expected ${wanted} in line ${before.length}, column ${column}`);
  }
}

/** The value of an object's member, the last one of that name. */
export function member(value: Json | undefined, name: string): Json | undefined {
  if (value?.kind !== "object") return undefined;
  return [...value.members].reverse().find(([each]) => each === name)?.[1];
}
