// Between the platforms: how each is, the two stories, writes, cached reads, opt-outs.
import type { Bridge, BridgeOperation, BridgePlatform, BridgeReads } from "@v1";
import { get } from "../../api";
import { Card, Facts, PageFailure, Loading, PageHead, State } from "../../components/bits";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { formatBytes, formatCount, formatDuration } from "../../format";
import { useQuery, usePages } from "../../query";
import { href } from "../../router";
import { may } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { OptOuts } from "./opt_outs";
import { Stories } from "./stories";

const t = texts.bridge;
const POLL_MS = 2_000;

export function BridgePage() {
  const asked = useQuery("bridge", (abort) => get<Bridge>("v1/bridge", {}, abort), POLL_MS);
  useKeys({ r: asked.reload });
  if (asked.error && !asked.data) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  const { platforms, reads, subscription } = asked.data;
  return (
    <>
      <PageHead title={t.title} />
      <div class="columns even">
        {platforms.map((each) => (
          <Platform key={each.name} platform={each} subscription={subscription} />
        ))}
      </div>
      <Stories />
      <Operations />
      <Card title={t.reads} wide>
        <Reads reads={reads} />
      </Card>
      {may("subjects:write") && <OptOuts />}
    </>
  );
}

const NAMES: Record<string, string> = { atlvs: "ATLVS", grasshopper: "Grasshopper" };

export const platformName = ({ name }: BridgePlatform) => NAMES[name] ?? name;

export function PlatformState({ of: { reachable } }: { of: BridgePlatform }) {
  if (reachable === null) return <State of="pending" text={t.unknown} />;
  return <State of={reachable ? "delivered" : "dead"} text={reachable ? t.up : t.down} />;
}

function Platform(props: { platform: BridgePlatform; subscription: string | null }) {
  const { platform: p, subscription } = props;
  const name = platformName(p);
  if (!p.is_set_up)
    return (
      <Card title={name} side={<State of="cancelled" text={t.not_set_up} />}>
        <p class="faint">{t.set_up.replaceAll("{name}", name.toUpperCase())}</p>
      </Card>
    );
  const waiting = `${formatCount(p.backlog)}${p.backlog_is_more ? "+" : ""}`;
  return (
    <Card title={name} side={<PlatformState of={p} />}>
      <Facts
        rows={[
          [t.latency, p.reachable && formatDuration(p.latency_ms)],
          [t.version, p.version],
          [t.checked, p.checked_at && <Time at={p.checked_at} far />],
          [t.sync, p.last_sync && <Time at={p.last_sync} />],
          [t.breaker, p.breaker && <State of={p.breaker} />],
          [
            t.backlog,
            p.breaker && subscription && (
              <a href={href("deliveries", { subscription, state: "pending,scheduled" })}>
                {waiting}
              </a>
            ),
          ],
        ]}
      />
    </Card>
  );
}

const STATES: Record<string, string> = {
  queued: "scheduled",
  completed: "delivered",
  failed: "dead",
  cancelled: "cancelled",
};

const operationColumns: Column<BridgeOperation>[] = [
  { title: t.call, cell: ({ call }) => t.calls[call ?? ""] ?? call ?? "–" },
  {
    title: texts.common.status,
    cell: ({ status }) => <State of={STATES[status] ?? status} text={t.statuses[status] ?? ""} />,
  },
  { title: texts.deliveries.attempts, kind: "wide number", cell: ({ attempts }) => attempts },
  {
    title: texts.deliveries.reason,
    kind: "main",
    cell: ({ reason }) => <span class="one-line">{reason}</span>,
  },
  {
    title: texts.deliveries.due,
    kind: "wide",
    cell: ({ next_attempt_at }) => next_attempt_at && <Time at={next_attempt_at} far />,
  },
  { title: texts.common.created, cell: ({ created_at }) => <Time at={created_at} /> },
];

function Operations() {
  const pages = usePages<BridgeOperation>("v1/bridge/operations", {}, ({ id }) => id, POLL_MS);
  return (
    <Card title={t.operations} wide>
      <Table
        label={t.operations}
        pages={pages}
        columns={operationColumns}
        idOf={({ id }) => id}
        open={({ delivery }) => href(`deliveries/${delivery}`)}
        empty={[t.no_operations, t.no_operations_hint]}
      />
    </Card>
  );
}

function Reads({ reads }: { reads: BridgeReads[] }) {
  const rows = { rows: reads, error: undefined, isLoading: false, more: undefined };
  const columns: Column<BridgeReads>[] = [
    {
      title: t.path,
      kind: "main",
      cell: ({ paths }) =>
        paths.map((each) => (
          <code key={each} class="break block">
            {each}
          </code>
        )),
    },
    {
      title: t.answers,
      kind: "number",
      cell: ({ answers, bytes }) => <span title={formatBytes(bytes)}>{formatCount(answers)}</span>,
    },
    { title: t.fresh, kind: "wide number", cell: (row) => formatDuration(row.fresh_for_ms) },
    {
      title: t.oldest,
      kind: "wide number",
      cell: ({ oldest_ms }) => (oldest_ms === null ? "–" : formatDuration(oldest_ms)),
    },
    { title: t.dropped, kind: "wide main", cell: ({ dropped_by }) => dropped_by.join(", ") },
  ];
  return (
    <>
      <Table
        label={t.reads}
        pages={{ ...rows, reload: () => undefined }}
        columns={columns}
        idOf={({ tag }) => tag}
        empty={[t.reads]}
      />
      <p class="faint">{t.reads_note}</p>
    </>
  );
}
