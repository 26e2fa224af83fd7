// Stands in for a hub at the other end of WebSockets.

/** A hub's end of the WebSockets that a client opens. */
export function fakeHub() {
  const sockets = [];
  const waiting = [];
  class WebSocket {
    said = [];
    constructor(url, protocols) {
      Object.assign(this, { url, protocols });
      sockets.push(this);
      waiting.shift()?.(this);
    }
    send(text) {
      this.said.push(JSON.parse(text));
      this.onSaid?.();
    }
    close(code) {
      this.end(code, "");
    }
    open() {
      this.onopen({});
    }
    say(frame) {
      this.onmessage({ data: JSON.stringify(frame) });
    }
    end(code, reason) {
      setImmediate(() => this.onclose?.({ code, reason }));
    }
    async next() {
      while (this.said.length === 0) await new Promise((done) => (this.onSaid = done));
      return this.said.shift();
    }
  }
  const next = () => new Promise((done) => waiting.push(done));
  return { WebSocket, sockets, next };
}
