// Who may use the API.
import { useState } from "preact/hooks";
import type { Key } from "@v1";
import { parse, send } from "../../api";
import { Once, PageHead, State } from "../../components/bits";
import { Confirm, Dialog } from "../../components/dialog";
import { Form } from "../../components/form";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { attempt } from "../../components/toast";
import type { Field } from "../../forms";
import { usePages } from "../../query";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";

const t = texts.access;

const fields: Field[] = [
  { pointer: "/name", label: texts.common.name, kind: "text", required: true },
  { pointer: "/scopes", label: t.scopes, kind: "list", required: true },
  { pointer: "/mode", label: t.mode, kind: "choice", options: ["live", "test"] },
  { pointer: "/expires_at", label: t.expires, kind: "time" },
];

const stateOf = (key: Key) =>
  key.revoked_at
    ? "revoked"
    : key.expires_at && Date.parse(key.expires_at) < Date.now()
      ? "expired"
      : "active";

export function Keys() {
  const [shown, setShown] = useState<"new" | Key | undefined>();
  const pages = usePages<Key>("v1/keys", {}, ({ id }) => id);
  useKeys({ r: pages.reload });
  const revoke = async ({ id }: Key) => {
    await attempt(() => send(`v1/keys/${id}`, { method: "DELETE" }), t.revoked);
    pages.reload();
  };
  const columns: Column<Key>[] = [
    { title: texts.common.name, kind: "main", cell: ({ name }) => <strong>{name}</strong> },
    { title: texts.common.status, cell: (key) => <State of={stateOf(key)} /> },
    {
      title: t.scopes,
      kind: "wide",
      cell: (key) => (
        <span class="one-line">{key.operator ? t.operator : key.scopes.join(", ")}</span>
      ),
    },
    {
      title: t.last_used,
      cell: ({ last_used_at }) =>
        last_used_at ? <Time at={last_used_at} far /> : <span class="faint">{t.never}</span>,
    },
    {
      title: t.expires,
      kind: "wide",
      cell: ({ expires_at }) =>
        expires_at ? <Time at={expires_at} /> : <span class="faint">{t.never}</span>,
    },
    {
      title: t.revoke,
      cell: (key) =>
        stateOf(key) === "active" && (
          <button
            class="small danger"
            aria-label={`${t.revoke}: ${key.name}`}
            onClick={() => setShown(key)}
          >
            {t.revoke}
          </button>
        ),
    },
  ];
  return (
    <>
      <PageHead
        title={t.keys}
        side={
          <button class="primary" onClick={() => setShown("new")}>
            {t.new_key}
          </button>
        }
      />
      <Table
        label={t.keys}
        pages={pages}
        columns={columns}
        idOf={({ id }) => id}
        empty={[t.no_keys, t.no_keys_hint]}
      />
      {shown === "new" && (
        <NewKey
          onClose={() => {
            setShown(undefined);
            pages.reload();
          }}
        />
      )}
      {typeof shown === "object" && (
        <Confirm
          title={`${t.revoke}: ${shown.name}`}
          lead={t.revoke_lead}
          action={t.revoke}
          onYes={() => void revoke(shown)}
          onClose={() => setShown(undefined)}
        />
      )}
    </>
  );
}

function NewKey({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<Key>();
  const create = async (body: Record<string, unknown>) =>
    setMade(await parse<Key>(await send("v1/keys", { method: "POST", body })));
  return (
    <Dialog title={t.new_key} onClose={onClose}>
      {made?.key ? (
        <>
          <Once name={made.name} value={made.key} />
          <div class="actions end">
            <button onClick={onClose}>{texts.common.close}</button>
          </div>
        </>
      ) : (
        <Form
          schema="NewKey"
          sections={[{ fields }]}
          initial={{ "/scopes": "events:read\nsubscriptions:read" }}
          action={texts.common.create}
          onSubmit={create}
          onCancel={onClose}
        />
      )}
    </Dialog>
  );
}
