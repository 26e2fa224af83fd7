// The units of isolation; operators only.
import { useState } from "preact/hooks";
import type { Tenant } from "@v1";
import { send } from "../../api";
import { Failure, Id, Loading, PageHead } from "../../components/bits";
import { Dialog } from "../../components/dialog";
import { useEdited } from "../../components/edited";
import { Form } from "../../components/form";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { writeTexts, type Field, type Texts } from "../../forms";
import { usePages } from "../../query";
import { go } from "../../router";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";

const t = texts.access;

const fields: Field[] = [
  { pointer: "/name", label: texts.common.name, kind: "text", required: true },
  {
    pointer: "/schema_mode",
    label: t.schema_mode,
    kind: "choice",
    options: ["off", "warn", "reject", "strict"],
  },
  { pointer: "/in_flight", label: t.in_flight, kind: "number" },
  { pointer: "/retention/delivered", label: `${t.retention}: delivered`, kind: "text", cleared: "null" },
  { pointer: "/retention/dead", label: `${t.retention}: dead`, kind: "text", cleared: "null" },
  { pointer: "/retention/dedupe", label: `${t.retention}: dedupe`, kind: "text", cleared: "null" },
  { pointer: "/retention/rejected", label: `${t.retention}: rejected`, kind: "text", cleared: "null" },
  { pointer: "/branding/accent", label: t.accent, kind: "text", cleared: "null" },
  { pointer: "/branding/logo", label: t.logo, kind: "text", cleared: "null" },
];

export function Tenants() {
  const [shown, setShown] = useState<"new" | Tenant | undefined>();
  const pages = usePages<Tenant>("v1/tenants", {}, ({ id }) => id);
  useKeys({ r: pages.reload });
  const columns: Column<Tenant>[] = [
    { title: texts.common.name, kind: "main", cell: ({ name }) => <strong>{name}</strong> },
    { title: texts.common.id, kind: "wide", cell: ({ id }) => <Id id={id} /> },
    { title: t.schema_mode, kind: "wide", cell: ({ schema_mode }) => schema_mode },
    { title: t.in_flight, kind: "wide", cell: ({ in_flight }) => in_flight || t.hub_setting },
    {
      title: texts.common.created,
      kind: "wide",
      cell: ({ created_at }) => <Time at={created_at} />,
    },
    {
      title: texts.common.edit,
      cell: (tenant) => (
        <span class="actions">
          <button class="small" onClick={() => go("overview", { tenant: tenant.name })}>
            {t.look}
          </button>
          <button
            class="small"
            aria-label={`${texts.common.edit}: ${tenant.name}`}
            onClick={() => setShown(tenant)}
          >
            {texts.common.edit}
          </button>
        </span>
      ),
    },
  ];
  const close = () => {
    setShown(undefined);
    pages.reload();
  };
  return (
    <>
      <PageHead
        title={t.tenants}
        side={
          <button class="primary" onClick={() => setShown("new")}>
            {t.new_tenant}
          </button>
        }
      />
      <Table
        label={t.tenants}
        pages={pages}
        columns={columns}
        idOf={({ id }) => id}
        empty={[t.no_tenants]}
      />
      {shown && <TenantForm tenant={shown === "new" ? undefined : shown} onClose={close} />}
    </>
  );
}

function TenantForm({ tenant, onClose }: { tenant: Tenant | undefined; onClose: () => void }) {
  return (
    <Dialog title={tenant?.name ?? t.new_tenant} onClose={onClose}>
      {tenant ? <EditTenant id={tenant.id} onDone={onClose} /> : <NewTenant onDone={onClose} />}
    </Dialog>
  );
}

function NewTenant({ onDone }: { onDone: () => void }) {
  const create = async (body: Record<string, unknown>) => {
    await send("v1/tenants", { method: "POST", body });
    onDone();
  };
  return (
    <Form
      schema="NewTenant"
      sections={[{ fields }]}
      initial={{}}
      action={texts.common.create}
      onSubmit={create}
      onCancel={onDone}
    />
  );
}

function EditTenant({ id, onDone }: { id: string; onDone: () => void }) {
  const path = `v1/tenants/${id}`;
  const { asked, latest, key, form } = useEdited(path, fields);
  if (asked.error && !form) return <Failure error={asked.error} again={asked.reload} />;
  if (!latest || !form) return <Loading />;
  const save = async (changes: Record<string, unknown>) => {
    const body = withWhole(changes, latest.texts);
    await send(path, { method: "PATCH", body, ifMatch: latest.etag });
    onDone();
  };
  return (
    <Form
      key={key}
      {...form}
      schema="NewTenant"
      sections={[{ fields }]}
      onSubmit={save}
      onCancel={onDone}
    />
  );
}

/** The hub takes `retention` and `branding` whole: what does not change goes along. Pure. */
export function withWhole(changes: Record<string, unknown>, now: Texts): Record<string, unknown> {
  const body = { ...changes };
  for (const name of ["retention", "branding"]) {
    const changed = changes[name] as Record<string, unknown> | undefined;
    if (!changed) continue;
    const own = fields.filter(({ pointer }) => pointer.startsWith(`/${name}/`));
    const whole = { ...(writeTexts(own, now)[name] as object), ...changed };
    body[name] = Object.fromEntries(Object.entries(whole).filter(([, each]) => each !== null));
  }
  return body;
}
