// What goes on: counts over time, what waits, what needs attention.
import type { ComponentChildren } from "preact";
import type { Bridge, Delivery, Stats, StatsNow, Subscription } from "@v1";
import { get } from "../api";
import { Card, Empty, PageFailure, Loading, PageHead, State } from "../components/bits";
import { Chart, type Bar } from "../components/chart";
import { Time } from "../components/time";
import { formatBytes, formatCount, formatDuration } from "../format";
import { subscriptions } from "../names";
import { useQuery, type Page } from "../query";
import { href } from "../router";
import { may } from "../session";
import { useKeys } from "../shortcuts";
import { texts } from "../texts";
import { platformName, PlatformState } from "./bridge/bridge";
import { DeliveryList } from "./traffic/deliveries";

const t = texts.overview;
const POLL_MS = 2_000;
const MINUTES = 60;
const MINUTE_MS = 60_000;

/** A bar for each of the last minutes, also where nothing happened. Pure. */
export function barsOf(stats: Stats, now: number): Bar[] {
  const by_start = new Map(stats.buckets.map((each) => [Date.parse(each.start), each]));
  const end = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  return Array.from({ length: MINUTES }, (_, index) => {
    const start = end - (MINUTES - 1 - index) * MINUTE_MS;
    const found = by_start.get(start);
    const { accepted = 0, delivered = 0, failed = 0, dead = 0 } = found ?? {};
    return { start: new Date(start).toISOString(), values: { accepted, delivered, failed, dead } };
  });
}

const SERIES = [
  { name: "delivered", title: t.delivered },
  { name: "failed", title: t.failing },
  { name: "dead", title: t.dead },
];

const LINE = { name: "accepted", title: t.accepted };
const COLUMNS = [LINE, ...SERIES];

export function Overview() {
  const asked = useQuery(
    "stats",
    (abort) => {
      const since = new Date(Date.now() - MINUTES * MINUTE_MS).toISOString();
      return Promise.all([
        get<Stats>("v1/stats", { bucket: "1m", since }, abort),
        get<StatsNow>("v1/stats/now", {}, abort),
      ]);
    },
    POLL_MS,
  );
  useKeys({ r: asked.reload });
  if (asked.error && !asked.data) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  const [stats, now] = asked.data;
  const bars = barsOf(stats, Date.now());
  const waiting = stats.deliveries.pending + stats.deliveries.scheduled;
  return (
    <>
      <PageHead title={t.title} />
      <div class="figures">
        <Figure
          name={`${t.accepted}, ${t.last_hour.toLowerCase()}`}
          value={sum(bars, "accepted")}
          to={href("events", { range: "1h" })}
        />
        <Figure
          name={`${t.delivered}, ${t.last_hour.toLowerCase()}`}
          value={sum(bars, "delivered")}
          to={href("deliveries", { state: "delivered", range: "1h" })}
        />
        <Figure
          name={t.waiting}
          value={waiting}
          to={href("deliveries", { state: "pending,scheduled,in_flight" })}
        >
          {now?.waiting_since && (
            <small>
              {t.oldest} <Time at={now.waiting_since} far />
            </small>
          )}
        </Figure>
        <Figure
          name={t.failing}
          value={stats.deliveries.scheduled}
          to={href("deliveries", { state: "scheduled" })}
        />
        <Figure
          name={t.dead}
          value={stats.deliveries.dead}
          isBad
          to={href("deliveries", { state: "dead" })}
        />
        {now?.first_attempt && (
          <div class="figure">
            <span class="figure-name">{t.first_attempt}</span>
            <span class="figure-value">
              {formatDuration(now.first_attempt.median_ms)}{" "}
              <small>
                {t.at_most} {formatDuration(now.first_attempt.slowest_ms)}
              </small>
            </span>
          </div>
        )}
        <Figure name={t.stored} value={stats.events} to={href("events")} />
        {stats.bytes_on_disk !== undefined && (
          <div class="figure">
            <span class="figure-name">{t.disk}</span>
            <span class="figure-value">{formatBytes(stats.bytes_on_disk)}</span>
          </div>
        )}
      </div>
      <Card title={t.last_hour} wide>
        <Chart label={t.chart} bars={bars} series={SERIES} line={LINE} />
        <AsTable bars={bars} />
      </Card>
      <Trouble />
      {may("subscriptions:read") && <Platforms />}
      <Card title={t.latest} wide>
        {stats.deliveries.dead === 0 ? (
          <Empty title={t.no_dead} />
        ) : (
          <DeliveryList query={{ state: "dead" }} label={t.latest} />
        )}
      </Card>
    </>
  );
}

