// <katydid-analytics event-id="…" token="…">: an event's figures, in a page of any site.
//
// Attributes: event-id and token (POST /v1/embed-tokens); hub, the hub's URL where it is not the
// script's; currency ("EUR"); theme ("light", "dark", else as the system); texts (JSON).
// It tells the page of a token that has expired by the event `katydid-token-expired`.
import { element } from "./dom";
import { drawFigures, type Look } from "./draw";
import type { Figures } from "./figures";
import { style } from "./style";
import { texts, type Texts } from "./texts";

const POLL_MS = 10_000;
const PAUSE_MAX_MS = 120_000;
const TIMEOUT_MS = 15_000;

/** Why there is nothing to show. */
class Refusal extends Error {
  constructor(
    readonly kind: "expired" | "refused" | "away",
    message: string,
  ) {
    super(message);
  }
}

/** \param base  where the script came from: "https://hub.example/embed/" */
export function defineAnalytics(base: URL | undefined): void {
  if (customElements.get("katydid-analytics")) return;
  customElements.define(
    "katydid-analytics",
    class extends Analytics {
      protected override base = base;
    },
  );
}

class Analytics extends HTMLElement {
  static observedAttributes = ["event-id", "token", "hub", "currency", "texts"];

  protected base: URL | undefined;
  private readonly inside = this.attachShadow({ mode: "open" });
  private readonly shown = element("div", { role: "region", "aria-live": "off" });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort: AbortController | undefined;
  private last: Figures | undefined;
  private pause = POLL_MS;

  connectedCallback(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    this.inside.adoptedStyleSheets = [sheet];
    this.inside.replaceChildren(this.shown);
    document.addEventListener("visibilitychange", this.onSeen);
    this.restart();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.onSeen);
    this.stop();
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === "event-id" || name === "hub") this.last = undefined;
    this.restart();
  }

  private readonly onSeen = () => {
    if (document.visibilityState === "visible") this.restart();
    else this.stop();
  };

  private stop(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
  }

  private restart(): void {
    this.stop();
    this.pause = POLL_MS;
    this.shown.setAttribute("aria-label", this.words().label);
    if (!this.last) {
      this.shown.setAttribute("aria-busy", "true");
      this.show(element("p", { class: "faint" }, this.words().loading));
    }
    void this.turn();
  }

  private async turn(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    try {
      const figures = await this.ask(abort.signal);
      if (abort.signal.aborted) return;
      this.last = figures;
      this.pause = POLL_MS;
      this.show(drawFigures(figures, this.look()));
    } catch (error) {
      if (abort.signal.aborted) return;
      this.fail(error);
      if (error instanceof Refusal && error.kind !== "away") return;
      this.pause = Math.min(this.pause * 2, PAUSE_MAX_MS);
    } finally {
      if (!abort.signal.aborted) this.shown.removeAttribute("aria-busy");
    }
    this.timer = setTimeout(() => void this.turn(), this.pause);
  }

  private async ask(signal: AbortSignal): Promise<Figures> {
    const words = this.words();
    const base = this.getAttribute("hub") ?? this.base ?? location.href;
    const url = new URL("analytics", new URL("embed/", ensureRoot(base)));
    url.searchParams.set("event_id", this.getAttribute("event-id") ?? "");
    const headers = { Authorization: `Bearer ${this.getAttribute("token") ?? ""}` };
    const ended = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { headers, signal: ended, credentials: "omit" }).catch(() => {
      throw new Refusal("away", words.away);
    });
    if (response.ok) return (await response.json()) as Figures;
    if (response.status === 401) {
      this.dispatchEvent(new CustomEvent("katydid-token-expired", { bubbles: true }));
      throw new Refusal("expired", words.expired);
    }
    if (response.status === 403) throw new Refusal("refused", words.refused);
    throw new Refusal("away", words.away);
  }

  /** What was shown stays, below the reason. */
  private fail(error: unknown): void {
    const words = this.words();
    const said = error instanceof Refusal ? error.message : String(error);
    const again = element("button", { click: () => this.restart() }, words.again);
    const note = element(
      "div",
      { role: "alert" },
      element("p", { class: "bad" }, `${words.failed} ${said}`),
      again,
    );
    this.show(note, this.last && drawFigures(this.last, this.look()));
  }

  /** An opened table stays open. */
  private show(...nodes: (Node | undefined)[]): void {
    const wasOpen = this.shown.querySelector("details")?.open ?? false;
    this.shown.replaceChildren(...nodes.filter((each): each is Node => each !== undefined));
    const details = this.shown.querySelector("details");
    if (details && wasOpen) details.open = true;
  }

  private look(): Look {
    const locale = this.closest("[lang]")?.getAttribute("lang") ?? undefined;
    return { texts: this.words(), currency: this.getAttribute("currency") ?? undefined, locale };
  }

  private words(): Texts {
    try {
      const own = JSON.parse(this.getAttribute("texts") ?? "{}") as Partial<Texts>;
      return { ...texts, ...own };
    } catch {
      return texts;
    }
  }
}

/** "https://hub.example/embed/" and "https://hub.example" → "https://hub.example/". */
function ensureRoot(base: string | URL): URL {
  const url = new URL(base);
  if (url.pathname.endsWith("/embed/")) return new URL("../", url);
  return url.pathname.endsWith("/") ? url : new URL(`${url.pathname}/`, url);
}
