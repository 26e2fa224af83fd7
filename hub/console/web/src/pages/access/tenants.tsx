// The units of isolation; operators only.
import { useState } from "preact/hooks";
import type { Tenant } from "@v1";
import { send } from "../../api";
import { Id, PageHead } from "../../components/bits";
import { Dialog } from "../../components/dialog";
import { Form } from "../../components/form";
import { Table, type Column } from "../../components/table";
import { Time } from "../../components/time";
import { readTexts, type Field } from "../../forms";
import { parseJson } from "../../json/parse";
import { usePages } from "../../query";
import { go } from "../../router";
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
  { pointer: "/retention/delivered", label: `${t.retention}: delivered`, kind: "text" },
  { pointer: "/retention/dead", label: `${t.retention}: dead`, kind: "text" },
  { pointer: "/retention/dedupe", label: `${t.retention}: dedupe`, kind: "text" },
  { pointer: "/retention/rejected", label: `${t.retention}: rejected`, kind: "text" },
];

export function Tenants() {
  const [shown, setShown] = useState<"new" | Tenant | undefined>();
  const pages = usePages<Tenant>("v1/tenants", {}, ({ id }) => id);
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
  const [initial] = useState(() => readTexts(fields, tenant && parseJson(JSON.stringify(tenant))));
  const save = async (body: Record<string, unknown>) => {
    if (tenant) await send(`v1/tenants/${tenant.id}`, { method: "PATCH", body });
    else await send("v1/tenants", { method: "POST", body });
    onClose();
  };
  return (
    <Dialog title={tenant?.name ?? t.new_tenant} onClose={onClose}>
      <Form
        schema="NewTenant"
        sections={[{ fields }]}
        initial={initial}
        isChange={tenant !== undefined}
        action={tenant ? texts.common.save : texts.common.create}
        onSubmit={save}
        onCancel={onClose}
      />
    </Dialog>
  );
}