const sum = (bars: Bar[], name: string) =>
  bars.reduce((total, { values }) => total + (values[name] ?? 0), 0);

function Figure({
  name,
  value,
  to,
  isBad,
  children,
}: {
  name: string;
  value: number;
  to: string;
  isBad?: boolean;
  children?: ComponentChildren;
}) {
  return (
    <a class={isBad && value > 0 ? "figure bad" : "figure"} href={to}>
      <span class="figure-name">{name}</span>
      <span class="figure-value">
        {formatCount(value)} {children}
      </span>
    </a>
  );
}

/** The chart's figures, for those who do not see it. */
function AsTable({ bars }: { bars: Bar[] }) {
  const filled = bars.filter(({ values }) => Object.values(values).some((each) => each > 0));
  if (filled.length === 0) return null;
  return (
    <details>
      <summary>{t.table}</summary>
      <table>
        <thead>
          <tr>
            {[t.time, ...COLUMNS.map(({ title }) => title)].map((each) => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {filled.reverse().map(({ start, values }) => (
            <tr key={start}>
              <td>
                <Time at={start} />
              </td>
              {COLUMNS.map(({ name }) => (
                <td key={name}>{values[name]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** How the platforms of the bridge are, where any is set up. */
function Platforms() {
  const asked = useQuery(
    "platforms",
    async (abort) => (await get<Bridge>("v1/bridge", {}, abort)).platforms,
    TROUBLE_POLL_MS,
  );
  const known = asked.data?.filter(({ is_set_up }) => is_set_up) ?? [];
  if (known.length === 0) return null;
  return (
    <Card title={t.platforms} wide>
      <ul class="cases">
        {known.map((each) => (
          <li key={each.name}>
            <a href={href("bridge")}>
              <strong>{platformName(each)}</strong>
            </a>{" "}
            <PlatformState of={each} />
            <span class="grow">{each.reachable && formatDuration(each.latency_ms)}</span>
            {each.checked_at && <Time at={each.checked_at} far />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const SHOWN_MAX = 30;
const TROUBLE_POLL_MS = 5_000;

interface Case {
  subscription: Subscription;
  state: string;
  why: string;
  next: string;
}

/** Subscriptions that do not deliver, each with why and what to do. */
function Trouble() {
  const known = subscriptions.value;
  const asked = useQuery(
    `trouble ${known.map(({ id }) => id).join()}`,
    async (abort) => {
      const wanted = known.slice(0, SHOWN_MAX);
      const now = await Promise.all(
        wanted.map(({ id }) => get<Subscription>(`v1/subscriptions/${id}`, {}, abort)),
      );
      return Promise.all(now.filter(isInTrouble).map((each) => caseOf(each, abort)));
    },
    TROUBLE_POLL_MS,
  );
  if (asked.isLoading) return null;
  const cases = asked.data ?? [];
  return (
    <Card title={t.trouble} wide>
      {cases.length === 0 ? (
        <Empty title={known.length === 0 ? t.no_subscription : t.no_trouble} />
      ) : (
        <ul class="cases">
          {cases.map(({ subscription, state, why, next }) => (
            <li key={subscription.id}>
              <a href={href(`subscriptions/${subscription.id}`)}>
                <strong>{subscription.name}</strong>
              </a>{" "}
              <State of={state} />
              <span class="grow">{why}</span>
              <a href={next}>{t.next}</a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const isInTrouble = ({ status, state }: Subscription) =>
  status !== "active" || (state !== undefined && state.breaker !== "closed");

async function caseOf(subscription: Subscription, abort: AbortSignal): Promise<Case> {
  const { id, status, status_reason, state } = subscription;
  if (status === "paused")
    return { subscription, state: status, why: t.paused, next: href(`subscriptions/${id}`) };
  if (status === "disabled")
    return {
      subscription,
      state: status,
      why: status_reason ?? t.disabled,
      next: href(`subscriptions/${id}`),
    };
  const failing = await get<Page<Delivery>>(
    "v1/deliveries",
    { subscription: id, state: "scheduled,dead", limit: 1 },
    abort,
  );
  const latest = failing.data[0];
  return {
    subscription,
    state: state?.breaker ?? status,
    why: latest?.reason ?? t.breaker,
    next: latest ? href(`deliveries/${latest.id}`) : href(`subscriptions/${id}`),
  };
}
