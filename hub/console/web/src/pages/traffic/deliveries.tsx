// Deliveries by state, subscription, status and time.
import { useState } from "preact/hooks";
import type { Delivery } from "@v1";
import type { Query } from "../../api";
import { Id, PageHead, State } from "../../components/bits";
import { chosenSince, Choice, Filters, Range, TypedParameter } from "../../components/filters";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { eventTypeOf, subscriptionOf, subscriptions } from "../../names";
import { usePages } from "../../query";
import { href, place, setQuery } from "../../router";
import { isLimited, may, latestSession } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { BulkRetry } from "./bulk_retry";

const t = texts.deliveries;
const POLL_MS = 2_000;
const STATES = [
  "pending,scheduled,in_flight",
  "dead",
  "scheduled",
  "pending",
  "delivered",
  "cancelled",
];

const stateTitle = (states: string) =>
  states.includes(",") ? t.undelivered : (texts.states[states] ?? states);

const Name = ({ text }: { text: string }) => (
  <span class="one-line short" title={text}>
    {text}
  </span>
);

export const deliveryColumns: Column<Delivery>[] = [
  { title: t.state, cell: ({ state }) => <State of={state} /> },
  { title: t.type, kind: "main", cell: ({ event }) => eventTypeOf(event) ?? <Id id={event} /> },
  {
    title: t.subscription,
    cell: ({ subscription }) => {
      const name = subscriptionOf(subscription)?.name;
      return name ? <Name text={name} /> : <Id id={subscription} />;
    },
  },
  {
    title: t.reason,
    kind: "wide",
    cell: ({ reason }) => (
      <span class="one-line" title={reason ?? ""}>
        {reason}
      </span>
    ),
  },
  { title: t.attempts, kind: "wide number", cell: ({ attempts }) => attempts },
  { title: t.created, cell: ({ created_at }) => <Time at={created_at} /> },
];

const withoutSubscription = deliveryColumns.filter(({ title }) => title !== t.subscription);

/** The latest deliveries of one event or subscription. */
export function DeliveryList({ query, label }: { query: Query; label: string }) {
  const pages = usePages<Delivery>("v1/deliveries", query, ({ id }) => id, POLL_MS);
  return (
    <Table
      label={label}
      pages={pages}
      columns={query["subscription"] ? withoutSubscription : deliveryColumns}
      idOf={({ id }) => id}
      open={({ id }) => href(`deliveries/${id}`)}
      empty={[query["event"] ? texts.events.went_nowhere : t.none]}
    />
  );
}

export function Deliveries() {
  const { query } = place.value;
  const [isRetrying, setRetrying] = useState(false);
  const names = subscriptions.value.map(({ id, name }): [string, string] => [id, name]);
  // Who reaches some subscriptions only looks at one after the other.
  const first = isLimited() ? (names[0]?.[0] ?? latestSession.value?.subscriptions?.[0]) : undefined;
  const filter = {
    state: query["state"],
    subscription: query["subscription"] || first,
    status: query["status"],
    since: chosenSince(),
  };
  const pages = usePages<Delivery>("v1/deliveries", filter, ({ id }) => id, POLL_MS);
  useKeys({ r: pages.reload });
  const isFiltered = Object.keys(filter).some((name) => query[name]) || Boolean(query["range"]);
  return (
    <>
      <PageHead
        title={t.title}
        side={
          may("events:write") && (
            <button onClick={() => setRetrying(true)}>{texts.bulk.open}</button>
          )
        }
      />
      <Filters>
        <Choice
          label={t.state}
          name="state"
          options={[
            ["", texts.common.all],
            ...STATES.map((each): [string, string] => [each, stateTitle(each)]),
          ]}
        />
        <Choice
          label={t.subscription}
          name="subscription"
          options={isLimited() ? names : [["", t.any_subscription], ...names]}
        />
        <TypedParameter label={t.answer} name="status" hint="500" />
        <Range />
        {isFiltered && (
          <button
            class="quiet"
            onClick={() => setQuery({ state: "", subscription: "", status: "", range: "" })}
          >
            {texts.common.clear}
          </button>
        )}
      </Filters>
      <Table
        label={t.title}
        pages={pages}
        columns={deliveryColumns}
        idOf={({ id }) => id}
        open={({ id }) => href(`deliveries/${id}`)}
        empty={isFiltered ? [t.empty, t.empty_hint] : [t.none, t.none_hint]}
      />
      {isRetrying && <BulkRetry filter={filter} onClose={() => setRetrying(false)} />}
    </>
  );
}
