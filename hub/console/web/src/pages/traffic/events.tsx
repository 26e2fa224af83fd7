// Events as they come: search, and the live tail with pause.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Event } from "@v1";
import { PageHead } from "../../components/bits";
import {
  chosenSince,
  Choice,
  Filters,
  Range,
  Typed,
  TypedParameter,
} from "../../components/filters";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { formatBytes } from "../../format";
import { sources } from "../../names";
import { usePages } from "../../query";
import { href, place, setQuery } from "../../router";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { loadPayload, readText } from "./event_payload";

const t = texts.events;
const POLL_MS = 500;

/** What may name a person: in memory, not in the URL. */
const personal = signal({ subject: "", external_id: "", text: "" });

const columns: Column<Event>[] = [
  { title: t.type, kind: "main", cell: ({ type }) => type },
  {
    title: t.source,
    cell: ({ source, origin }) => (
      <span class={source ? "one-line short" : "faint"}>{source ?? origin}</span>
    ),
  },
  {
    title: t.subject,
    kind: "wide",
    cell: ({ subject }) => <span class="one-line short">{subject}</span>,
  },
  {
    title: t.external_id,
    kind: "wide",
    cell: ({ external_id }) => (
      <span class="one-line" title={external_id}>
        {external_id}
      </span>
    ),
  },
  { title: t.size, kind: "wide number", cell: ({ payload_bytes }) => formatBytes(payload_bytes) },
  { title: t.received, cell: ({ received_at }) => <Time at={received_at} /> },
];

export function Events() {
  const { query } = place.value;
  const [isLive, setLive] = useState(true);
  const { subject, external_id, text } = personal.value;
  const filter = {
    type: query["type"],
    source: query["source"],
    since: chosenSince(),
    subject,
    external_id,
  };
  const pages = usePages<Event>("v1/events", filter, ({ id }) => id, isLive ? POLL_MS : 0);
  const found = useTextSearch(pages.rows, text);
  useKeys({ r: pages.reload });
  const set = (changes: Partial<typeof personal.value>) => {
    personal.value = { ...personal.value, ...changes };
  };
  const clear = () => {
    setQuery({ type: "", source: "", range: "" });
    set({ subject: "", external_id: "", text: "" });
  };
  const isFiltered = Boolean(text) || Object.values(filter).some(Boolean);
  const names = sources.value.map(({ name }): [string, string] => [name, name]);
  return (
    <>
      <PageHead
        title={t.title}
        side={
          <button
            aria-pressed={isLive}
            class={isLive ? "live" : ""}
            onClick={() => setLive(!isLive)}
          >
            {isLive ? t.tail : t.paused}
          </button>
        }
      />
      <Filters>
        <TypedParameter label={t.type} name="type" hint={t.type_hint} />
        {names.length > 0 && (
          <Choice label={t.source} name="source" options={[["", t.any_source], ...names]} />
        )}
        <Typed label={t.subject} value={subject} onChange={(value) => set({ subject: value })} />
        <Typed
          label={t.external_id}
          value={external_id}
          onChange={(value) => set({ external_id: value })}
        />
        <Typed
          label={t.text}
          value={text}
          hint={t.text_hint}
          onChange={(value) => set({ text: value })}
        />
        <Range />
        {isFiltered && (
          <button class="quiet" onClick={clear}>
            {texts.common.clear}
          </button>
        )}
      </Filters>
      {text && <p class="faint">{t.text_limit}</p>}
      <Table
        label={t.title}
        pages={text ? { ...pages, rows: found } : pages}
        columns={columns}
        idOf={({ id }) => id}
        open={({ id }) => href(`events/${id}`)}
        empty={isFiltered ? [t.empty] : [t.none, t.empty_hint]}
      />
    </>
  );
}

const SEARCHED_MAX = 300;
const AT_ONCE = 6;
const PAYLOAD_CHARACTERS_MAX = 100_000;

/** Of the first rows, those whose payload has the text. Payloads are asked for once while it is typed. */
function useTextSearch(rows: Event[], text: string): Event[] {
  const [payloads, setPayloads] = useState<ReadonlyMap<string, string>>(new Map());
  const searched = text ? rows.slice(0, SEARCHED_MAX) : [];
  const missing = searched.filter(({ id }) => !payloads.has(id)).slice(0, AT_ONCE);
  const wanted = missing.map(({ id }) => id).join();
  useEffect(() => {
    if (wanted === "") return undefined;
    const abort = new AbortController();
    const load = async (id: string): Promise<[string, string]> => {
      const bytes = await loadPayload(id, abort.signal).catch(() => new Uint8Array());
      return [id, (readText(bytes) ?? "").slice(0, PAYLOAD_CHARACTERS_MAX).toLowerCase()];
    };
    void Promise.all(wanted.split(",").map(load)).then((loaded) => {
      if (!abort.signal.aborted)
        setPayloads((before) => new Map([...before, ...loaded].slice(-SEARCHED_MAX * 2)));
    });
    return () => abort.abort();
  }, [wanted]);
  return searched.filter(({ id }) => payloads.get(id)?.includes(text.toLowerCase()));
}
