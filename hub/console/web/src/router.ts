// The place in the console is the URL's fragment, so that a view can be shared, reloaded and gone
// back to, and the console works below any path prefix without being told which.
//
// A fragment is never sent to a server. Still, what may name a person (subjects, external ids,
// searched text) stays out of it, since browsers keep URLs: such filters live in memory.
import { signal } from "@preact/signals";
import { leaveForm } from "./question";

export interface Place {
  /** "#/deliveries/dlv_1" → ["deliveries", "dlv_1"] */
  path: string[];
  query: Record<string, string>;
}

/** Parameters that go along from page to page. */
const LASTING = ["tenant"];

export function parsePlace(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const parts = path.split("/").filter((each) => each !== "");
  return { path: parts.map(decode), query: Object.fromEntries(new URLSearchParams(query)) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function writePlace({ path, query }: Place): string {
  const kept = Object.entries(query).filter(([, value]) => value !== "");
  const text = new URLSearchParams(kept).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${text && `?${text}`}`;
}

const here = () => (typeof location === "undefined" ? "" : location.hash);
export const place = signal<Place>(parsePlace(here()));

/** What an `<a href>` of the console holds. */
export function href(path: string, query: Record<string, string> = {}): string {
  const lasting = LASTING.filter((name) => place.value.query[name]);
  const kept = Object.fromEntries(lasting.map((name) => [name, place.value.query[name] ?? ""]));
  return writePlace({ path: path.split("/"), query: { ...kept, ...query } });
}

export function go(path: string, query: Record<string, string> = {}): void {
  location.hash = href(path, query);
}

/** Changes parameters of this view. A change of what is typed replaces the entry of the history. */
export function setQuery(changes: Record<string, string>, how: "push" | "replace" = "push"): void {
  const { path, query } = place.value;
  const next = writePlace({ path, query: { ...query, ...changes } });
  if (how === "push") location.hash = next;
  else history.replaceState(null, "", next);
  place.value = parsePlace(next);
}

export function startRouter(): void {
  let isGoingBack = false;
  const show = () => {
    place.value = parsePlace(here());
  };
  addEventListener("hashchange", ({ oldURL, newURL }) => {
    if (isGoingBack) {
      isGoingBack = false;
      return;
    }
    // Later, what is wanted is another change of the address.
    const go = () => (here() === new URL(newURL).hash ? show() : (location.href = newURL));
    if (leaveForm(go)) return;
    isGoingBack = true;
    location.hash = new URL(oldURL).hash;
  });
}
