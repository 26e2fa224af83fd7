// A screenshot with 256 colours instead of all, which takes half the room. For Chromium's PNGs: 8 bits,
// red, green, blue (and alpha), not interlaced. https://www.w3.org/TR/png/
import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const COLOURS_MAX = 256;

function* chunksOf(png) {
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield [png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + length)];
    at += 12 + length;
  }
}

/** Section 9.2: each byte is a difference to its neighbours left (a), above (b) and both (c). */
function predict(filter, a, b, c) {
  if (filter < 3) return [0, a, b][filter];
  if (filter === 3) return (a + b) >> 1;
  const near = a + b - c;
  const [toA, toB, toC] = [a, b, c].map((each) => Math.abs(near - each));
  return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
}

function pixelsOf(png) {
  const chunks = [...chunksOf(png)];
  const head = chunks[0][1];
  const [width, height, size] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9] === 6 ? 4 : 3];
  const data = inflateSync(Buffer.concat(chunks.filter(([type]) => type === "IDAT").map((c) => c[1])));
  const line = width * size;
  const bytes = new Uint8Array(line * height);
  for (let y = 0, from = 0; y < height; y++) {
    const filter = data[from++];
    for (let x = 0, at = y * line; x < line; x++, at++) {
      const a = x < size ? 0 : bytes[at - size];
      const b = y === 0 ? 0 : bytes[at - line];
      const c = x < size || y === 0 ? 0 : bytes[at - line - size];
      bytes[at] = data[from++] + predict(filter, a, b, c);
    }
  }
  const colours = new Uint32Array(width * height);
  for (let i = 0; i < colours.length; i++)
    colours[i] = (bytes[i * size] << 16) | (bytes[i * size + 1] << 8) | bytes[i * size + 2];
  return { width, height, colours };
}

/** The colours that are most frequent; others become the nearest of them. */
function paletteOf(colours) {
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const sorted = [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one));
  const palette = sorted.slice(0, COLOURS_MAX);
  const part = (colour, shift) => (colour >> shift) & 255;
  const distance = (one, other) =>
    [16, 8, 0].reduce((sum, shift) => sum + (part(one, shift) - part(other, shift)) ** 2, 0);
  const places = new Map(palette.map((colour, index) => [colour, index]));
  for (const colour of sorted.slice(COLOURS_MAX)) {
    let best = 0;
    for (let i = 1; i < palette.length; i++)
      if (distance(colour, palette[i]) < distance(colour, palette[best])) best = i;
    places.set(colour, best);
  }
  return { palette, places };
}

/** Annex D; Node.js has it since 20.15 only. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

export function shrinkPng(png) {
  const { width, height, colours } = pixelsOf(png);
  const { palette, places } = paletteOf(colours);
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rows[y * (width + 1) + 1 + x] = places.get(colours[y * width + x]);
  const table = Buffer.from(palette.flatMap((each) => [each >> 16, (each >> 8) & 255, each & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", table),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
