// What a page shows is asked of the hub here: once, again while it is looked at, and page by page.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, connection, get, returns, type Query } from "./api";
import { isTold, news } from "./feed";
import { session } from "./session";

export interface Asked<T> {
  data: T | undefined;
  error: ApiError | undefined;
  isLoading: boolean;
  reload: () => void;
}

export const toApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(-1, String(error));

/** How soon after another one something new is asked for. */
const NEWS_GAP_MS = 300;
/** While the hub tells the news, what does not stand in them is asked for this much less often. */
const TOLD_FACTOR = 5;

/**
 * Calls `work` now, when there is news, and every `poll_ms`, while the page is seen. With `poll_ms`
 * 0 it is called once. A newer call ends the older one.
 */
function useRepeated(work: (abort: AbortSignal) => Promise<void>, key: string, poll_ms: number) {
  const latest = useRef(work);
  latest.current = work;
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isBusy = false;
    let hasNews = false;
    let ended = 0;
    const turn = async () => {
      clearTimeout(timer);
      isBusy = true;
      hasNews = false;
      await latest.current(abort.signal);
      isBusy = false;
      ended = Date.now();
      if (poll_ms === 0 || abort.signal.aborted) return;
      const pause = hasNews ? NEWS_GAP_MS : isTold.peek() ? poll_ms * TOLD_FACTOR : poll_ms;
      timer = setTimeout(turnWhenSeen, pause);
    };
    const turnWhenSeen = () => {
      const isSeen =
        document.visibilityState === "visible" && connection.peek() === "here" && session.peek();
      if (isSeen) void turn();
      else timer = setTimeout(turnWhenSeen, poll_ms);
    };
    const onNews = () => {
      if (poll_ms === 0 || hasNews) return;
      hasNews = true;
      if (isBusy) return;
      clearTimeout(timer);
      timer = setTimeout(turnWhenSeen, Math.max(0, ended + NEWS_GAP_MS - Date.now()));
    };
    void turn();
    const known = news.peek();
    const forget = news.subscribe((count) => count !== known && onNews());
    return () => {
      abort.abort();
      forget();
      clearTimeout(timer);
    };
  }, [key, round, poll_ms, returns.value]);
  return () => setRound((before) => before + 1);
}

/** One answer. \param key  what it depends on: another one asks anew and forgets what was there */
export function useQuery<T>(
  key: string,
  load: (abort: AbortSignal) => Promise<T>,
  poll_ms = 0,
): Asked<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: ApiError }>({ key: "" });
  const reload = useRepeated(
    async (abort) => {
      try {
        const data = await load(abort);
        if (!abort.aborted) setState({ key, data });
      } catch (error) {
        if (abort.aborted) return;
        // What is shown stays while the hub is away.
        setState((before) => {
          const kept = before.key === key && before.data !== undefined ? { data: before.data } : {};
          return { key, ...kept, error: toApiError(error) };
        });
      }
    },
    key,
    poll_ms,
  );
  const isCurrent = state.key === key;
  return {
    data: isCurrent ? state.data : undefined,
    error: isCurrent ? state.error : undefined,
    isLoading: !isCurrent,
    reload,
  };
}

export interface Page<Row> {
  data: Row[];
  cursor: string | null;
}

export interface Pages<Row> extends Omit<Asked<Row[]>, "data"> {
  rows: Row[];
  /** undefined: there is no further page. */
  more: (() => void) | undefined;
}

/**
 * Puts a newer first page before the rows that are there: what it holds replaces them, and what it
 * no longer holds is gone. Without overlap too much has come in between: the list starts anew.
 */
export function mergeFirstPage<Row>(
  old: Page<Row>,
  first: Page<Row>,
  idOf: (row: Row) => string,
): Page<Row> {
  const last = first.data.at(-1);
  if (first.cursor === null || last === undefined) return first;
  const anchor = old.data.findIndex((row) => idOf(row) === idOf(last));
  if (anchor < 0 || anchor === old.data.length - 1) return first;
  return { data: [...first.data, ...old.data.slice(anchor + 1)], cursor: old.cursor };
}

/** A list that comes whole, as Table wants it. */
export function useRows<Row>(path: string, query: Query = {}, poll_ms = 0): Pages<Row> {
  const key = JSON.stringify([path, query]);
  const asked = useQuery(
    key,
    async (abort) => (await get<{ data: Row[] }>(path, query, abort)).data,
    poll_ms,
  );
  return { ...asked, rows: asked.data ?? [], more: undefined };
}

const PAGE_ROWS = 100;
/** Further pages take the place of the first ones' memory only so far. */
const ROWS_MAX = 20_000;

/** A list of the API by its cursor. The first page is asked again while it is looked at. */
export function usePages<Row>(
  path: string,
  query: Query,
  idOf: (row: Row) => string,
  poll_ms = 0,
): Pages<Row> {
  const key = JSON.stringify([path, query]);
  const [state, setState] = useState<{ key: string; page: Page<Row>; error?: ApiError }>({
    key: "",
    page: { data: [], cursor: null },
  });
  const isCurrent = state.key === key;
  const busy = useRef("");
  const load = (cursor?: string, abort?: AbortSignal) =>
    get<Page<Row>>(path, { ...query, limit: PAGE_ROWS, cursor }, abort);
  const fail = (error: unknown) =>
    setState((before) => ({
      key,
      page: before.key === key ? before.page : { data: [], cursor: null },
      error: toApiError(error),
    }));
  const reload = useRepeated(
    async (abort) => {
      try {
        const first = await load(undefined, abort);
        if (abort.aborted) return;
        setState((before) => ({
          key,
          page: before.key === key ? mergeFirstPage(before.page, first, idOf) : first,
        }));
      } catch (error) {
        if (!abort.aborted) fail(error);
      }
    },
    key,
    poll_ms,
  );
  const { data: rows, cursor } = state.page;
  const more = () => {
    const wanted = `${key} ${cursor}`;
    if (busy.current === wanted || cursor === null) return;
    busy.current = wanted;
    load(cursor)
      .then((next) =>
        setState((before) =>
          before.key === key && before.page.cursor === cursor
            ? { key, page: { data: [...before.page.data, ...next.data], cursor: next.cursor } }
            : before,
        ),
      )
      .catch(fail)
      .finally(() => (busy.current = ""));
  };
  const hasMore = isCurrent && cursor !== null && rows.length < ROWS_MAX;
  return {
    rows: isCurrent ? rows : [],
    error: isCurrent ? state.error : undefined,
    isLoading: !isCurrent,
    more: hasMore ? more : undefined,
    reload,
  };
}
