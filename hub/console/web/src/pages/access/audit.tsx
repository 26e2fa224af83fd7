// Who changed what, and whether the log is as it was written.
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { AuditEntry, AuditVerdict } from "@v1";
import { get } from "../../api";
import { Facts, Id, PageHead } from "../../components/bits";
import { Dialog } from "../../components/dialog";
import { Filters, Range, Typed, TypedParameter, chosenSince } from "../../components/filters";
import { PayloadView } from "../../components/json_view";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { attempt, say } from "../../components/toast";
import { usePages } from "../../query";
import { place } from "../../router";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";

const t = texts.access;

/** May be a person: in memory, not in the URL. */
const actor = signal("");

export function AuditList() {
  const { query } = place.value;
  const [shown, setShown] = useState<AuditEntry>();
  const filter = {
    action: query["action"],
    actor: actor.value,
    object: query["object"],
    since: chosenSince(),
  };
  const pages = usePages<AuditEntry>("v1/audit", filter, ({ number }) => String(number));
  useKeys({ r: pages.reload });
  const verify = () =>
    attempt(async () => {
      const verdict = await get<AuditVerdict>("v1/audit/verify");
      if (verdict.verified) say(t.verified);
      else say(`${t.broken} ${verdict.broken_at}`, "failed");
    });
  const columns: Column<AuditEntry>[] = [
    { title: t.action, kind: "main", cell: ({ action }) => <strong>{action}</strong> },
    { title: t.actor, cell: ({ actor }) => <Id id={actor} /> },
    { title: t.object, kind: "wide", cell: ({ object }) => <Id id={object} /> },
    { title: t.number, kind: "wide number", cell: ({ number }) => number },
    {
      title: t.detail,
      cell: (entry) => (
        <button
          class="small"
          aria-label={`${t.detail}: ${entry.number}`}
          onClick={() => setShown(entry)}
        >
          {t.detail}
        </button>
      ),
    },
    { title: texts.deliveries.time, cell: ({ at }) => <Time at={at} /> },
  ];
  return (
    <>
      <PageHead title={t.audit} side={<button onClick={verify}>{t.verify}</button>} />
      <Filters>
        <TypedParameter label={t.action} name="action" hint="subscription.*" />
        <Typed
          label={t.actor}
          hint="key_…"
          value={actor.value}
          onChange={(value) => {
            actor.value = value;
          }}
        />
        <TypedParameter label={t.object} name="object" />
        <Range />
      </Filters>
      <Table
        label={t.audit}
        pages={pages}
        columns={columns}
        idOf={({ number }) => String(number)}
        empty={[t.no_audit]}
      />
      {shown && (
        <Dialog
          title={shown.action}
          onClose={() => setShown(undefined)}
          foot={<button onClick={() => setShown(undefined)}>{texts.common.close}</button>}
        >
          <Facts
            rows={[
              [t.actor, shown.actor],
              [t.object, shown.object],
              [texts.deliveries.time, <Time at={shown.at} />],
              ["hash", <code class="break">{shown.hash}</code>],
            ]}
          />
          <PayloadView text={shown.detail} label={t.detail} />
        </Dialog>
      )}
    </>
  );
}
