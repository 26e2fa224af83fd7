// Who gets which events.
import type { Subscription } from "@v1";
import { PageHead, State } from "../../components/bits";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { usePages } from "../../query";
import { go, href } from "../../router";
import { may } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";

const t = texts.subscriptions;
const POLL_MS = 5_000;

const columns: Column<Subscription>[] = [
  { title: texts.common.name, kind: "main", cell: ({ name }) => <strong>{name}</strong> },
  { title: texts.common.status, cell: ({ status }) => <State of={status} /> },
  {
    title: t.url,
    kind: "wide",
    cell: ({ handler }) => <code class="one-line">{handler.url ?? handler.kind}</code>,
  },
  {
    title: t.types,
    cell: ({ event_types }) => <span class="one-line">{event_types.join(", ")}</span>,
  },
  { title: t.dialect, kind: "wide", cell: ({ dialect }) => dialect },
  { title: texts.common.changed, kind: "wide", cell: ({ updated_at }) => <Time at={updated_at} /> },
];

export function Subscriptions() {
  const pages = usePages<Subscription>("v1/subscriptions", {}, ({ id }) => id, POLL_MS);
  useKeys({ r: pages.reload });
  return (
    <>
      <PageHead
        title={t.title}
        side={
          may("subscriptions:write") && (
            <button class="primary" onClick={() => go("subscriptions/new")}>
              {t.new}
            </button>
          )
        }
      />
      <Table
        label={t.title}
        pages={pages}
        columns={columns}
        idOf={({ id }) => id}
        open={({ id }) => href(`subscriptions/${id}`)}
        empty={[t.empty, t.empty_hint]}
      />
    </>
  );
}
