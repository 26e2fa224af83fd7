// Who may post webhooks to the hub.
import type { Source } from "@v1";
import type { Column } from "../../components/table";
import { Time } from "../../components/time";
import { texts } from "../../texts";
import { SettingList } from "./setting_list";

const t = texts.sources;

const columns: Column<Source>[] = [
  { title: texts.common.name, kind: "main", cell: ({ name }) => <strong>{name}</strong> },
  { title: t.schemes, cell: ({ schemes }) => schemes.join(", ") },
  { title: t.path, kind: "wide", cell: ({ path }) => <code class="one-line">{path}</code> },
  {
    title: t.keys,
    kind: "wide number",
    cell: ({ keys }) => keys.filter(({ active }) => active).length,
  },
  { title: texts.common.changed, cell: ({ updated_at }) => <Time at={updated_at} /> },
];

export const Sources = () => <SettingList kind="sources" columns={columns} />;
