// The keys of the console. Pages add theirs while they are shown.
import { useEffect } from "preact/hooks";
import { go } from "./router";

const GO: Record<string, string> = {
  o: "overview",
  e: "events",
  d: "deliveries",
  s: "subscriptions",
};
const GO_WAIT_MS = 1_200;

const isTyping = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest("input, textarea, select, [contenteditable]") !== null;

/** Keys of one page, e.g. {r: retry}. Not while somebody types or a dialog is open. */
export function useKeys(keys: Record<string, () => void>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
      const action = isPlain ? keys[event.key] : undefined;
      if (!action || isTyping(event.target) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

/** The keys that work everywhere. */
export function useGlobalKeys(openPalette: () => void, openHelp: () => void): void {
  useEffect(() => {
    let goUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openPalette();
        return;
      }
      const isBusy = isTyping(event.target) || document.querySelector("dialog[open]") !== null;
      if (isBusy || event.ctrlKey || event.metaKey || event.altKey) return;
      const page = Date.now() < goUntil ? GO[event.key] : undefined;
      goUntil = event.key === "g" ? Date.now() + GO_WAIT_MS : 0;
      const done = page ? (go(page), true) : act(event.key, openHelp);
      if (done) event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function act(key: string, openHelp: () => void): boolean {
  if (key === "?") openHelp();
  else if (key === "/")
    return focus(document.querySelector<HTMLElement>(".filters input, .filters select"));
  else if (key === "j" || key === "ArrowDown") return moveRow(1);
  else if (key === "k" || key === "ArrowUp") return moveRow(-1);
  else return false;
  return true;
}

function focus(element: HTMLElement | null | undefined): boolean {
  element?.focus();
  return element !== null && element !== undefined;
}

/** The focus goes from row to row; Enter follows the link that has it. */
function moveRow(step: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLElement>("a.row-link")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at < 0 ? 0 : at + step];
  if (!next) return false;
  next.focus({ preventScroll: true });
  next.closest("tr")?.scrollIntoView({ block: "nearest" });
  return true;
}
