// A small WebSocket for Node older than 22: text frames, pings and closes (RFC 6455).
import { randomBytes } from "node:crypto";
import { request } from "node:http";

function frameOf(opcode, payload) {
  const mask = randomBytes(4);
  const size = payload.length;
  const head =
    size < 126
      ? Buffer.from([0x80 | opcode, 0x80 | size])
      : size < 65536
        ? Buffer.from([0x80 | opcode, 0x80 | 126, size >> 8, size & 255])
        : Buffer.from([0x80 | opcode, 0x80 | 127, 0, 0, 0, 0, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255]);
  return Buffer.concat([head, mask, payload.map((byte, at) => byte ^ mask[at & 3])]);
}

export class SmallWebSocket {
  onopen = null;
  onmessage = null;
  onclose = null;
  onerror = null;
  #socket;
  #bytes = Buffer.alloc(0);
  #close = { code: 1006, reason: "" };
  #isOver = false;

  constructor(url, protocols) {
    const asked = request(url.replace(/^ws/, "http"), {
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
        "Sec-WebSocket-Protocol": protocols.join(", "),
      },
    });
    asked.on("upgrade", (response, socket, head) => {
      this.#socket = socket;
      socket.setNoDelay(true);
      socket.on("data", (bytes) => this.#hear(bytes));
      socket.on("error", () => {});
      socket.on("close", () => this.#over());
      this.onopen?.({});
      this.#hear(head);
    });
    asked.on("response", (response) => {
      response.resume();
      this.#over();
    });
    asked.on("error", () => this.#over());
    asked.end();
  }

  send(text) {
    if (!this.#socket) throw new Error("not open");
    this.#socket.write(frameOf(1, Buffer.from(text)));
  }

  close(code = 1000) {
    this.#socket?.end(frameOf(8, Buffer.from([code >> 8, code & 255])));
  }

  #over() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onclose?.(this.#close);
  }

  #hear(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const data = this.#bytes;
      if (data.length < 2) return;
      const short = data[1] & 127;
      const at = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (data.length < at) return;
      const size = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
      if (data.length < at + size) return;
      this.#bytes = data.subarray(at + size);
      this.#take(data[0] & 15, data.subarray(at, at + size));
    }
  }

  #take(opcode, payload) {
    if (opcode === 1) this.onmessage?.({ data: payload.toString() });
    else if (opcode === 9) this.#socket.write(frameOf(10, payload));
    else if (opcode === 8) {
      this.#close = { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
      this.#socket.end(frameOf(8, payload.subarray(0, 2)));
    }
  }
}

export const WebSocket = globalThis.WebSocket ?? SmallWebSocket;
