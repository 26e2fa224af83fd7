// Who gets which events.
import type { Subscription } from "@v1";
import { State } from "../../components/bits";
import type { Column } from "../../components/table";
import { Time } from "../../components/time";
import { texts } from "../../texts";
import { SettingList } from "./setting_list";

const t = texts.subscriptions;

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
    cell: ({ event_types }) => (
      <span class="one-line short" title={event_types.join(", ")}>
        {event_types.join(", ")}
      </span>
    ),
  },
  { title: t.dialect, kind: "wide", cell: ({ dialect }) => dialect },
  { title: texts.common.changed, kind: "wide", cell: ({ updated_at }) => <Time at={updated_at} /> },
];

export const Subscriptions = () => (
  <SettingList kind="subscriptions" columns={columns} pollMs={5_000} />
);
