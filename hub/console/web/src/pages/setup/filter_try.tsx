// What a subscription wants, tried on recorded events while it is typed, and conditions to add.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Event, FilterTest } from "@v1";
import { get, post, send, type ApiError } from "../../api";
import { State } from "../../components/bits";
import { Time } from "../../components/time";
import { OPERATORS, pathsOf, withCondition } from "../../filter_builder";
import type { Texts } from "../../forms";
import { parseJson } from "../../json/parse";
import { RawJson } from "../../json/write";
import { toApiError, useQuery, type Page } from "../../query";
import { href } from "../../router";
import { texts } from "../../texts";

const t = texts.filter;
const TYPING_MS = 350;
const SHOWN = 8;

const linesOf = (text: string | undefined) =>
  (text ?? "")
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean);

/** The body of the question; undefined while the filter is no JSON. */
function questionOf(now: Texts): Record<string, unknown> | undefined {
  const types = linesOf(now["/event_types"]);
  const filter = (now["/filter"] ?? "").trim();
  try {
    if (filter !== "") parseJson(filter);
  } catch {
    return undefined;
  }
  return {
    ...(types.length > 0 ? { event_types: types } : {}),
    sources: linesOf(now["/sources"]),
    filter: filter === "" ? null : new RawJson(filter),
  };
}

export function FilterTry({ now, onChange }: { now: Texts; onChange: (filter: string) => void }) {
  const filter = now["/filter"] ?? "";
  const [found, setFound] = useState<FilterTest>();
  const [error, setError] = useState<ApiError>();
  const asked = [filter, now["/event_types"], now["/sources"]].join("\n\n");
  useEffect(() => {
    const question = questionOf(now);
    if (!question) return undefined;
    let isOld = false;
    const ask = async () => {
      try {
        const answer = await post<FilterTest>("v1/filters/test", question);
        if (isOld) return;
        setFound(answer);
        setError(undefined);
      } catch (failure) {
        if (!isOld) setError(toApiError(failure));
      }
    };
    const timer = setTimeout(() => void ask(), TYPING_MS);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [asked]);
  return (
    <div class="try">
      <Builder filter={filter} types={linesOf(now["/event_types"])} onChange={onChange} />
      {error && (
        <p class="fault" role="status">
          {[
            error.message,
            ...error.faults.map(({ pointer, detail }) => `${pointer} ${detail}`),
          ].join(" ")}
        </p>
      )}
      {found && !error && <Found found={found} />}
    </div>
  );
}

function Found({ found: { wanted, data } }: { found: FilterTest }) {
  if (data.length === 0) return <p class="help">{t.no_events}</p>;
  const said = t.gets.replace("{wanted}", String(wanted)).replace("{all}", String(data.length));
  // What is wanted, and what only the filter holds back, is what one looks for.
  const order = ["wanted", "filtered", "undecided", "other_source", "other_type"];
  const shown = [...data]
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
    .slice(0, SHOWN);
  return (
    <>
      <p role="status">{said}</p>
      <ul class="cases">
        {shown.map(({ event, type, verdict, received_at }) => (
          <li key={event}>
            <State
              of={verdict === "wanted" ? "delivered" : "cancelled"}
              text={t.verdicts[verdict] ?? ""}
            />
            <a class="grow" href={href(`events/${event}`)} target="_blank" rel="noopener">
              {type}
            </a>
            <Time at={received_at} far />
          </li>
        ))}
      </ul>
    </>
  );
}

/** The fields of the latest event of the first type are offered. */
async function offeredPaths(types: string[], abort: AbortSignal): Promise<string[]> {
  const [first] = types;
  const query = { limit: 1, type: first === "*" ? undefined : first };
  const event = (await get<Page<Event>>("v1/events", query, abort)).data[0];
  if (!event) return [];
  const reply = await send(`v1/events/${event.id}/payload`, { signal: abort });
  try {
    return [...new Set(pathsOf(parseJson(await reply.text())))];
  } catch {
    return [];
  }
}

function Builder(props: { filter: string; types: string[]; onChange: (filter: string) => void }) {
  const [path, setPath] = useState("");
  const [operator, setOperator] = useState<string>("$eq");
  const [value, setValue] = useState("");
  const { data: paths = [] } = useQuery(`paths ${props.types[0] ?? ""}`, (abort) =>
    offeredPaths(props.types, abort),
  );
  const next = useMemo(() => {
    try {
      return path.includes(".") ? withCondition(props.filter, path, operator, value) : undefined;
    } catch {
      return undefined;
    }
  }, [props.filter, path, operator, value]);
  const add = () => {
    if (next === undefined) return;
    props.onChange(next);
    setValue("");
  };
  return (
    <div class="builder" role="group" aria-label={t.builder}>
      <input
        list="filter-paths"
        aria-label={t.path}
        placeholder="payload.total"
        value={path}
        spellcheck={false}
        onInput={(event) => setPath(event.currentTarget.value)}
      />
      <datalist id="filter-paths">
        {[...paths, "event.source", "event.type", "event.subject"].map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <select
        aria-label={t.operator}
        value={operator}
        onChange={(event) => setOperator(event.currentTarget.value)}
      >
        {OPERATORS.map((each) => (
          <option key={each} value={each}>
            {t.operators[each] ?? each}
          </option>
        ))}
      </select>
      <input
        aria-label={t.value}
        placeholder={t.value}
        value={value}
        spellcheck={false}
        onInput={(event) => setValue(event.currentTarget.value)}
      />
      <button type="button" disabled={next === undefined} onClick={add}>
        {t.add}
      </button>
    </div>
  );
}
