// The identities that subscriptions may name. Operators see what each is made of.
import type { OfferedIdentity } from "@v1";
import { PageHead } from "../../components/bits";
import { Table, type Column } from "../../components/table";
import { useRows } from "../../query";
import { latestSession } from "../../session";
import { texts } from "../../texts";

const t = texts.about;

const shared: Column<OfferedIdentity>[] = [
  { title: texts.common.name, kind: "main", cell: ({ name }) => <strong>{name}</strong> },
  { title: t.hosts, cell: ({ hosts }) => hosts.join(", ") || t.no_hosts },
];
const whole: Column<OfferedIdentity>[] = [
  { title: t.tenants, kind: "wide", cell: ({ tenants }) => tenants?.join(", ") || t.every_tenant },
  {
    title: t.trusts,
    kind: "wide",
    cell: ({ ca_file }) => (ca_file ? <code class="break">{ca_file}</code> : t.system),
  },
  {
    title: t.certificate,
    kind: "wide",
    cell: ({ certificate_file }) =>
      certificate_file ? <code class="break">{certificate_file}</code> : texts.common.none,
  },
  {
    title: t.token,
    kind: "wide",
    cell: ({ oauth }) => (oauth ? <code class="break">{oauth.token_url}</code> : texts.common.none),
  },
];

export function Identities() {
  const pages = useRows<OfferedIdentity>("v1/identities");
  return (
    <>
      <PageHead title={texts.nav["identities"]} />
      <p class="faint">{t.identities_lead}</p>
      <Table
        label={texts.nav["identities"] ?? ""}
        pages={pages}
        columns={latestSession.value?.operator ? [...shared, ...whole] : shared}
        idOf={({ name }) => name}
        empty={[t.no_identities]}
      />
    </>
  );
}
