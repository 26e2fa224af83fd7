// Ctrl-K: jump to a page, a subscription, a source or an id.
import type { TargetedKeyboardEvent } from "preact";
import { useMemo, useState } from "preact/hooks";
import { sources, subscriptions } from "../names";
import { go } from "../router";
import { texts } from "../texts";
import { Dialog } from "./dialog";

interface Found {
  kind: string;
  title: string;
  path: string;
}

const ID_PAGES: Record<string, string> = {
  evt: "events",
  dlv: "deliveries",
  sub: "subscriptions",
  src: "sources",
  rej: "rejected",
};
const SHOWN_MAX = 12;

/** What the typed text may mean, the likeliest first. Pure. */
export function findPlaces(
  typed: string,
  pages: string[],
  names: { kind: "subscription" | "source"; id: string; name: string }[],
): Found[] {
  const wanted = typed.trim().toLowerCase();
  const idPage = ID_PAGES[/^([a-z]{3})_\w+$/.exec(wanted)?.[1] ?? ""];
  const byId = idPage
    ? [{ kind: texts.palette.open, title: typed.trim(), path: `${idPage}/${typed.trim()}` }]
    : [];
  const all = [
    ...pages.map((page) => ({
      kind: texts.palette.page,
      title: texts.nav[page] ?? page,
      path: page,
    })),
    ...names.map(({ kind, id, name }) => ({
      kind: texts.palette[kind],
      title: name,
      path: `${kind}s/${id}`,
    })),
  ];
  const fits = all.filter(({ title }) => title.toLowerCase().includes(wanted));
  const begins = (each: Found) => (each.title.toLowerCase().startsWith(wanted) ? 0 : 1);
  return [...byId, ...fits.sort((a, b) => begins(a) - begins(b))].slice(0, SHOWN_MAX);
}

export function Palette({ pages, onClose }: { pages: string[]; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const find = (text: string) => {
    const names = [
      ...subscriptions.value.map(({ id, name }) => ({ kind: "subscription" as const, id, name })),
      ...sources.value.map(({ id, name }) => ({ kind: "source" as const, id, name })),
    ];
    return findPlaces(text, pages, names);
  };
  const found = useMemo(() => find(typed), [typed]);
  const open = (each: Found | undefined) => {
    if (!each) return;
    onClose();
    go(each.path);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) setAt((at + step + found.length) % Math.max(1, found.length));
    // Who types fast is ahead of what is drawn.
    else if (event.key === "Enter") open(find(event.currentTarget.value)[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={texts.palette.title} kind="palette" onClose={onClose}>
      <input
        type="search"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-found"
        aria-activedescendant={found[at] ? `palette-${at}` : undefined}
        aria-label={texts.palette.title}
        placeholder={texts.palette.placeholder}
        value={typed}
        autofocus
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="palette-found" role="listbox" aria-label={texts.palette.title}>
        {found.map((each, index) => (
          <li
            key={each.path}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseMove={() => setAt(index)}
            onClick={() => open(each)}
          >
            <span>{each.title}</span>
            <span class="faint">{each.kind}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="faint">{texts.palette.nothing}</p>}
    </Dialog>
  );
}
