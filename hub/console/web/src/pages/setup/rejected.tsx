// Webhooks that were refused, each with its diagnosis.
import type { Rejected } from "@v1";
import { Id, PageHead } from "../../components/bits";
import { Choice, Filters } from "../../components/filters";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { sources } from "../../names";
import { usePages } from "../../query";
import { href, place } from "../../router";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";

const t = texts.rejected;
const POLL_MS = 3_000;

const columns: Column<Rejected>[] = [
  { title: t.reason, cell: ({ reason }) => <strong>{reason}</strong> },
  {
    title: t.diagnosis,
    kind: "main",
    cell: ({ diagnosis }) => (
      <span class="one-line" title={diagnosis}>
        {diagnosis}
      </span>
    ),
  },
  {
    title: t.source,
    cell: ({ source }) => sources.value.find(({ id }) => id === source)?.name ?? <Id id={source} />,
  },
  { title: t.client, kind: "wide", cell: ({ client }) => client },
  { title: t.at, cell: ({ at }) => <Time at={at} /> },
];

export function RejectedTable({ source }: { source: string | undefined }) {
  const pages = usePages<Rejected>("v1/rejected", { source }, ({ id }) => id, POLL_MS);
  useKeys({ r: pages.reload });
  return (
    <Table
      label={t.title}
      pages={pages}
      columns={columns}
      idOf={({ id }) => id}
      open={({ id }) => href(`rejected/${id}`)}
      empty={[t.empty, t.empty_hint]}
    />
  );
}

export function RejectedList() {
  const names = sources.value.map(({ id, name }): [string, string] => [id, name]);
  return (
    <>
      <PageHead title={t.title} />
      <Filters>
        <Choice
          label={t.source}
          name="source"
          options={[["", texts.events.any_source], ...names]}
        />
      </Filters>
      <RejectedTable source={place.value.query["source"]} />
    </>
  );
}
