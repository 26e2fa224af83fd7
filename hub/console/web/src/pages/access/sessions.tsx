// Who is signed in: an admin sees the tenant's sessions, everybody else their own.
import { useState } from "preact/hooks";
import type { Session } from "@v1";
import { send } from "../../api";
import { PageHead } from "../../components/bits";
import { Confirm } from "../../components/dialog";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { attempt } from "../../components/toast";
import { usePages } from "../../query";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";

const t = texts.sessions;

export function Sessions() {
  const [ending, setEnding] = useState<Session | undefined>();
  const pages = usePages<Session>("v1/sessions", {}, ({ id }) => id);
  useKeys({ r: pages.reload });
  const end = async ({ id }: Session) => {
    await attempt(() => send(`v1/sessions/${id}`, { method: "DELETE" }), t.ended);
    pages.reload();
  };
  const columns: Column<Session>[] = [
    { title: t.who, kind: "main", cell: ({ who }) => <strong>{who}</strong> },
    { title: t.kind, cell: ({ kind }) => t.kinds[kind] },
    { title: t.role, cell: ({ role }) => role },
    { title: t.begun, kind: "wide", cell: ({ created_at }) => <Time at={created_at} far /> },
    { title: t.last_used, cell: ({ last_used_at }) => <Time at={last_used_at} far /> },
    { title: t.expires, kind: "wide", cell: ({ expires_at }) => <Time at={expires_at} /> },
    {
      title: t.end,
      cell: (row) =>
        row.current ? (
          <span class="faint">{t.current}</span>
        ) : (
          <button
            class="small danger"
            aria-label={`${t.end}: ${row.who}`}
            onClick={() => setEnding(row)}
          >
            {t.end}
          </button>
        ),
    },
  ];
  return (
    <>
      <PageHead title={t.title} />
      <Table
        label={t.title}
        pages={pages}
        columns={columns}
        idOf={({ id }) => id}
        empty={[t.none, t.none_hint]}
      />
      {ending && (
        <Confirm
          title={`${t.end}: ${ending.who}`}
          lead={t.end_lead}
          action={t.end}
          onYes={() => void end(ending)}
          onClose={() => setEnding(undefined)}
        />
      )}
    </>
  );
}
