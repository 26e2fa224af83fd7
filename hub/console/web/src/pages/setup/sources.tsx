// Who may post webhooks to the hub.
import type { Source } from "@v1";
import { PageHead } from "../../components/bits";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { usePages } from "../../query";
import { go, href } from "../../router";
import { may } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";

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

export function Sources() {
  const pages = usePages<Source>("v1/sources", {}, ({ id }) => id);
  useKeys({ r: pages.reload });
  return (
    <>
      <PageHead
        title={t.title}
        side={
          may("sources:write") && (
            <button class="primary" onClick={() => go("sources/new")}>
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
        open={({ id }) => href(`sources/${id}`)}
        empty={[t.empty, t.empty_hint]}
      />
    </>
  );
}
